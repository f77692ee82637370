import type { ExecutionArgs, ExecutionResult } from 'graphql'
import type { Context } from '../graph/context.ts'
import type { CaughtUp, Ready, Seat } from '../graph/seat.ts'
import type { Selection } from './selection.ts'
import { type Alone, type Frames, framesOf, results, type Select } from './subscribe.ts'

/** Who hears a subscription on a socket. */
export interface Listener {
  /** Resolves when it has left. */
  next: (result: ExecutionResult) => Promise<void>
  /** Sends what was made at once; false: it cannot now, and waits until what was said has left. */
  tell: (ready: Ready) => boolean
  /** There is nothing more to hear. */
  over: () => void
  failed: (error: unknown) => void
  /** A fresh context of whoever listens. */
  context: () => Context
}

/** GraphQL's `subscribe` for who is told as soon as there is something. */
export async function listen(
  args: ExecutionArgs,
  select: Select,
  listener: Listener,
): Promise<Subscription | ExecutionResult> {
  const frames = await framesOf(args)
  if (!('next' in frames)) return frames
  const subscription = new Subscription(listener, select())
  subscription.goAlone(args, frames)
  return subscription
}

/**
 * A subscription on a socket. It goes on alone, or sits in the room of its feed; then this is all that there is of it. A class,
 * because thousands sit.
 */
export class Subscription implements Seat {
  readonly listener: Listener
  readonly selection: Selection
  /** The way out of the room, while it sits. */
  private stand: (() => void) | null = null
  private alone: Pick<Alone, 'args' | 'frames'> | null = null

  constructor(listener: Listener, selection: Selection) {
    this.listener = listener
    this.selection = selection
  }

  tell(ready: Ready): boolean {
    return this.listener.tell(ready)
  }

  left(goOn: Parameters<Seat['left']>[0], why: Parameters<Seat['left']>[1]): void {
    this.stand = null
    const contextValue = this.listener.context()
    this.goAlone({ ...this.selection.args, contextValue }, goOn(contextValue), why !== 'never')
  }

  /** Tells what frames say. `maySit`: whether a room can serve it. */
  goAlone(args: ExecutionArgs, frames: Frames, maySit = true): void {
    const { selection, listener } = this
    this.alone = { args, frames }
    const sit = (step: CaughtUp) => {
      this.stand = maySit ? step.sit(this) : null
      if (this.stand) this.alone = null
      return this.stand !== null
    }
    const tell = (ready: Ready) => listener.tell(ready)
    this.run({ args, frames, selection, tell, sit }).catch(error => listener.failed(error))
  }

  private async run(alone: Alone): Promise<void> {
    const made = results(alone)
    for (;;) {
      const { done, value } = await made.next()
      if (!done) await this.listener.next(value)
      else if (value === 'sits') return
      else {
        this.selection.leave()
        return this.listener.over()
      }
    }
  }

  /** Nothing more is told. */
  end(): void {
    if (this.stand) {
      this.stand()
      this.selection.leave()
    } else if (this.alone) {
      // The source may be asleep: it is woken first, or it would end with its next heartbeat only.
      ;(this.alone.args.contextValue as Context).over.abort()
      void this.alone.frames.return?.()
    }
    this.stand = this.alone = null
  }
}
