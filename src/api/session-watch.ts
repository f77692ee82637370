import type { Viewer } from '../graph/context.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'
import type { Sessions } from '../port/sessions.ts'

export type SessionEnd = 'ended' | 'expired'

/** Tells connections that live on when their session is over (within half a second) or their token has expired. */
export interface SessionWatch {
  /** Returns the way out; call it when the connection is closed. */
  watch: (viewer: Viewer, over: (why: SessionEnd) => void) => () => void
  stop: () => void
}

const lookEveryMs = 500

export function createSessionWatch(options: {
  sessions: Sessions
  pubsub: PubSub
  log: Log
  forget: () => void
}): SessionWatch {
  const watched = new Map<string, Set<(why: SessionEnd) => void>>()
  let looking = false

  async function look(): Promise<void> {
    if (looking || !watched.size) return
    looking = true
    try {
      const ids = [...watched.keys()]
      const live = await options.sessions.live(ids)
      for (const id of ids) if (!live.has(id)) for (const over of watched.get(id) ?? []) over('ended')
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
    watch({ sessionId, expiresAt }, over) {
      const set = watched.get(sessionId) ?? new Set()
      watched.set(sessionId, set.add(over))
      const expiry = setTimeout(() => over('expired'), Math.max(0, expiresAt.getTime() - Date.now()))
      return () => {
        clearTimeout(expiry)
        set.delete(over)
        if (!set.size && watched.get(sessionId) === set) watched.delete(sessionId)
      }
    },
    stop() {
      clearInterval(timer)
      unsubscribe()
    },
  }
}
