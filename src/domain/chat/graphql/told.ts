import type { Context } from '../../../graph/context.ts'
import { untold } from '../../../graph/feed.ts'
import type { Frame } from '../../../graph/frame.ts'
import type { RoomFeed } from '../../../graph/room.ts'
import type { EndReason, EndView } from '../../../graph/stream.ts'
import type { Position } from '../../../graph/tokens.ts'
import { decode, type RawEvent } from '../../../kernel/codec.ts'
import type { AnyEvent } from '../../../kernel/message.ts'
import { chatEvents } from '../events.ts'
import { markersMoved, messagesByIds } from '../queries/index.ts'
import { chatFeed } from './chat.ts'
import { type ChatEventView, toChatEvent } from './events/view.ts'

// What is told of a chat, whoever hears it: for one subscriber, or in the room of all who are caught up.

export type ChatFrameView = Frame<ChatEventView | EndView>

/** What telling needs: it is of nobody's request. */
type Telling = Pick<Context, 'ask' | 'live' | 'store'>

export const pageSize = 100

/** The next page of a chat's own stream, as far as rows show it. */
export async function shownAfter({ live }: Telling, stream: string, after: bigint): Promise<RawEvent[]> {
  const { events, head } = await live.page(stream, Number(after), pageSize)
  return events.filter(e => e.revision <= (head?.projected ?? -1))
}

/** Frames of events; those after `startedAt` are live. */
export async function framesOf(
  { ask }: Telling,
  shown: readonly RawEvent[],
  { feed, mark }: Position,
  startedAt: bigint,
): Promise<ChatFrameView[]> {
  const ids = shown.filter(mayBeNoted).map(raw => raw.id)
  const noted = new Set((ids.length ? await ask(messagesByIds, ids) : []).map(note => note?.id))
  const frames: ChatFrameView[] = []
  for (const raw of shown) {
    const event = decode(chatEvents, raw)
    const view = toChatEvent(event)
    const at = BigInt(raw.revision)
    const live = at > startedAt
    // Two frames of one event: who goes on after the first gets both again, and lists drop what they have.
    if (noted.has(raw.id)) {
      const sent: ChatEventView = { ...view, eventType: 'MessageSent', messageId: raw.id }
      frames.push({ position: { feed, at: at - 1n, mark }, live, event: sent })
    }
    frames.push({ position: { feed, at, mark }, live, event: event.type === 'ChatCreated' ? null : view })
  }
  return frames
}

/** What happens to a chat itself may stand among its messages as well. */
const mayBeNoted = ({ bump, type }: RawEvent) => bump || type === 'MessagePinned'

/** Read markers that moved and were not told yet, each as it is now, and the mark after them. It is read before the rows. */
export async function markersAfter(
  { ask, store }: Telling,
  chatId: string,
  position: Position,
  told: Map<string, bigint>,
): Promise<{ frames: ChatFrameView[]; mark: bigint }> {
  const mark = await store.lowWater()
  const moved = await ask(markersMoved, { chatId, after: position.mark })
  const frames = untold(told, moved).map(({ key: userId, readAt: at }): ChatFrameView => {
    const event = { eventType: 'MessagesMarkedAsRead', at, actorId: userId, chatId, userId, messageId: '' }
    return { position: { ...position }, live: true, event }
  })
  return { frames, mark }
}

/** Whether nothing structural is known beyond a revision: who was in the chat there still is. */
export const unchanged = async ({ live }: Telling, stream: string, at: bigint): Promise<boolean> =>
  ((await live.head(stream))?.guard ?? -1) <= Number(at)

/** Whether an event ends the feed for this viewer: nothing of the chat follows it. */
export function overFor(userId: string, event: AnyEvent): EndReason | null {
  if (event.type === 'ChatHardDeleted') return 'DELETED'
  const gone = event.type === 'ParticipantRemoved' || event.type === 'ParticipantLeft'
  return gone && (event.data as { userId?: unknown }).userId === userId ? 'ACCESS_REVOKED' : null
}

/** A chat as those follow it who are caught up. */
export function chatRoom({ ask, live, store }: Telling, chatId: string): RoomFeed<ChatEventView | EndView> {
  const of: Telling = { ask, live, store }
  const stream = `chat-${chatId}`
  return {
    ...{ feed: chatFeed(chatId), live },
    async happened(position) {
      const shown = await shownAfter(of, stream, position.at)
      const last = shown.at(-1)
      if (!last) return null
      const frames = await framesOf(of, shown, position, position.at)
      const structural = shown.filter(raw => raw.bump).map(raw => decode(chatEvents, raw))
      const endsFor = (userId: string) => structural.some(event => overFor(userId, event) !== null)
      return { frames, at: BigInt(last.revision), endsFor: structural.length ? endsFor : null }
    },
    state: (position, told) => markersAfter(of, chatId, position, told),
    unchanged: at => unchanged(of, stream, at),
  }
}
