import { builder } from '../../../graph/builder.ts'
import { badInput, connectionType, type Edge, edgeOf, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load, Refused } from '../../../graph/context.ts'
import { idOf, Node, nodeType } from '../../../graph/node.ts'
import { reject } from '../../../kernel/reject.ts'
import { lastMessages, type MessageView, messagesByIds, messagesOf } from '../queries/index.ts'
import { aroundOf, MessageAnchor } from './around.ts'
import { Chat, chatOf, myPart } from './chat.ts'
import { MessageEntity } from './entity.ts'
import { SystemNote } from './note.ts'

/** Messages by id, also deleted ones. */
export const messages: Batch<string, MessageView | null> = (ctx, ids) => ctx.ask(messagesByIds, ids)
const newest: Batch<string, MessageView | null> = (ctx, chatIds) => ctx.ask(lastMessages, chatIds)

/** A message of a chat that one is in now; null for any other. */
export async function myMessage(ctx: Context, id: string): Promise<MessageView | null> {
  const message = await load(ctx, messages, id)
  return message && (await myPart(ctx, message.chatId)) ? message : null
}

/** A message that is known to be there. */
export async function messageOf(ctx: Context, id: string): Promise<MessageView> {
  const message = await load(ctx, messages, id)
  if (!message) throw new Error('a message without its row')
  return message
}

/** A message of a chat that the viewer is in, by its global id. Throws Refused(NOT_FOUND). */
export async function theMessage(ctx: Context, globalId: string): Promise<MessageView> {
  const message = await myMessage(ctx, idOf('Message', globalId))
  if (message) return message
  throw new Refused(reject('NOT_FOUND', 'There is no such message.', { missing: [{ type: '', id: globalId }] }))
}

/** The same for the answer of a write: who was removed in that moment is told nothing of the chat. Throws Refused. */
export async function answeredMessage(ctx: Context, id: string): Promise<MessageView> {
  const message = await myMessage(ctx, id)
  if (message) return message
  throw new Refused(reject('NOT_FOUND', 'There is no such message.', { missing: [{ type: 'Message', id }] }))
}

const MessageSource = builder.enumType('MessageSource', {
  description: 'Where a message came from.',
  values: {
    APP: { description: 'Written by a user of this API.' },
    SYSTEM: { description: 'Noted by the system.' },
  },
})
const MessageContentKind = builder.enumType('MessageContentKind', {
  description: 'What a message is.',
  values: {
    TEXT: { description: 'Text.' },
    FILES: { description: 'Files; the text, if there is one, is said of them.' },
    SYSTEM: { description: 'What happened to the chat, in `systemNote`; nobody wrote it.' },
  },
})

export const Message = builder.objectRef<MessageView>('Message').implement({
  description: 'Something said in a chat. A deleted one stays as a tombstone without its body.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves with edits and the deletion.' }),
    sequence: t.exposeInt('sequence', {
      description: 'Its place in the chat: show messages in this order. There are gaps between the numbers.',
    }),
    chat: t.field({ type: Chat, description: 'Where it was said.', resolve: (m, _, ctx) => chatOf(ctx, m.chatId) }),
    source: t.field({
      type: MessageSource,
      description: 'Where it came from.',
      resolve: m => (m.contentKind === 'SYSTEM' ? ('SYSTEM' as const) : ('APP' as const)),
    }),
    contentKind: t.field({ type: MessageContentKind, description: 'What it is.', resolve: m => m.contentKind }),
    body: t.exposeString('body', {
      nullable: true,
      description: 'The text; null when deleted or erased, and of files of which nothing is said.',
    }),
    entities: t.field({
      type: [MessageEntity],
      description: 'Parts of the text that mean something; none when deleted or erased.',
      resolve: m => [...m.entities],
    }),
    idempotencyKey: t.field({
      type: 'UUID',
      nullable: true,
      description: 'The key that it was sent with: a client recognizes the message that it shows already.',
      resolve: m => (m.contentKind === 'SYSTEM' ? null : m.commandId),
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was sent.', resolve: m => m.createdAt }),
    editedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was last edited.',
      resolve: m => m.editedAt,
    }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted.',
      resolve: m => m.deletedAt,
    }),
    systemNote: t.field({
      type: SystemNote,
      nullable: true,
      description: 'What happened to the chat, when the system noted it; null for what somebody wrote.',
      resolve: m => m.noteKind && { kind: m.noteKind, subjectId: m.noteSubjectId, text: m.noteText },
    }),
    pinnedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was pinned; null while it is not.',
      resolve: m => m.pinnedAt,
    }),
  }),
})
builder.objectField(Message, 'replyTo', t =>
  t.field({
    type: Message,
    nullable: true,
    description: 'The message of the same chat that it answers; of a note, the one that was pinned.',
    resolve: (m, _, ctx) => (m.replyToId ? load(ctx, messages, m.replyToId) : null),
  }),
)
export const MessageList = connectionType('Message', Message)

nodeType('Message', myMessage)

const messageList = (chatId: string) => `messages.${chatId}`
export const messageEdge = (ctx: Context, node: MessageView): Edge<MessageView> =>
  edgeOf(ctx, messageList(node.chatId), node, [node.sequence])

builder.objectFields(Chat, t => ({
  lastMessage: t.field({
    type: Message,
    nullable: true,
    description: 'The newest message that somebody wrote, also when it is deleted.',
    resolve: (c, _, ctx) => load(ctx, newest, c.id),
  }),
  messages: t.field({
    type: MessageList.connection,
    nullable: true,
    complexity: ({ first, last }) => ({ field: 1, multiplier: first ?? last ?? 20 }),
    description: 'What was said, ascending. `last` gives the newest; the newest 20 when nothing is asked for.',
    args: {
      first: t.arg.int({ description: 'How many from the beginning or `after`, at most 100.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
      last: t.arg.int({ description: 'How many up to the end or `before`, at most 100.' }),
      before: t.arg.string({ description: 'Go back before this cursor.' }),
      around: t.arg({
        type: MessageAnchor,
        description:
          '`first` messages around a place, 20 when left out. Beside `after` or `before` it changes nothing: a client may give it with every page of a list that began there.',
      }),
    },
    resolve: async (c, { around, ...args }, ctx) => {
      const list = messageList(c.id)
      if (around && args.after == null && args.before == null) {
        if (args.last != null) throw badInput('`around` goes with `first`.')
        const page = pageOf(ctx, list, { first: args.first ?? 20 })
        const { rows, before, after } = await aroundOf(ctx, c.id, around, page.limit)
        const { edges, pageInfo } = toConnection(ctx, list, page, rows, after, m => [m.sequence])
        return { edges, pageInfo: { ...pageInfo, hasPreviousPage: before } }
      }
      const page = pageOf(ctx, list, args, 'last')
      const from = page.from ? Number(page.from[0]) : null
      const found = await ctx.ask(messagesOf, { chatId: c.id, from, backwards: page.backwards, limit: page.limit + 1 })
      const more = found.length > page.limit
      const rows = !more ? found : page.backwards ? found.slice(1) : found.slice(0, page.limit)
      return toConnection(ctx, list, page, rows, more, m => [m.sequence])
    },
  }),
}))
