import { GraphQLError } from 'graphql'
import { LRUCache } from 'lru-cache'

/**
 * Lets everybody do something at most `most` times in `perMs`, counted by this process; beyond that it throws RATE_LIMITED.
 * For what costs little and would only flood others: it brakes a client that has lost its head, and keeps no thief out.
 */
export function pace(most: number, perMs: number, now: () => number = Date.now): (who: string) => void {
  const counted = new LRUCache<string, { since: number; times: number }>({ max: 10_000 })
  return who => {
    const at = now()
    const known = counted.get(who)
    const window = known && at - known.since < perMs ? known : { since: at, times: 0 }
    if (window.times >= most)
      throw new GraphQLError('This comes too often: wait a little.', { extensions: { code: 'RATE_LIMITED' } })
    window.times++
    counted.set(who, window)
  }
}
