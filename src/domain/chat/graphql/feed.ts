import { builder } from '../../../graph/builder.ts'
import { badInput } from '../../../graph/connection.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { endFrame, type Feed, openFeed, type Told } from '../../../graph/follow.ts'
import { parseGlobalId } from '../../../graph/node.ts'
import { oneByOne, type Step } from '../../../graph/seat.ts'
import { afterArg, type EndView, frameType } from '../../../graph/stream.ts'
import type { Position } from '../../../graph/tokens.ts'
import { decode, type RawEvent } from '../../../kernel/codec.ts'
import { chatEvents } from '../events.ts'
import { chatsByIds, participantsByIds, participationOf } from '../queries/index.ts'
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
import type { ChatEventView } from './events/view.ts'
import { type ChatFrameView, chatRoom, framesOf, markersAfter, overFor, shownAfter, unchanged } from './told.ts'

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

builder.subscriptionField('chatEvents', t =>
  t.field({
    type: ChatFrame,
    description: 'What happens in a chat, in order, from a position on. Without `after`: from now on.',
    args: {
      chatId: t.arg.id({ required: true, description: 'Id of a Chat that you are in.' }),
      ...afterArg('Chat.position'),
    },
    subscribe: (_, { chatId, after }, ctx) => oneByOne(follow(ctx, chatId, after ?? null)),
    resolve: frame => frame,
  }),
)

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

async function* follow(ctx: Context, chatGlobalId: string, after: string | null) {
  viewerOf(ctx)
  const parsed = parseGlobalId(chatGlobalId)
  if (parsed?.type !== 'Chat') throw noChat()
  yield* openFeed(ctx, feedOf(ctx, parsed.id), after)
}

/** Made by itself, so that it keeps the id and nothing of the subscriber. */
const feedAgain = (chatId: string) => (ctx: Context) => feedOf(ctx, chatId)

function feedOf(ctx: Context, chatId: string): Feed<ChatEventView | EndView> {
  const { userId } = viewerOf(ctx)
  const stream = `chat-${chatId}`
  const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] !== null
  const of: Following = { ctx, userId, chatId, stream, isIn }
  return {
    ...{ feed: chatFeed(chatId), foreign: 'This position is not of this chat.' },
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
    room: { userId, open: () => chatRoom(ctx, chatId), again: feedAgain(chatId) },
  }
}

/** A page of the chat's own stream. Up to `startedAt` rows told that the viewer is in; above it the feed itself does. */
async function* happened(
  { ctx, userId, stream, isIn }: Following,
  position: Position,
  startedAt: bigint,
): AsyncGenerator<Step<ChatEventView | EndView>, Told> {
  const shown = await shownAfter(ctx, stream, position.at)
  const [first] = shown
  if (!first) return 'none'
  const isOver = (raw: RawEvent) => raw.revision > startedAt && overFor(userId, decode(chatEvents, raw))
  const end = shown.find(isOver)
  const before = end ? shown.slice(0, shown.indexOf(end)) : shown
  // A structural event beyond one of these may be the viewer's removal: rows that were read may be newer than that.
  const from = BigInt(first.revision)
  const stillAllowed = async ({ at } = { at: from }) => (await unchanged(ctx, stream, at)) || isIn()
  const frames = await framesOf(ctx, before, position, startedAt)
  if (frames.length) yield { frames, stillAllowed }
  position.at = BigInt((end ?? shown.at(-1) ?? first).revision)
  if (!end) return 'some'
  yield endFrame(position, 'StreamClosed', overFor(userId, decode(chatEvents, end)) ?? 'ACCESS_REVOKED')
  return 'over'
}

/** Read markers are state: the latest of each that moved, then the mark moves. */
async function* markers(
  { ctx, chatId, isIn }: Following,
  position: Position,
  told: Map<string, bigint>,
): AsyncGenerator<ChatFrameView> {
  const { frames, mark } = await markersAfter(ctx, chatId, position, told)
  for (const frame of frames) yield { ...frame, stillAllowed: isIn }
  if (mark > position.mark) position.mark = mark
}

/** Whether somebody was in a chat to its end, so that they may know that it was deleted. */
async function wasIn({ ctx, chatId, userId }: Following): Promise<boolean> {
  const [chat] = await ctx.ask(chatsByIds, [chatId])
  const [participant] = await ctx.ask(participantsByIds, [`${chatId}.${userId}`])
  return Boolean(chat?.deletedAt && participant && !participant.leftAt)
}
