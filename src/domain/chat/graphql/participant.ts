import { builder, viewerField } from '../../../graph/builder.ts'
import { connectionType, type Edge, edgeOf, type PageArgs, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load } from '../../../graph/context.ts'
import { Node, nodeType } from '../../../graph/node.ts'
import type { ChatRole } from '../events.ts'
import { type ParticipantView, participantsByIds, participantsOf } from '../queries/index.ts'
import { Chat, chatOf, myPart } from './chat.ts'

export const ChatRoleEnum = builder.enumType('ChatRole', {
  description: 'What somebody may do in a chat.',
  values: {
    OWNER: { description: 'Everything, also delete the chat.' },
    ADMIN: { description: 'Manage people, the title, and all messages.' },
    MEMBER: { description: 'Read and write.' },
    READER: { description: 'Read.' },
  } satisfies Record<ChatRole, { description: string }>,
})

/** Participants by `<chat>.<user>`, also those who left. */
export const participants: Batch<string, ParticipantView | null> = (ctx, ids) => ctx.ask(participantsByIds, ids)

/** A participant that is known to be or have been there. */
export async function participantOf(ctx: Context, chatId: string, userId: string): Promise<ParticipantView> {
  const participant = await load(ctx, participants, `${chatId}.${userId}`)
  if (!participant) throw new Error('a participant without its row')
  return participant
}

export const ChatParticipant = builder.objectRef<ParticipantView>('ChatParticipant').implement({
  description: 'Somebody in a chat.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves when the role changes.' }),
    chat: t.field({ type: Chat, description: 'Which chat.', resolve: (p, _, ctx) => chatOf(ctx, p.chatId) }),
    role: t.field({ type: ChatRoleEnum, description: 'What they may do.', resolve: p => p.role }),
    joinedAt: t.field({ type: 'DateTime', description: 'When they joined.', resolve: p => p.joinedAt }),
    lastReadAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When they last read.',
      resolve: p => p.lastReadAt,
    }),
    lastReadSequence: t.exposeInt('lastReadSequence', {
      description: 'They have read up to the message of this `sequence`.',
    }),
  }),
})
export const ParticipantList = connectionType('ChatParticipant', ChatParticipant)

nodeType(
  'ChatParticipant',
  async (ctx, id) => {
    const [chatId, userId] = id.split('.')
    if (!chatId || !userId || !(await myPart(ctx, chatId))) return null
    const participant = await load(ctx, participants, id)
    return participant?.leftAt ? null : participant
  },
  2,
)

export const ParticipantFilter = builder.inputType('ParticipantFilter', {
  description: 'Which people of a chat.',
  fields: t => ({
    query: t.string({ description: 'Beginning of a handle or a name, in upper or lower case.' }),
    role: t.field({ type: [ChatRoleEnum], description: 'Only with one of these roles.' }),
  }),
})

const participantList = (chatId: string) => `participants.${chatId}`
export const participantCursor = (p: ParticipantView) => [p.joinedSequence, p.userId]
export const participantEdge = (ctx: Context, node: ParticipantView): Edge<ParticipantView> =>
  edgeOf(ctx, participantList(node.chatId), node, participantCursor(node))

builder.objectFields(Chat, t => ({
  viewerParticipant: t.field({
    ...viewerField,
    type: ChatParticipant,
    nullable: true,
    description: 'You in it; null when you are not.',
    resolve: (c, _, ctx) => myPart(ctx, c.id),
  }),
}))

/** A page of a chat's people, for the field that the edges add to Chat; `userIds`: only of these. */
export async function participantsPage(
  ctx: Context,
  chatId: string,
  { roles, userIds, ...args }: PageArgs & { roles: readonly ChatRole[] | null; userIds: readonly string[] | null },
) {
  const list = participantList(chatId)
  const page = pageOf(ctx, list, args)
  const [sequence, userId] = page.from ?? []
  const after = page.from ? { sequence: Number(sequence), userId: String(userId) } : null
  const rows = await ctx.ask(participantsOf, { chatId, roles, userIds, after, limit: page.limit + 1 })
  return toConnection(ctx, list, page, rows.slice(0, page.limit), rows.length > page.limit, participantCursor)
}
