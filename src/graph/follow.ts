import { oncePer } from '../kernel/once.ts'
import { badInput } from './connection.ts'
import type { Context } from './context.ts'
import { heartbeatMs, isOver, type LiveFeeds, stateEveryMs, untilWoken, type Waiter, type Wake } from './feed.ts'
import type { Frame } from './frame.ts'
import { openRoom, type RoomFeed } from './room.ts'
import type { CaughtUp, Guest, Left, Place, Room, Seat, Step } from './seat.ts'
import type { EndReason, EndView } from './stream.ts'
import { openPosition, type Position } from './tokens.ts'

/** What happened was told, nothing had, or the last of all was told. */
export type Told = 'some' | 'none' | 'over'

/** What one kind of feed does its own way. */
export interface Feed<Event> {
  /** As hints and positions name it. */
  feed: string
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
  room?: { userId: string; open: () => RoomFeed<Event & object>; again: Again<Event> }
}

/** Makes the feed of one subscriber anew. It is the room's: who sits in it keeps nothing of theirs. */
type Again<Event> = (ctx: Context) => Feed<Event>

/** Begins a feed for one subscriber, `after` the position that they came with or now, and follows it to its end. */
export async function* openFeed<Event>(
  ctx: Context,
  of: Feed<Event>,
  after: string | null,
): AsyncGenerator<Step<Event | EndView>> {
  const from = after === null ? null : openPosition(ctx.tokens, of.feed, after)
  if (after !== null && from === null) throw badInput(of.foreign)
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
    yield* followFeed(ctx, waiter, of, { position, startedAt, told: new Map(), due: from !== null })
  } finally {
    waiter.stop()
  }
}

interface Beginning extends Place {
  /** Where the subscriber is; moved by `happened` and `state`, and copied into each frame. */
  position: Position
  startedAt: bigint
  /** Whether what is state may have changed, as for who came with a position. */
  due: boolean
}

/** Tells one subscriber of a feed what happens, as fast as its socket drains, and sleeps where there is nothing. */
async function* followFeed<Event>(
  ctx: Context,
  waiter: Waiter,
  of: Feed<Event>,
  { position, startedAt, told: known, due: isDue }: Beginning,
): AsyncGenerator<Step<Event>> {
  const told = new Map(known)
  let stateAt = 0
  let due = isDue
  try {
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
      if (of.room && !due && !waiter.isWoken() && position.at >= startedAt) {
        const offer = offerOf(ctx, waiter, of, { position, told })
        yield offer
        if (offer.later) {
          due = offer.later.due
          continue
        }
      }
      const woken = await waiter.next(due && of.state ? wait : heartbeatMs)
      if (!woken && (!due || !of.state)) yield { position: { ...position }, live: true, event: null }
    }
  } finally {
    waiter.stop()
  }
}

/** All that is kept of a subscriber who sits in a room. */
interface Sitting<Event> extends Guest {
  again: Again<Event>
}
const nothing: Place['told'] = new Map()

/** Of a process, by feed: who is caught up with it. */
const roomsOf = oncePer((_: LiveFeeds) => new Map<string, Room>())

/** A seat for somebody who is caught up. `later`: the room did not take them. */
function offerOf<Event>(ctx: Context, waiter: Waiter, of: Feed<Event>, { position, told }: Place) {
  const offer: CaughtUp & { later: Left | null } = {
    later: null,
    sit(seat) {
      if (!of.room || waiter.isWoken() || isOver(ctx)) return null
      const { userId, again, open } = of.room
      const rooms = roomsOf(ctx.live)
      const room = rooms.get(of.feed) ?? openRoom(open(), position, () => rooms.delete(of.feed))
      rooms.set(of.feed, room)
      const guest: Sitting<Event> = { again, userId, seat, position, told: told.size ? told : nothing, left: goOnAlone }
      offer.later = room.sit(guest)
      return offer.later ? null : wayOut(room, guest)
    },
  }
  return offer
}

/** Made by itself, so that it keeps nothing of what was before they sat down. */
const wayOut = (room: Room, guest: Guest) => () => room.leave(guest)

function goOnAlone<Event>(this: Sitting<Event>, { why, due }: Left): void {
  const { again, position, told } = this
  const goOn = (ctx: Context) => {
    const of = again(ctx)
    const waiter = untilWoken(ctx, of.feed, of.also)
    return followFeed(ctx, waiter, of, { position, told, due, startedAt: position.at })
  }
  this.seat.left(goOn as Parameters<Seat['left']>[0], why)
}

/** The last frame of a feed. */
export const endFrame = (position: Position, eventType: EndView['eventType'], reason: EndReason): Frame<EndView> => ({
  position: { ...position },
  live: true,
  event: { eventType, reason },
})
