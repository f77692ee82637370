import { describe, expect, test } from 'vitest'
import { memoryPubSub } from '../src/adapter/memory/pubsub.ts'
import { redisPubSub } from '../src/adapter/redis/pubsub.ts'
import type { Log } from '../src/port/log.ts'
import { counter, pubSubContract, reached, until } from './contract/pubsub.ts'
import { cuttable } from './cuttable.ts'

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: the PubSub on Redis is NOT tested here')

const silent = () => undefined

describe('PubSub in memory', () => {
  pubSubContract(async () => {
    const pubsub = memoryPubSub(silent)
    return { here: pubsub, there: pubsub }
  })

  test('hints of one turn wake a listener once, and it hears who failed', async () => {
    const failures: unknown[] = []
    const pubsub = memoryPubSub(error => failures.push(error))
    const heard = counter()
    pubsub.subscribe('log', heard.wake)
    pubsub.subscribe('log', () => {
      throw new Error('a listener that fails')
    })
    for (let i = 0; i < 100; i++) pubsub.publish('log')
    await until(() => heard.count() > 0)
    await new Promise(setImmediate)
    expect([heard.count(), failures.length]).toEqual([1, 1])
  })
})

describe.skipIf(!redisUrl)('PubSub on Redis', () => {
  const open = (url = redisUrl ?? '', log: Log = quiet) => redisPubSub(url, memoryPubSub(silent), log)
  pubSubContract(async () => ({ here: open(), there: open() }))

  test('a lost connection: hints go on in the process, one line is logged, and all are woken when it is back', async () => {
    const line = await cuttable(redisUrl ?? '')
    const lines: string[] = []
    const pubsub = open(line.url, { ...quiet, warn: (_, m) => lines.push(m), info: (_, m) => lines.push(m) })
    const [chat, log] = [counter(), counter()]
    pubsub.subscribe('chat:1', chat.wake)
    pubsub.subscribe('log', log.wake)
    const other = open()
    await reached(other, 'chat:1', chat)
    await reached(other, 'log', log)
    line.cut()
    await until(() => lines.length === 1)
    await reached(pubsub, 'chat:1', chat)
    for (let i = 0; i < 5_000; i++) pubsub.publish('nobody')
    const before = [chat.count(), log.count()]
    line.mend()
    await until(() => chat.count() > (before[0] ?? 0) && log.count() > (before[1] ?? 0))
    await reached(other, 'chat:1', chat)
    expect(lines).toEqual([expect.stringContaining('Redis is away'), 'Redis is back'])
    await pubsub.close()
    await other.close()
    await line.close()
  })

  test('a Redis that is not there stops nobody', async () => {
    const pubsub = open('redis://127.0.0.1:1')
    const heard = counter()
    pubsub.subscribe('log', heard.wake)
    await reached(pubsub, 'log', heard)
    await pubsub.close()
  })
})

const quiet: Log = { debug: silent, info: silent, warn: silent, error: silent }
