import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Log } from '../../port/log.ts'
import type { PubSub } from '../../port/pubsub.ts'

const prefix = 'wellwon:'
const mostOnTheWay = 1_000

/**
 * Hints to all processes. Those of this process go by `local` and do not need Redis; Redis carries them to the others. It
 * is never waited for: hints are dropped while it is away, and every listener is woken once when it is back.
 */
export function redisPubSub(url: string, local: PubSub, log: Log): PubSub {
  const self = randomUUID()
  const listeners = new Map<string, number>()
  const options = {
    enableOfflineQueue: false, // its queue has no bound
    maxRetriesPerRequest: 1,
    autoResubscribe: false, // done below, where it is known when it is done
    connectTimeout: 2_000,
    socketTimeout: 5_000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  }
  const out = new Redis(url, options)
  const back = new Redis(url, options)
  let onTheWay = 0
  let away = false
  let closed = false
  // A connection that died without a word is found by asking: `socketTimeout` ends what does not answer.
  const asking = setInterval(() => back.status === 'ready' && back.ping().catch(() => undefined), 5_000).unref()

  for (const redis of [out, back]) {
    redis.on('error', error => lost(error)) // without a listener it would be printed each time
    redis.on('close', () => lost(null))
  }

  function lost(error: Error | null): void {
    if (away || closed) return
    away = true
    log.warn({ err: error }, 'Redis is away: other processes look at the log once a second until it is back')
  }

  /** Listens to topics, then wakes them: what was hinted before is not known here. */
  async function listen(topics: readonly string[]): Promise<void> {
    if (topics.length === 0) return
    await back.subscribe(...topics.map(topic => prefix + topic))
    for (const topic of topics) local.publish(topic)
  }

  back.on('ready', () => {
    if (away) log.info({}, 'Redis is back')
    away = false
    listen([...listeners.keys()]).catch(() => undefined) // the connection broke again: there will be another 'ready'
  })
  back.on('message', (channel: string, sender: string) => {
    if (sender !== self) local.publish(channel.slice(prefix.length))
  })

  return {
    publish(topic) {
      local.publish(topic)
      if (closed || out.status !== 'ready' || onTheWay >= mostOnTheWay) return
      onTheWay++
      out
        .publish(prefix + topic, self)
        .catch(() => undefined) // told once, by 'error' or 'close'
        .finally(() => onTheWay--)
    },
    subscribe(topic, wake) {
      const leave = local.subscribe(topic, wake)
      const count = (listeners.get(topic) ?? 0) + 1
      listeners.set(topic, count)
      if (count === 1 && back.status === 'ready') listen([topic]).catch(() => undefined)
      let left = false
      return () => {
        if (left) return
        left = true
        leave()
        const rest = (listeners.get(topic) ?? 1) - 1
        if (rest > 0) listeners.set(topic, rest)
        else {
          listeners.delete(topic)
          if (back.status === 'ready') back.unsubscribe(prefix + topic).catch(() => undefined)
        }
      }
    },
    async close() {
      closed = true
      clearInterval(asking)
      out.disconnect()
      back.disconnect()
      await local.close()
    },
  }
}
