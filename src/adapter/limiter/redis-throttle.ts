import { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { Throttle } from '../../port/throttle.ts'
import { type Make, throttleOn } from './throttle.ts'

/** Counts in Redis, for all processes; while it is away each process counts for itself. */
export function redisThrottle(url: string, secret: string): Throttle {
  const redis = new Redis(url, {
    enableOfflineQueue: false, // its queue has no bound
    maxRetriesPerRequest: 1,
    commandTimeout: 1_000,
    connectTimeout: 2_000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  })
  redis.on('error', () => undefined) // the hints tell of it
  const make: Make = of =>
    new RateLimiterRedis({
      ...of,
      keyPrefix: `wellwon:limit:${of.keyPrefix}`,
      storeClient: redis,
      rejectIfRedisNotReady: true,
      insuranceLimiter: new RateLimiterMemory(of),
    })
  return { ...throttleOn(make, secret), close: () => redis.disconnect() }
}
