import type { Position } from './tokens.ts'

/** What a subscriber gets: an event or none (a heartbeat, a skipped event), and where it is now. */
export interface Frame<Event> {
  position: Position
  /** Whether this is happening now (true) or being replayed (false). */
  live: boolean
  event: Event | null
  /**
   * Asked after the frame was made and before it is sent: whether the viewer may still have it. What is loaded for a frame
   * may be newer than its event, so the right to see it is looked at after.
   */
  stillAllowed?: () => Promise<boolean>
}

/** Frames that are there at once, in order: they may be made and sent together. */
export interface Several<Event> {
  frames: readonly Frame<Event>[]
  /** The same as that of a frame, for all of them, or for the one at `position`. False for all: each has to be asked. */
  stillAllowed: (position?: Position) => Promise<boolean>
}
