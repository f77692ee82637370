import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { redisThrottle } from '../src/adapter/limiter/redis-throttle.ts'
import { memoryThrottle, postgresThrottle } from '../src/adapter/limiter/throttle.ts'
import { type Database, openDatabase } from '../src/adapter/postgres/db.ts'
import { sweepRateLimits } from '../src/adapter/postgres/rate-limits.ts'
import { newId } from '../src/kernel/id.ts'
import { until } from './contract/pubsub.ts'
import { throttleContract } from './contract/throttle.ts'
import { freshDatabase } from './fresh.ts'

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: the Throttle on Redis is NOT tested here')

describe('Throttle in memory', () => {
  throttleContract(() => {
    const throttle = memoryThrottle('secret')
    return { here: throttle, there: throttle }
  })
})

describe('Throttle on PostgreSQL', () => {
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  let database: Database
  beforeAll(async () => {
    fresh = await freshDatabase()
    database = openDatabase(fresh.url, 8, () => undefined)
  })
  afterAll(async () => {
    await database.close()
    await fresh.drop()
  })
  throttleContract(() => ({ here: postgresThrottle(database, 'secret'), there: postgresThrottle(database, 'secret') }))

  test('keeps no key as it is, and nothing for longer than it counts', async () => {
    const throttle = postgresThrottle(database, 'secret')
    const email = `${newId()}@example.com`
    await throttle.take({ name: 'long', points: 1, seconds: 600 }, email)
    await throttle.take({ name: 'short', points: 1, seconds: 1 }, email)
    const keys = async () => (await database.pool.query('select key, expire from rate_limits')).rows
    expect(JSON.stringify(await keys())).not.toContain(email)
    await database.pool.query(`update rate_limits set expire = 1 where key like 'short%'`)
    await sweepRateLimits(database.db)()
    const names = (await keys()).map(({ key }) => key.split(':')[0])
    expect([names.includes('long'), names.includes('short')]).toEqual([true, false])
  })
})

describe.skipIf(!redisUrl)('Throttle on Redis', () => {
  throttleContract(async () => {
    const [here, there] = [redisThrottle(redisUrl ?? '', 'secret'), redisThrottle(redisUrl ?? '', 'secret')]
    // As long as its connection is being made, each counts for itself.
    await until(async () => {
      const [limit, key] = [{ name: 'ready', points: 1, seconds: 60 }, newId()]
      await here.take(limit, key)
      return (await there.take(limit, key)) !== null
    })
    return { here, there }
  })
})

test('a Redis that is away: each process counts for itself', async () => {
  const throttle = redisThrottle('redis://127.0.0.1:1', 'secret')
  const limit = { name: 'tries', points: 1, seconds: 60 }
  expect([await throttle.take(limit, 'a'), (await throttle.take(limit, 'a')) === null]).toEqual([null, false])
  throttle.close()
})
