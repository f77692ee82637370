import type { Viewer } from '../graph/context.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'
import type { Sessions } from '../port/sessions.ts'

export type SessionEnd = 'ended' | 'expired'

/** A connection that lives on. `viewer` may change; null: nobody signed in. */
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
  const watched = new Set<Watched>()
  let looking = false

  function over(one: Watched, why: SessionEnd) {
    watched.delete(one)
    one.over(why)
  }

  async function look(): Promise<void> {
    const now = Date.now()
    for (const one of watched) if (one.viewer && one.viewer.expiresAt.getTime() <= now) over(one, 'expired')
    if (looking || !watched.size) return
    looking = true
    try {
      const asked = new Set<string>()
      for (const { viewer } of watched) if (viewer) asked.add(viewer.sessionId)
      const live = await options.sessions.live([...asked])
      const isEnded = (id: string) => asked.has(id) && !live.has(id) // whoever came meanwhile was not asked for
      for (const one of watched) if (one.viewer && isEnded(one.viewer.sessionId)) over(one, 'ended')
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
    watch: one => void watched.add(one),
    unwatch: one => void watched.delete(one),
    stop() {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
