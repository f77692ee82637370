import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../port/log.ts'

export interface LoopOptions {
  name: string
  log: Log
  /** How long it waits when nobody wakes it, in ms. */
  everyMs: number
  /** The least time between two looks that found nothing: hints may come thick and fast. */
  rest: () => Promise<void>
  /** Does a piece of work. True: there is more, go on at once. */
  step: () => Promise<boolean>
}

export interface Loop {
  wake: () => void
  /** Resolves when the step under way is done. */
  stop: () => Promise<void>
}

const longestMs = 5_000

/** A rest of `ms` at most: loops that are given the same one end it together, and what they all ask for next is asked for once. */
export function resting(ms: number): () => Promise<void> {
  let under: Promise<void> | null = null
  return () => {
    under ??= pause(ms).then(() => {
      under = null
    })
    return under
  }
}

/** Calls `step` for ever: at once when woken, else every `everyMs`. A failed step is tried again, later and later. */
export function startLoop({ name, log, everyMs, rest, step }: LoopOptions): Loop {
  const stopping = new AbortController()
  let woken = false
  let wakeUp: () => void = () => undefined
  let failures = 0

  const untilWoken = () =>
    new Promise<void>(resolve => {
      const timer = setTimeout(resolve, everyMs)
      wakeUp = () => {
        clearTimeout(timer)
        resolve()
      }
    })

  async function once(): Promise<void> {
    woken = false // before the look, so that a hint that comes during it is not lost
    try {
      while ((await step()) && !stopping.signal.aborted) failures = recovered(failures)
      failures = recovered(failures)
      if (!stopping.signal.aborted) await rest()
      if (!woken && !stopping.signal.aborted) await untilWoken()
    } catch (error) {
      failures++
      const ms = Math.min(100 * 2 ** failures, longestMs)
      if (failures === 1 || ms === longestMs) log.warn({ err: error, failures }, `${name} waits: ${messageOf(error)}`)
      await pause(ms, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  }

  function recovered(failed: number): 0 {
    if (failed > 0) log.info({ failures: failed }, `${name} goes on`)
    return 0
  }

  const running = (async () => {
    while (!stopping.signal.aborted) await once()
  })()

  return {
    wake: () => {
      woken = true
      wakeUp()
    },
    stop: () => {
      stopping.abort()
      wakeUp()
      return running
    },
  }
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
