import { describe, expect, test } from 'vitest'
import { memoryEphemeral } from '../src/adapter/memory/ephemeral.ts'
import { memoryPubSub } from '../src/adapter/memory/pubsub.ts'
import { redisEphemeral } from '../src/adapter/redis/ephemeral.ts'
import { redisPubSub } from '../src/adapter/redis/pubsub.ts'
import type { Ephemeral } from '../src/port/ephemeral.ts'
import type { Log } from '../src/port/log.ts'
import { ephemeralContract } from './contract/ephemeral.ts'
import { counter, until } from './contract/pubsub.ts'
import { cuttable } from './cuttable.ts'

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: the Ephemeral on Redis is NOT tested here')

const silent = () => undefined
const quiet: Log = { debug: silent, info: silent, warn: silent, error: silent }

describe('Ephemeral in memory', () => {
  ephemeralContract(async () => {
    const one = memoryEphemeral(memoryPubSub(silent))
    return { here: one, there: one }
  })

  test('a value lives to the millisecond, counted from when it was last put; an equal one wakes nobody', async () => {
    let now = 1_000
    const store = memoryEphemeral(memoryPubSub(silent), () => now)
    const woken = counter()
    store.watch(['typing:1'], woken.wake)
    await store.put('typing:1', 'ann', 'x', 5_000)
    now += 4_999
    expect(await store.read('typing:1')).toEqual([{ member: 'ann', value: 'x', ms: 1 }])
    await store.put('typing:1', 'ann', 'x', 5_000)
    now += 4_999
    expect(await store.read('typing:1')).toHaveLength(1)
    await new Promise(setImmediate)
    expect(woken.count()).toBe(1)
    now += 1
    expect(await store.read('typing:1')).toEqual([])
    await store.put('typing:1', 'ann', 'x', 5_000)
    await until(() => woken.count() === 2) // it was gone: it is new
    await store.close()
  })
})

describe.skipIf(!redisUrl)('Ephemeral on Redis', () => {
  /** The store with hints of its own, as a process has them. */
  function open(url = redisUrl ?? ''): Ephemeral {
    const pubsub = redisPubSub(url, memoryPubSub(silent), quiet)
    const store = redisEphemeral(url, pubsub, quiet)
    return {
      ...store,
      close: async () => {
        await store.close()
        await pubsub.close()
      },
    }
  }
  const ready = (store: Ephemeral) => until(async () => (await store.read('nothing')) !== null)
  ephemeralContract(async () => {
    const [here, there] = [open(), open()]
    await Promise.all([ready(here), ready(there)])
    return { here, there }
  })

  test('while Redis is away nothing is known and nothing is kept, and nobody waits; then it is as before', async () => {
    const line = await cuttable(redisUrl ?? '')
    const store = open(line.url)
    await ready(store)
    const key = `test:${crypto.randomUUID()}`
    await store.put(key, 'ann', 'before', 600_000)
    const woken = counter()
    store.watch([key], woken.wake)
    await until(() => woken.count() > 0)
    line.cut()
    await until(async () => (await store.read(key)) === null)
    expect(await store.put(key, 'ann', 'lost', 600_000)).toBe(false)
    expect(await store.remove(key, ['ann'])).toBe(false)
    const before = woken.count()
    line.mend()
    await ready(store)
    expect(await store.read(key)).toEqual([{ member: 'ann', value: 'before', ms: expect.any(Number) }])
    await until(() => woken.count() > before) // whoever watches looks again when it is back
    await store.close()
    await line.close()
  })

  test('a Redis that is not there stops nobody', async () => {
    const store = open('redis://127.0.0.1:1')
    expect(await store.put('k', 'ann', 'x', 1_000)).toBe(false)
    expect(await store.read('k')).toBeNull()
    await store.close()
  })

  test('nothing stays behind: a key goes with the last of its values', async () => {
    const store = open()
    await ready(store)
    const key = `test:${crypto.randomUUID()}`
    await store.put(key, 'ann', 'x', 40)
    await store.put(key, 'bob', 'x', 20)
    const { Redis } = await import('ioredis')
    const redis = new Redis(redisUrl ?? '')
    expect(await redis.exists(`wellwon:for-a-while:${key}`)).toBe(1)
    await until(async () => (await redis.exists(`wellwon:for-a-while:${key}`)) === 0)
    redis.disconnect()
    await store.close()
  })
})
