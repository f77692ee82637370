import { builder, viewerField } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { badInput, type Edge, edgeOf, type PageArgs, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load, viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import type { Commit } from '../../../port/event-store.ts'
import { emojiOf } from '../commands/emoji.ts'
import {
  type MessageView,
  type PinsPage,
  pinnedOf,
  type ReactionCountView,
  type ReactorsPage,
  reactionCounts,
  reactionsBy,
  reactorsOf,
} from '../queries/index.ts'
import { answeredChat, Chat, type ChatView } from './chat.ts'
import { answeredMessage, Message, MessageList, messageOf, theMessage } from './message.ts'

// What is put on messages: reactions and pins.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

const ReactionCount = builder.objectRef<ReactionCountView>('ReactionCount').implement({
  description: 'How many reacted with an emoji.',
  fields: t => ({
    emoji: t.exposeString('emoji', { description: 'One emoji.' }),
    count: t.exposeInt('count', { description: 'How many.' }),
  }),
})

const counts: Batch<string, ReactionCountView[]> = (ctx, ids) => ctx.ask(reactionCounts, ids)
const mine: Batch<string, string[]> = (ctx, messageIds) =>
  ctx.ask(reactionsBy, { userId: viewerOf(ctx).userId, messageIds })

builder.objectFields(Message, t => ({
  reactions: t.field({
    type: [ReactionCount],
    description: 'How many reacted with what, the first emoji first; none when it is deleted.',
    resolve: (m, _, ctx) => (m.deletedAt ? [] : load(ctx, counts, m.id)),
  }),
  viewerReactions: t.stringList({
    ...viewerField,
    description: 'Emojis that you reacted with.',
    resolve: (m, _, ctx) => (m.deletedAt ? [] : load(ctx, mine, m.id)),
  }),
}))

const reactors: Batch<string, { userId: string; sequence: number }[]> = (ctx, keys) =>
  ctx.ask(
    reactorsOf,
    keys.map(key => JSON.parse(key) as ReactorsPage),
  )

/** A page of those who reacted with an emoji, for the field that the edges add to Message. */
export async function reactorsPage(ctx: Context, m: MessageView, { emoji, ...args }: PageArgs & { emoji: string }) {
  const asked = emojiOf(emoji)
  if (asked === null) throw badInput('`emoji` is not one emoji.')
  const list = `reactors.${m.id}.${asked}`
  const page = pageOf(ctx, list, args)
  const after = page.from ? Number(page.from[0]) : -1
  const wanted: ReactorsPage = { messageId: m.id, emoji: asked, after, limit: page.limit + 1 }
  const rows = m.deletedAt ? [] : await load(ctx, reactors, JSON.stringify(wanted))
  return toConnection(ctx, list, page, rows.slice(0, page.limit), rows.length > page.limit, r => [r.sequence])
}

for (const [name, type, description] of [
  ['addReaction', 'AddReaction', 'Reacts to a message with an emoji; the same one twice counts once.'],
  ['removeReaction', 'RemoveReaction', 'Takes your reaction back.'],
] as const)
  commandField(name, {
    description,
    input: builder.inputType(`${type}Input`, {
      description: 'To which message, and with what.',
      fields: t => ({
        messageId: t.id({ required: true, description: 'Id of the Message.' }),
        emoji: t.string({ required: true, description: 'One emoji.' }),
      }),
    }),
    payload: payloadType<{ reactedMessage: MessageView; commit: Commit }>(`${type}Payload`, t => ({
      reactedMessage: t.field({
        type: Message,
        description: 'The message as it is now.',
        resolve: p => p.reactedMessage,
      }),
    })),
    errors,
    resolve: async ({ messageId, emoji }, ctx) => {
      const { id, chatId } = await theMessage(ctx, messageId)
      const commit = await command(ctx, viewerOf(ctx).userId, type, { chatId, messageId: id, emoji })
      return { reactedMessage: await answeredMessage(ctx, id), commit }
    },
  })

const pinList = (chatId: string) => `pins.${chatId}`
/** A message as an edge of the pinned ones. */
export const pinEdge = (ctx: Context, node: MessageView): Edge<MessageView> =>
  edgeOf(ctx, pinList(node.chatId), node, [node.pinnedSequence ?? 0])
const pins: Batch<string, string[]> = (ctx, keys) =>
  ctx.ask(
    pinnedOf,
    keys.map(key => JSON.parse(key) as PinsPage),
  )

builder.objectField(Chat, 'pinnedMessages', t =>
  t.field({
    type: MessageList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Messages that are pinned, the last one pinned first; at most 100 in all.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (c, args, ctx) => {
      const page = pageOf(ctx, pinList(c.id), args)
      const wanted: PinsPage = { chatId: c.id, before: page.from && Number(page.from[0]), limit: page.limit + 1 }
      const ids = await load(ctx, pins, JSON.stringify(wanted))
      const rows = await Promise.all(ids.slice(0, page.limit).map(id => messageOf(ctx, id)))
      return toConnection(ctx, pinList(c.id), page, rows, ids.length > page.limit, m => [m.pinnedSequence ?? 0])
    },
  }),
)

/** Pins or unpins; the chat and the message as they are then. */
async function pinning(ctx: Context, type: 'PinMessage' | 'UnpinMessage', globalId: string) {
  const { id: messageId, chatId } = await theMessage(ctx, globalId)
  const commit = await command(ctx, viewerOf(ctx).userId, type, { chatId, messageId })
  return { chat: await answeredChat(ctx, chatId), message: await answeredMessage(ctx, messageId), commit }
}

commandField('pinMessage', {
  description: 'Pins a message, so that everybody finds it at the top of the chat.',
  input: builder.inputType('PinMessageInput', {
    description: 'Which message.',
    fields: t => ({ messageId: t.id({ required: true, description: 'Id of the Message.' }) }),
  }),
  payload: payloadType<{ chat: ChatView; message: MessageView; commit: Commit }>('PinMessagePayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
    edge: t.field({
      type: MessageList.edge,
      description: 'The message, as an edge of the pinned ones.',
      resolve: (p, _, ctx) => pinEdge(ctx, p.message),
    }),
  })),
  errors,
  resolve: (input, ctx) => pinning(ctx, 'PinMessage', input.messageId),
})

commandField('unpinMessage', {
  description: 'Takes a message off the pinned ones.',
  input: builder.inputType('UnpinMessageInput', {
    description: 'Which message.',
    fields: t => ({ messageId: t.id({ required: true, description: 'Id of the Message.' }) }),
  }),
  payload: payloadType<{ chat: ChatView; message: MessageView; commit: Commit }>('UnpinMessagePayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
    unpinnedMessage: t.field({ type: Message, description: 'The message as it is now.', resolve: p => p.message }),
  })),
  errors,
  resolve: (input, ctx) => pinning(ctx, 'UnpinMessage', input.messageId),
})
