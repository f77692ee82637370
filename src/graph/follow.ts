import { type Following, type Frame, heartbeatMs, isOver, type Waiter } from './feed.ts'
import type { EndReason, EndView } from './stream.ts'
import type { Position } from './tokens.ts'

/** What happened was told, nothing had, or the last of all was told. */
export type Told = 'some' | 'none' | 'over'

/** What one kind of feed does its own way. */
export interface Followed<Event> {
  waiter: Waiter
  /** Where the subscriber is; moved by `happened` and `state`, and copied into each frame. */
  position: Position
  /** Whether the subscriber came with a position: what is state may have changed since. */
  resumed: boolean
  /** Frames of what happened after the position, at most a page, moving it. */
  happened: () => AsyncGenerator<Frame<Event>, Told>
  /** Frames of what is state and has moved; `told`: what `untold` remembers. At most once a second. */
  state?: (told: Map<string, bigint>) => AsyncGenerator<Frame<Event>>
}

const stateEveryMs = 1_000

/** Tells one subscriber of a feed what happens, as fast as its socket drains, and sleeps where there is nothing. */
export async function* followFeed<Event>(ctx: Following, of: Followed<Event>): AsyncGenerator<Frame<Event>> {
  const { waiter, position } = of
  const told = new Map<string, bigint>()
  let stateAt = 0
  let due = of.resumed
  while (!isOver(ctx)) {
    const happened = yield* of.happened()
    if (happened === 'over') return
    if (happened === 'some') {
      due = true
      continue
    }
    const wait = stateAt + stateEveryMs - Date.now()
    if (due && of.state && wait <= 0) {
      stateAt = Date.now()
      due = false
      yield* of.state(told)
      continue
    }
    const woken = await waiter.next(due && of.state ? wait : heartbeatMs)
    if (woken) due = true
    else if (!due || !of.state) yield { position: { ...position }, live: true, event: null }
  }
}

/** The last frame of a feed. */
export const endFrame = (position: Position, eventType: EndView['eventType'], reason: EndReason): Frame<EndView> => ({
  position: { ...position },
  live: true,
  event: { eventType, reason },
})
