import type { Viewer } from '../graph/context.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'
import type { Sessions } from '../port/sessions.ts'

export type SessionEnd = 'ended' | 'expired'

/** A connection that lives on. While it is watched its `viewer` stays; null: nobody signed in. */
export interface Watched {
  readonly viewer: Viewer | null
  over: (why: SessionEnd) => void
}

/** Tells connections that live on when their session is over or their token has expired, each within half a second. */
export interface SessionWatch {
  watch: (one: Watched) => void
  /** To be called when the connection is closed. */
  unwatch: (one: Watched) => void
  stop: () => void
}

const lookEveryMs = 500

export function createSessionWatch(options: {
  sessions: Sessions
  pubsub: PubSub
  log: Log
  forget: () => void
}): SessionWatch {
  /** By session. */
  const watched = new Map<string, readonly Watched[]>()
  /** Nothing expires before. In ms. */
  let soonest = Number.POSITIVE_INFINITY
  let looking = false

  const endOf = ({ viewer }: Watched) => viewer?.expiresAt.getTime() ?? Number.POSITIVE_INFINITY

  function expire(now: number): void {
    soonest = Number.POSITIVE_INFINITY
    for (const all of watched.values())
      for (const one of all)
        if (endOf(one) <= now) over(one, 'expired')
        else soonest = Math.min(soonest, endOf(one))
  }

  function over(one: Watched, why: SessionEnd) {
    unwatch(one)
    one.over(why)
  }

  function unwatch(one: Watched) {
    const id = one.viewer?.sessionId ?? ''
    const others = watched.get(id)?.filter(other => other !== one) ?? []
    if (others.length) watched.set(id, others)
    else watched.delete(id)
  }

  async function look(): Promise<void> {
    const now = Date.now()
    if (now >= soonest) expire(now)
    if (looking || !watched.size) return
    looking = true
    try {
      const ids = [...watched.keys()]
      const live = await options.sessions.live(ids)
      for (const id of ids) if (!live.has(id)) for (const one of watched.get(id) ?? []) over(one, 'ended')
    } catch (error) {
      options.log.warn({ error }, 'sessions could not be looked at')
    } finally {
      looking = false
    }
  }
  const timer = setInterval(look, lookEveryMs)
  const unsubscribe = options.pubsub.subscribe('sessions', () => {
    options.forget()
    void look()
  })

  return {
    watch(one) {
      if (!one.viewer) return
      const { sessionId } = one.viewer
      watched.set(sessionId, [...(watched.get(sessionId) ?? []), one])
      soonest = Math.min(soonest, endOf(one))
    },
    unwatch,
    stop() {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
