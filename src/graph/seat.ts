import type { Context } from './context.ts'
import type { Frame, Several } from './frame.ts'
import type { Position } from './tokens.ts'

// What a subscription brings to the room of its feed. What happens there is in room.ts.

/** Frames as they are written to a socket, for the operation with this id. */
export interface Ready {
  framed: (id: string) => Buffer
}

/** How frames are made for all who select the same. */
export interface Shared {
  /** The same for those who select the same. */
  name: string
  /** Frames as all see them, in order; null when that cannot be: then each has to make them. */
  together: (frames: readonly Frame<object>[]) => Promise<Ready | null>
}

/** What a subscription brings along. */
export interface Seat {
  selection: Shared
  /** Sends what was made at once; false: it cannot now, and waits until what was said has left. */
  tell: (ready: Ready) => boolean
  /** They left the room. `goOn` is to be called before this returns: not a moment passes in which nobody hears. */
  left: (goOn: (ctx: Context) => AsyncGenerator<Step<object>>, why: Left['why']) => void
}

/** Nothing is left to tell. */
export interface CaughtUp {
  /** Takes a seat in the room of the feed, which tells what comes; null: not now. Call what it gives to leave for good. */
  sit: (seat: Seat) => (() => void) | null
}
export type Step<Event> = Frame<Event> | Several<Event> | CaughtUp

/** A feed as GraphQL is told of it: `subscribe` of the API takes apart what comes at once, and resolves each frame. */
export const oneByOne = <Event>(steps: AsyncGenerator<Step<Event>>) => steps as AsyncGenerator<Frame<Event>>

/** Where a subscriber is; moved when they leave. */
export interface Place {
  position: Position
  /** What `untold` remembers. */
  told: ReadonlyMap<string, bigint>
}

/** `later`: it did not take them, and they go on by themselves for now; `never`: it cannot serve anybody. */
export type Left = { why: 'left' | 'later' | 'never'; due: boolean }

/** Who sits in a room. Nothing of their own runs meanwhile, so that thousands may. */
export interface Guest extends Place {
  userId: string
  seat: Seat
  /** Called when they left, with their place where the room left them. `due`: state is still to be looked at. */
  left: (left: Left) => void
}

export interface Room {
  /** Takes somebody in, who may stop to hear by themselves; or says why not. */
  sit: (guest: Guest) => Left | null
  /** They go away, and nothing is left to tell them. */
  leave: (guest: Guest) => void
}
