import type { Ephemeral } from '../../port/ephemeral.ts'
import type { PubSub } from '../../port/pubsub.ts'

const sweepEveryMs = 60_000

/** Values for a while, within the process. `now`: in milliseconds. */
export function memoryEphemeral(pubsub: PubSub, now: () => number = Date.now): Ephemeral {
  const all = new Map<string, Map<string, { value: string; until: number }>>()

  /** What still lives under a key; what does not is forgotten. */
  function living(key: string): Map<string, { value: string; until: number }> {
    const members = all.get(key) ?? new Map()
    for (const [member, { until }] of members) if (until <= now()) members.delete(member)
    if (!members.size) all.delete(key)
    return members
  }
  const sweep = setInterval(() => {
    for (const key of all.keys()) living(key)
  }, sweepEveryMs).unref()

  return {
    async put(key, member, value, ms) {
      const members = living(key)
      const before = members.get(member)?.value
      all.set(key, members.set(member, { value, until: now() + ms }))
      if (before !== value) pubsub.publish(key)
      return true
    },
    async remove(key, members) {
      const there = living(key)
      const gone = members.filter(member => there.delete(member))
      if (gone.length) pubsub.publish(key)
      return true
    },
    async read(key) {
      const at = now()
      return [...living(key)].map(([member, { value, until }]) => ({ member, value, ms: until - at }))
    },
    watch(keys, wake) {
      const leave = keys.map(key => pubsub.subscribe(key, wake))
      return () => {
        for (const one of leave) one()
      }
    },
    async close() {
      clearInterval(sweep)
      all.clear()
    },
  }
}
