import type { PubSub } from '../../port/pubsub.ts'

/**
 * Hints within the process. Listeners are woken in a later turn, once for all hints of a turn, so that a publisher neither
 * waits for them nor hears their errors; `failed` does.
 */
export function memoryPubSub(failed: (error: unknown, message: string) => void): PubSub {
  const listeners = new Map<string, Set<() => void>>()
  const hinted = new Set<string>()

  function deliver(): void {
    const topics = [...hinted]
    hinted.clear()
    for (const topic of topics)
      for (const wake of [...(listeners.get(topic) ?? [])])
        try {
          wake()
        } catch (error) {
          failed(error, `a listener of ${topic} failed`)
        }
  }

  return {
    publish(topic) {
      if (!listeners.has(topic)) return
      if (hinted.size === 0) setImmediate(deliver)
      hinted.add(topic)
    },
    subscribe(topic, wake) {
      const one = () => wake() // the same function may listen twice
      const all = listeners.get(topic) ?? new Set()
      listeners.set(topic, all.add(one))
      return () => {
        if (all.delete(one) && all.size === 0 && listeners.get(topic) === all) listeners.delete(topic)
      }
    },
    close: async () => listeners.clear(),
  }
}
