import { builder } from '../../../graph/builder.ts'
import { badInput } from '../../../graph/connection.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { type Frame, untilWoken, untold } from '../../../graph/feed.ts'
import { endFrame, followFeed, type Told } from '../../../graph/follow.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import type { EndReason, EndView } from '../../../graph/stream.ts'
import { openPosition, type Position, signPosition } from '../../../graph/tokens.ts'
import { decode, type RawEvent } from '../../../kernel/codec.ts'
import type { AnyEvent } from '../../../kernel/message.ts'
import { chatEvents } from '../events.ts'
import { chatsByIds, markersMoved, messagesByIds, participantsByIds, participationOf } from '../queries/index.ts'
import { chatFeed } from './chat.ts'
import { ChatEvent, type ChatEventView, toChatEvent } from './events.ts'

type ChatFrameView = Frame<ChatEventView | EndView>

const ChatFrame = builder.objectRef<ChatFrameView>('ChatFrame').implement({
  description: 'One step of a chat feed. Without an event it is a heartbeat, or an event that is not for you.',
  fields: t => ({
    position: t.field({
      type: 'StreamPosition',
      description: 'Where you are after this frame: go on from here.',
      resolve: (f, _, ctx) => signPosition(ctx.tokens, f.position),
    }),
    live: t.exposeBoolean('live', { description: 'False while what was missed is replayed.' }),
    event: t.field({ type: ChatEvent, nullable: true, description: 'What happened.', resolve: f => f.event }),
  }),
})

builder.subscriptionField('chatEvents', t =>
  t.field({
    type: ChatFrame,
    description: 'What happens in a chat, in order, from a position on. Without `after`: from now on.',
    args: {
      chatId: t.arg.id({ required: true, description: 'Id of a Chat that you are in.' }),
      after: t.arg({
        type: 'StreamPosition',
        description: 'The last position that you have: of a frame, or of `Chat.position`.',
      }),
    },
    subscribe: (_, { chatId, after }, ctx) => follow(ctx, chatId, after ?? null),
    resolve: frame => frame,
  }),
)

const pageSize = 100
const noChat = () => badInput('There is no such chat.', 'NOT_FOUND')

/** Pages the chat's own stream for one subscriber, as fast as its socket drains, and sleeps where there is nothing. */
async function* follow(ctx: Context, chatGlobalId: string, after: string | null): AsyncGenerator<ChatFrameView> {
  const { userId } = viewerOf(ctx)
  const parsed = parseGlobalId(chatGlobalId)
  if (parsed?.type !== 'Chat') throw noChat()
  const chatId = parsed.id
  const feed = chatFeed(chatId)
  const stream = `chat-${chatId}`
  const from = after === null ? null : openPosition(ctx.tokens, feed, after)
  if (after !== null && from === null) throw badInput('This position is not of this chat.')

  const waiter = untilWoken(ctx, feed) // attached before the head is read: nothing falls between
  try {
    const mark = await ctx.store.lowWater()
    const start = await ctx.live.head(stream)
    const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] !== null
    const position: Position = { feed, at: BigInt(start?.projected ?? -1), mark }
    if (!start || !(await isIn())) {
      if (from === null) throw noChat()
      yield endFrame(position, 'StreamClosed', (await wasIn(ctx, chatId, userId)) ? 'DELETED' : 'ACCESS_REVOKED')
      return
    }
    if (from === 'foreign') {
      yield endFrame(position, 'StreamReset', 'POSITION_UNKNOWN')
      return
    }
    // Up to here rows tell that the viewer is in; above it the feed itself does.
    const authorizedAt = position.at
    if (from) Object.assign(position, from)
    yield { position: { ...position }, live: position.at >= authorizedAt, event: null }

    async function* happened(): AsyncGenerator<ChatFrameView, Told> {
      const { events, head } = await ctx.live.page(stream, Number(position.at), pageSize)
      const shown = events.filter(e => e.revision <= (head?.projected ?? -1))
      for (const raw of shown) {
        const event = decode(chatEvents, raw)
        const over = event.revision > authorizedAt ? overFor(userId, event) : null
        position.at = BigInt(event.revision)
        if (over) {
          yield endFrame(position, 'StreamClosed', over)
          return 'over'
        }
        const seen = event.revision
        const live = position.at > authorizedAt
        // A structural event beyond this one may be the viewer's removal: rows that were read may be newer than that.
        const stillAllowed = async () => ((await ctx.live.head(stream))?.guard ?? -1) <= seen || isIn()
        const [note] = mayBeNoted(raw) ? await ctx.ask(messagesByIds, [raw.id]) : []
        // Two frames of one event: who goes on after the first gets both again, and lists drop what they have.
        if (note) {
          const sent: ChatEventView = { ...toChatEvent(event), eventType: 'MessageSent', messageId: note.id }
          yield { position: { ...position, at: position.at - 1n }, live, event: sent, stillAllowed }
        }
        const told = event.type === 'ChatCreated' ? null : toChatEvent(event)
        yield { position: { ...position }, live, event: told, stillAllowed }
      }
      return shown.length ? 'some' : 'none'
    }
    const state = (told: Map<string, bigint>) => markers(ctx, chatId, position, told, isIn)
    yield* followFeed(ctx, { waiter, position, resumed: from !== null, happened, state })
  } finally {
    waiter.stop()
  }
}

/** What happens to a chat itself may stand among its messages as well. */
const mayBeNoted = ({ bump, type }: RawEvent) => bump || type === 'MessagePinned'

/** Read markers are state: the latest of each that moved, then the mark moves. It is read before the rows. */
async function* markers(
  ctx: Context,
  chatId: string,
  position: Position,
  told: Map<string, bigint>,
  isIn: () => Promise<boolean>,
): AsyncGenerator<ChatFrameView> {
  const mark = await ctx.store.lowWater()
  for (const { key: userId, readAt } of untold(told, await ctx.ask(markersMoved, { chatId, after: position.mark }))) {
    const event: ChatEventView = {
      eventType: 'MessagesMarkedAsRead',
      at: readAt,
      actorId: userId,
      chatId,
      userId,
      messageId: '',
    }
    yield { position: { ...position }, live: true, event, stillAllowed: isIn }
  }
  if (mark > position.mark) position.mark = mark
}

/** Whether somebody was in a chat to its end, so that they may know that it was deleted. */
async function wasIn(ctx: Context, chatId: string, userId: string): Promise<boolean> {
  const [chat] = await ctx.ask(chatsByIds, [chatId])
  const [participant] = await ctx.ask(participantsByIds, [`${chatId}.${userId}`])
  return Boolean(chat?.deletedAt && participant && !participant.leftAt)
}

/** Whether an event ends the feed for this viewer: nothing of the chat follows it. */
function overFor(userId: string, event: AnyEvent): EndReason | null {
  if (event.type === 'ChatHardDeleted') return 'DELETED'
  const gone = event.type === 'ParticipantRemoved' || event.type === 'ParticipantLeft'
  return gone && (event.data as { userId?: unknown }).userId === userId ? 'ACCESS_REVOKED' : null
}
