import { builder } from '../../../graph/builder.ts'
import { badInput } from '../../../graph/connection.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import { firstUnread, type MessageView, messagesByIds, messagesOf, sentSince } from '../queries/index.ts'

// Jumps into the middle of a chat.

const MessagePlace = builder.enumType('MessagePlace', {
  description: 'A place in a chat.',
  values: {
    FIRST_UNREAD: { description: 'The first message that you have not read; the newest when there is none.' },
    OLDEST: { description: 'The beginning.' },
  },
})

export const MessageAnchor = builder.inputType('MessageAnchor', {
  description: 'Where to jump to in a chat: exactly one of these.',
  isOneOf: true,
  fields: t => ({
    messageId: t.id({ description: 'Id of a Message of the chat, also of a deleted one.' }),
    sentAt: t.field({ type: 'DateTime', description: 'To the first message sent then or later; else the newest.' }),
    place: t.field({ type: MessagePlace, description: 'To a place.' }),
  }),
})

/** Sequence of the message to jump to; null for the end of the chat. Throws NOT_FOUND for what is no message of it. */
async function sequenceAt(
  ctx: Context,
  chatId: string,
  { messageId, sentAt, place }: typeof MessageAnchor.$inferInput,
): Promise<number | null> {
  if (messageId != null) {
    const parsed = parseGlobalId(messageId)
    const [message] = parsed?.type === 'Message' ? await ctx.ask(messagesByIds, [parsed.id]) : []
    if (message?.chatId !== chatId) throw badInput('There is no such message.', 'NOT_FOUND')
    return message.sequence
  }
  if (sentAt != null) return ctx.ask(sentSince, { chatId, at: sentAt })
  // Who asks matters to this place alone; a field of a shared frame would have to name it otherwise.
  return place === 'OLDEST' ? 0 : ctx.ask(firstUnread, { chatId, userId: viewerOf(ctx).userId })
}

/** That many messages around a place, as even as the ends of the chat allow; and whether there are more on either side. */
export async function aroundOf(
  ctx: Context,
  chatId: string,
  anchor: typeof MessageAnchor.$inferInput,
  limit: number,
): Promise<{ rows: MessageView[]; before: boolean; after: boolean }> {
  const from = await sequenceAt(ctx, chatId, anchor)
  const [earlier, later] = await Promise.all([
    ctx.ask(messagesOf, { chatId, from, backwards: true, limit: limit + 1 }),
    from === null ? [] : ctx.ask(messagesOf, { chatId, from: from - 1, backwards: false, limit: limit + 1 }),
  ])
  const half = Math.min(Math.floor(limit / 2), earlier.length)
  const laterTaken = Math.min(later.length, limit - half)
  const earlierTaken = Math.min(earlier.length, limit - laterTaken)
  return {
    rows: [...earlier.slice(earlier.length - earlierTaken), ...later.slice(0, laterTaken)],
    before: earlier.length > earlierTaken,
    after: later.length > laterTaken,
  }
}
