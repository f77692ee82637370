import type { Frame } from './frame.ts'
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
}

/** Where a subscriber is; moved when they leave. */
export interface Place {
  position: Position
  /** What `untold` remembers. */
  told: Map<string, bigint>
}

/** `later`: it did not take them, and they go on by themselves for now; `never`: it cannot serve anybody. */
export type Left = { why: 'left' | 'later' | 'never'; due: boolean }

export interface Guest extends Place {
  userId: string
  seat: Seat
  /** Stopped while they sit, for the room hears for all: not a moment goes by in which neither does. */
  waiter: { stop: () => void; again: () => void }
}

export interface Room {
  /** Resolves when they left, with their place where the room left them. `due`: state is still to be looked at. */
  sit: (who: Guest, over: AbortSignal) => Promise<Left>
}

export type Rooms = Map<string, Room>
