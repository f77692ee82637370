import { badInput } from './connection.ts'
import { type Following, heartbeatMs, isOver, stateEveryMs, untilWoken, type Waiter, type Wake } from './feed.ts'
import type { Frame, Step } from './frame.ts'
import { openRoom, type RoomFeed } from './room.ts'
import type { EndReason, EndView } from './stream.ts'
import { openPosition, type Position, type Tokens } from './tokens.ts'

/** What happened was told, nothing had, or the last of all was told. */
export type Told = 'some' | 'none' | 'over'

/** What one kind of feed does its own way. */
interface Feed<Event> {
  /** As hints and positions name it. */
  feed: string
  /** The position that the subscriber came with. */
  after: string | null
  /** What is said of a position of another feed. */
  foreign: string
  /** What else wakes the subscriber; returns its way out. */
  also?: (wake: Wake) => () => void
  /** Where the feed is now: asked before any row is read. */
  now: () => Promise<Pick<Position, 'at' | 'mark'>>
  /** Asked after `now`: why the viewer may not follow, or null. Throws for who came without a position. */
  barred?: (resumed: boolean) => Promise<EndReason | null>
  /**
   * Frames of what happened after the position, at most a page, moving it. What is above `startedAt` happened after `now`.
   */
  happened: (position: Position, startedAt: bigint) => AsyncGenerator<Step<Event>, Told>
  /** Frames of what is state and has moved; `told`: what `untold` remembers. At most once a second. */
  state?: (position: Position, told: Map<string, bigint>) => AsyncGenerator<Frame<Event>>
  /** Where everybody sees the same: how those who are caught up follow it together. */
  room?: { userId: string; open: () => RoomFeed<Event & object> }
}

/** Begins a feed for one subscriber, at their position or now, and follows it to its end. */
export async function* openFeed<Event>(
  ctx: Following & { tokens: Tokens },
  of: Feed<Event>,
): AsyncGenerator<Step<Event | EndView>> {
  const from = of.after === null ? null : openPosition(ctx.tokens, of.feed, of.after)
  if (of.after !== null && from === null) throw badInput(of.foreign)
  const waiter = untilWoken(ctx, of.feed, of.also) // attached before anything is read: nothing falls between
  try {
    const position: Position = { feed: of.feed, ...(await of.now()) }
    const barred = await of.barred?.(from !== null)
    if (barred) {
      yield endFrame(position, 'StreamClosed', barred)
      return
    }
    if (from === 'foreign') {
      yield endFrame(position, 'StreamReset', 'POSITION_UNKNOWN')
      return
    }
    const startedAt = position.at
    if (from) Object.assign(position, from)
    yield { position: { ...position }, live: position.at >= startedAt, event: null }
    yield* followFeed(ctx, waiter, of, { position, startedAt, resumed: from !== null })
  } finally {
    waiter.stop()
  }
}

interface Place {
  /** Where the subscriber is; moved by `happened` and `state`, and copied into each frame. */
  position: Position
  startedAt: bigint
  /** Whether the subscriber came with a position: what is state may have changed since. */
  resumed: boolean
}

/** Tells one subscriber of a feed what happens, as fast as its socket drains, and sleeps where there is nothing. */
async function* followFeed<Event>(
  ctx: Following,
  waiter: Waiter,
  of: Feed<Event>,
  { position, startedAt, resumed }: Place,
): AsyncGenerator<Step<Event>> {
  const told = new Map<string, bigint>()
  let stateAt = 0
  let due = resumed
  let { seat } = ctx
  while (!isOver(ctx)) {
    const happened = yield* of.happened(position, startedAt)
    if (happened === 'over') return
    if (waiter.stateMoved()) due = true
    if (happened === 'some') continue
    const wait = stateAt + stateEveryMs - Date.now()
    if (due && of.state && wait <= 0) {
      stateAt = Date.now()
      due = false
      yield* of.state(position, told)
      continue
    }
    const here = !due && !waiter.isWoken() && position.at >= startedAt
    if (here && of.room && seat) {
      const { rooms } = ctx.live
      const room = rooms.get(of.feed) ?? openRoom(of.room.open(), position, () => rooms.delete(of.feed))
      rooms.set(of.feed, room)
      const left = await room.sit({ position, told, seat, waiter, userId: of.room.userId }, ctx.over.signal)
      due = left.due
      if (left.why === 'never') seat = null
      continue
    }
    const woken = await waiter.next(due && of.state ? wait : heartbeatMs)
    if (!woken && (!due || !of.state)) yield { position: { ...position }, live: true, event: null }
  }
}

/** The last frame of a feed. */
export const endFrame = (position: Position, eventType: EndView['eventType'], reason: EndReason): Frame<EndView> => ({
  position: { ...position },
  live: true,
  event: { eventType, reason },
})
