import { builder, viewerField } from '../../../graph/builder.ts'
import { connectionType } from '../../../graph/connection.ts'
import { type Batch, type Context, load, Refused, viewerOf } from '../../../graph/context.ts'
import { Node, nodeType, parseGlobalId } from '../../../graph/node.ts'
import { type Placed, signPlace } from '../../../graph/tokens.ts'
import { reject } from '../../../kernel/reject.ts'
import { permissionsOf } from '../chat.ts'
import type { ChatKind } from '../events.ts'
import {
  type ChatView as ChatRowView,
  chatsByIds,
  type ParticipantView,
  participantCounts,
  participationOf,
  unreadCounts,
  unreadMentionCounts,
} from '../queries/index.ts'

export interface ChatView extends ChatRowView, Placed {}

export const chatFeed = (id: string): string => `chat:${id}`

/** Chats by id, also deleted ones. The position is read first: rows may be newer than it, never older. */
export const chats: Batch<string, ChatView | null> = async (ctx, ids) => {
  if (!ctx.asksPosition) return ctx.ask(chatsByIds, ids)
  const places = await ctx.store.marked(ids.map(id => `chat-${id}`))
  const views = await ctx.ask(chatsByIds, ids)
  return views.map((view, i) => {
    const { mark = 0n, head = null } = places[i] ?? {}
    return view && { ...view, position: { feed: chatFeed(view.id), at: BigInt(head?.projected ?? -1), mark } }
  })
}

/** One's part in chats, where one is in now. */
const myParts: Batch<string, ParticipantView | null> = (ctx, chatIds) =>
  ctx.ask(participationOf, { userId: viewerOf(ctx).userId, chatIds })
export const myPart = (ctx: Context, chatId: string) => load(ctx, myParts, chatId)

/** A chat that one is in now; null for any other. Its position is read before one's own part in it, as before all rows. */
export async function myChat(ctx: Context, id: string): Promise<ChatView | null> {
  const chat = await load(ctx, chats, id)
  return (await myPart(ctx, id)) ? chat : null
}

/** The same for the answer of a write: who was removed since (a replayed key, a race) is told nothing. Throws Refused. */
export async function answeredChat(ctx: Context, id: string): Promise<ChatView> {
  const chat = await myChat(ctx, id)
  if (chat) return chat
  throw new Refused(reject('NOT_FOUND', 'There is no such chat.', { missing: [{ type: 'Chat', id }] }))
}

/** A chat that is known to be there. */
export async function chatOf(ctx: Context, id: string): Promise<ChatView> {
  const chat = await load(ctx, chats, id)
  if (!chat) throw new Error('a chat without its row')
  return chat
}

const counts: Batch<string, number> = (ctx, ids) => ctx.ask(participantCounts, ids)
const unread: Batch<string, number> = (ctx, chatIds) => ctx.ask(unreadCounts, { userId: viewerOf(ctx).userId, chatIds })

const unreadMentions: Batch<string, number> = (ctx, chatIds) =>
  ctx.ask(unreadMentionCounts, { userId: viewerOf(ctx).userId, chatIds })

export const ChatKindEnum = builder.enumType('ChatKind', {
  description: 'How many people a chat is between.',
  values: {
    DIRECT: { description: 'Between two people: at most one for each pair, without a title of its own.' },
    GROUP: { description: 'Between any people.' },
    COMPANY: { description: 'Between members of one company: who leaves it leaves the chat.' },
  } satisfies Record<ChatKind, { description: string }>,
})

interface Permissions extends ReturnType<typeof permissionsOf> {}
const ChatPermissions = builder.objectRef<Permissions>('ChatPermissions').implement({
  description: 'What you may do in a chat.',
  fields: t => ({
    canSend: t.exposeBoolean('canSend', { description: 'Write messages.' }),
    canPin: t.exposeBoolean('canPin', { description: 'Pin and unpin messages.' }),
    canDeleteMessages: t.exposeBoolean('canDeleteMessages', { description: "Delete others' messages." }),
    canEdit: t.exposeBoolean('canEdit', { description: 'Change the title.' }),
    canManageParticipants: t.exposeBoolean('canManageParticipants', { description: 'Add, remove and promote people.' }),
    canArchive: t.exposeBoolean('canArchive', { description: 'Archive and restore it.' }),
    canDelete: t.exposeBoolean('canDelete', { description: 'Delete it for everybody.' }),
  }),
})

const nothing: Permissions = {
  canSend: false,
  canPin: false,
  canDeleteMessages: false,
  canEdit: false,
  canManageParticipants: false,
  canArchive: false,
  canDelete: false,
}

export const Chat = builder.objectRef<ChatView>('Chat').implement({
  description: 'A room: its people and what they say.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves with the chat itself, not with its messages or people.' }),
    kind: t.field({ type: ChatKindEnum, description: 'Between two people, or a group.', resolve: c => c.kind }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was opened.', resolve: c => c.createdAt }),
    archivedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was archived; null while it is in use.',
      resolve: c => c.archivedAt,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted.',
      resolve: c => c.deletedAt,
    }),
    lastActivityAt: t.field({
      type: 'DateTime',
      description: 'When something was last said; lists are ordered by it.',
      resolve: c => c.lastActivityAt,
    }),
    participantCount: t.int({
      description: 'How many are in it now.',
      resolve: (c, _, ctx) => load(ctx, counts, c.id),
    }),
    unreadCount: t.int({
      ...viewerField,
      description: 'How many messages of others you have not read.',
      resolve: (c, _, ctx) => load(ctx, unread, c.id),
    }),
    unreadMentionCount: t.int({
      ...viewerField,
      description: 'How many of those mention you.',
      resolve: (c, _, ctx) => load(ctx, unreadMentions, c.id),
    }),
    permissions: t.field({
      ...viewerField,
      type: ChatPermissions,
      description: 'What you may do in it.',
      resolve: async (c, _, ctx) => {
        const part = await myPart(ctx, c.id)
        return part ? permissionsOf({ kind: c.kind, archived: c.archivedAt !== null }, part.role) : nothing
      },
    }),
    position: t.field({
      type: 'StreamPosition',
      description: 'Where its feed was when this was read: subscribe to `chatEvents` from here and nothing is missed.',
      resolve: (c, _, ctx) => signPlace(ctx.tokens, c),
    }),
  }),
})
export const ChatList = connectionType('Chat', Chat)

nodeType('Chat', myChat)

builder.queryField('chat', t =>
  t.field({
    type: Chat,
    nullable: true,
    description: 'A chat that you are in.',
    args: { id: t.arg.id({ required: true, description: 'Id of a Chat.' }) },
    resolve: (_, { id }, ctx) => {
      viewerOf(ctx)
      const parsed = parseGlobalId(id)
      return parsed?.type === 'Chat' ? myChat(ctx, parsed.id) : null
    },
  }),
)
