import { createHmac } from 'node:crypto'
import {
  type IRateLimiterOptions,
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterPostgres,
  RateLimiterRes,
} from 'rate-limiter-flexible'
import type { Limit, Throttle } from '../../port/throttle.ts'
import type { Database } from '../postgres/db.ts'

export type Make = (of: IRateLimiterOptions) => RateLimiterAbstract

/** Counts in this process alone: for one process, and for tests. */
export const memoryThrottle = (secret: string): Throttle => throttleOn(of => new RateLimiterMemory(of), secret)

/** Counts in the table `rate_limits`, for all processes of a database. */
export const postgresThrottle = ({ pool }: Database, secret: string): Throttle =>
  throttleOn(
    of =>
      new RateLimiterPostgres({
        ...of,
        storeClient: pool,
        storeType: 'pool',
        tableName: 'rate_limits',
        tableCreated: true,
        clearExpiredByTimeout: false,
      }),
    secret,
  )

/** Counts by limiters that are made one for each limit. */
export function throttleOn(make: Make, secret: string): Throttle {
  const limiters = new Map<string, RateLimiterAbstract>()
  const limiterOf = ({ name, points, seconds }: Limit): RateLimiterAbstract => {
    const known = limiters.get(name)
    if (known?.points === points && known.duration === seconds) return known
    const limiter = make({ keyPrefix: name, points, duration: seconds })
    limiters.set(name, limiter)
    return limiter
  }
  const hashed = (key: string) => createHmac('sha256', secret).update(key).digest('base64url')

  return {
    async take(limit, key) {
      try {
        await limiterOf(limit).consume(hashed(key))
        return null
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return new Date(Date.now() + refused.msBeforeNext)
        throw refused
      }
    },
    async giveBack(limit, key) {
      await limiterOf(limit).reward(hashed(key))
    },
    async forget(limit, key) {
      await limiterOf(limit).delete(hashed(key))
    },
    close: () => undefined,
  }
}
