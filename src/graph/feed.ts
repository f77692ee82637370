import type { Head, StreamPage } from '../port/event-store.ts'
import type { Position } from './tokens.ts'

// How a feed is followed: frames, wake-ups and waiting. What its events look like is in stream.ts.

/** `state`: whether what is state may have moved; it may unless this is said. */
export type Wake = (state?: boolean) => void

export interface LiveFeeds {
  /** Calls `wake` whenever something may have moved in the feed (`chat:<id>` or `user:<id>`). Returns the way out. */
  watch: (feed: string, wake: Wake) => () => void
  /** A stream's head as it is now or later; subscribers that ask at once share the look. */
  head: (stream: string) => Promise<Head | null>
  /** A page of a stream; subscribers at the same place share the read. */
  page: (stream: string, after: number, limit: number) => Promise<StreamPage>
  /** Where feeds of the audience index (inboxes, companies) are now. Asked for before rows: they may be newer than it, never older. */
  audiencePosition: () => Promise<Pick<Position, 'at' | 'mark'>>
  /** Aborted when the server drains: subscriptions then complete. */
  draining: AbortSignal
}

/** What following needs of a request's context. */
export interface Following {
  live: LiveFeeds
  /** Aborted when the subscription is over. */
  over: AbortController
}

/** Whether a subscription has to come to its end. */
export const isOver = (ctx: Following): boolean => ctx.live.draining.aborted || ctx.over.signal.aborted

/** Waits for a wake-up, the drain or the time for a heartbeat. `also`: what else wakes; it returns its way out. */
export function untilWoken(
  ctx: Following,
  feed: string | null,
  also: (wake: Wake) => () => void = () => () => undefined,
): Waiter {
  let [woken, stateWoken] = [false, false]
  let resolve: (() => void) | null = null
  const wake: Wake = (state = true) => {
    woken = true
    stateWoken ||= state
    resolve?.()
  }
  const over = () => wake()
  const ends = [ctx.live.draining, ctx.over.signal]
  const attach = () => {
    for (const signal of ends) signal.addEventListener('abort', over)
    return [feed === null ? () => undefined : ctx.live.watch(feed, wake), also(wake)]
  }
  let leave = attach()
  const stop = () => {
    for (const one of leave.splice(0)) one()
    for (const signal of ends) signal.removeEventListener('abort', over)
    resolve?.()
  }
  return {
    isWoken: () => woken,
    hasStateMoved: () => stateWoken,
    stateMoved() {
      const was = stateWoken
      stateWoken = false
      return was
    },
    stop,
    again() {
      stop()
      leave = attach()
    },
    async next(ms) {
      if (!woken && !isOver(ctx)) {
        let timer: NodeJS.Timeout | undefined
        await new Promise<void>(done => {
          resolve = done
          timer = setTimeout(done, ms)
        })
        clearTimeout(timer)
        resolve = null
      }
      const was = woken
      woken = false
      return was
    },
  }
}
export interface Waiter {
  /** Resolves with true when woken, with false after `ms`. */
  next: (ms: number) => Promise<boolean>
  /** Whether it was woken since. */
  isWoken: () => boolean
  /** Whether what is state may have moved since `stateMoved` was asked. */
  hasStateMoved: () => boolean
  /** The same, and it is taken note of. */
  stateMoved: () => boolean
  stop: () => void
  /** Waits again after it was stopped. */
  again: () => void
}

export const heartbeatMs = 25_000
/** How often at most a feed tells what is state. */
export const stateEveryMs = 1_000

/** Rests for `ms`, or until the subscription is over: what comes meanwhile is told together. */
export async function rest(ctx: Following, ms: number): Promise<void> {
  if (ms <= 0 || isOver(ctx)) return
  const ends = [ctx.live.draining, ctx.over.signal]
  await new Promise<void>(resolve => {
    const done = () => {
      clearTimeout(timer)
      for (const signal of ends) signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    for (const signal of ends) signal.addEventListener('abort', done)
  })
}

/** Something that feeds tell as it is now, and the log position at which it last moved. */
export interface Moved {
  key: string
  movedAt: bigint
}

/**
 * Of all that moved after a subscriber's mark, what it was not told yet. The mark stands still as long as the rows of any
 * stream are missing; others go on meanwhile, and each move is told once.
 */
export function untold<State extends Moved>(told: Map<string, bigint>, moved: readonly State[]): State[] {
  const news = moved.filter(({ key, movedAt }) => told.get(key) !== movedAt)
  told.clear()
  for (const { key, movedAt } of moved) told.set(key, movedAt)
  return news
}
