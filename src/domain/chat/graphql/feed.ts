import { builder } from '../../../graph/builder.ts'
import { badInput } from '../../../graph/connection.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { type Frame, untold } from '../../../graph/feed.ts'
import { endFrame, openFeed, type Told } from '../../../graph/follow.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import { afterArg, type EndReason, type EndView, frameType } from '../../../graph/stream.ts'
import type { Position } from '../../../graph/tokens.ts'
import { decode, type RawEvent } from '../../../kernel/codec.ts'
import type { AnyEvent } from '../../../kernel/message.ts'
import { chatEvents } from '../events.ts'
import { chatsByIds, markersMoved, messagesByIds, participantsByIds, participationOf } from '../queries/index.ts'
import { chatFeed } from './chat.ts'
import {
  MessageDeleted,
  MessageEdited,
  MessagePinned,
  MessageSent,
  MessagesMarkedAsRead,
  MessageUnpinned,
  ReactionsChanged,
} from './events/messages.ts'
import {
  ChatArchived,
  ChatRestored,
  ChatUpdated,
  ParticipantAdded,
  ParticipantRemoved,
  ParticipantRoleChanged,
} from './events/room.ts'
import { type ChatEventView, toChatEvent } from './events/view.ts'

const ChatFrame = frameType({
  name: 'Chat',
  frame: 'One step of a chat feed. Without an event it is a heartbeat, or an event that is not for you.',
  events: 'What can happen in a chat.',
  types: [
    MessageSent,
    MessageEdited,
    MessageDeleted,
    MessagePinned,
    MessageUnpinned,
    ReactionsChanged,
    MessagesMarkedAsRead,
    ChatUpdated,
    ChatArchived,
    ChatRestored,
    ParticipantAdded,
    ParticipantRoleChanged,
    ParticipantRemoved,
  ],
})
type ChatFrameView = Frame<ChatEventView | EndView>

builder.subscriptionField('chatEvents', t =>
  t.field({
    type: ChatFrame,
    description: 'What happens in a chat, in order, from a position on. Without `after`: from now on.',
    args: {
      chatId: t.arg.id({ required: true, description: 'Id of a Chat that you are in.' }),
      ...afterArg('Chat.position'),
    },
    subscribe: (_, { chatId, after }, ctx) => follow(ctx, chatId, after ?? null),
    resolve: frame => frame,
  }),
)

const pageSize = 100
const noChat = () => badInput('There is no such chat.', 'NOT_FOUND')

/** What following a chat needs to know all along. */
interface Following {
  ctx: Context
  userId: string
  chatId: string
  stream: string
  /** Whether the viewer is in the chat, by its rows. */
  isIn: () => Promise<boolean>
}

async function* follow(ctx: Context, chatGlobalId: string, after: string | null): AsyncGenerator<ChatFrameView> {
  const { userId } = viewerOf(ctx)
  const parsed = parseGlobalId(chatGlobalId)
  if (parsed?.type !== 'Chat') throw noChat()
  const chatId = parsed.id
  const stream = `chat-${chatId}`
  const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] !== null
  const of: Following = { ctx, userId, chatId, stream, isIn }

  yield* openFeed(ctx, {
    ...{ feed: chatFeed(chatId), after, foreign: 'This position is not of this chat.' },
    async now() {
      const mark = await ctx.store.lowWater()
      return { at: BigInt((await ctx.live.head(stream))?.projected ?? -1), mark }
    },
    async barred(resumed) {
      if (await isIn()) return null
      if (!resumed) throw noChat()
      return (await wasIn(of)) ? 'DELETED' : 'ACCESS_REVOKED'
    },
    happened: (position, startedAt) => happened(of, position, startedAt),
    state: (position, told) => markers(of, position, told),
  })
}

/** A page of the chat's own stream. Up to `startedAt` rows told that the viewer is in; above it the feed itself does. */
async function* happened(
  { ctx, userId, stream, isIn }: Following,
  position: Position,
  startedAt: bigint,
): AsyncGenerator<ChatFrameView, Told> {
  const { events, head } = await ctx.live.page(stream, Number(position.at), pageSize)
  const shown = events.filter(e => e.revision <= (head?.projected ?? -1))
  for (const raw of shown) {
    const event = decode(chatEvents, raw)
    const over = event.revision > startedAt ? overFor(userId, event) : null
    position.at = BigInt(event.revision)
    if (over) {
      yield endFrame(position, 'StreamClosed', over)
      return 'over'
    }
    const seen = event.revision
    const live = position.at > startedAt
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

/** What happens to a chat itself may stand among its messages as well. */
const mayBeNoted = ({ bump, type }: RawEvent) => bump || type === 'MessagePinned'

/** Read markers are state: the latest of each that moved, then the mark moves. It is read before the rows. */
async function* markers(
  { ctx, chatId, isIn }: Following,
  position: Position,
  told: Map<string, bigint>,
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
async function wasIn({ ctx, chatId, userId }: Following): Promise<boolean> {
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
