import { Redis } from 'ioredis'
import { batchedOne } from '../../kernel/batched.ts'
import type { Ephemeral, Living } from '../../port/ephemeral.ts'
import type { Log } from '../../port/log.ts'
import type { PubSub } from '../../port/pubsub.ts'

const prefix = 'wellwon:for-a-while:'
const patienceMs = 1_000

/**
 * KEYS: a hash of members, each `<end in ms> <value>` by the clock of Redis, the only one that all processes share.
 * ARGV: member, value, ms. Answers 1 when the value is another than before. What has ended goes with it.
 */
const put = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = false
local last = now + ARGV[3]
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local ends, value = string.match(all[i + 1], '^(%d+) (.*)$')
  ends = tonumber(ends)
  if ends <= now then redis.call('HDEL', KEYS[1], all[i])
  else
    if all[i] == ARGV[1] then before = value end
    if ends > last then last = ends end
  end
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f %s', now + ARGV[3], ARGV[2]))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', last))
return before == ARGV[2] and 0 or 1`

/** Values for a while in Redis, where all processes see them; while it is away nobody types and nobody is known to be there. */
export function redisEphemeral(url: string, pubsub: PubSub, log: Log): Ephemeral {
  const redis = new Redis(url, {
    enableOfflineQueue: false, // its queue has no bound
    maxRetriesPerRequest: 1,
    commandTimeout: patienceMs,
    connectTimeout: 2_000,
    socketTimeout: 5_000,
    retryStrategy: (times: number) => Math.min(50 * 2 ** Math.min(times, 6), 2_000),
  })
  redis.on('error', () => undefined) // the hints tell of it

  /** Null when Redis is away. */
  async function asked<T>(ask: () => Promise<T>): Promise<T | null> {
    if (redis.status !== 'ready') return null
    return ask().catch(error => {
      log.debug({ err: error }, 'Redis did not answer')
      return null
    })
  }

  const read = batchedOne<readonly Living[] | null>(async keys => {
    const answers = await asked(async () => {
      const line = redis.pipeline().time()
      for (const key of keys) line.hgetall(prefix + key)
      return line.exec()
    })
    const [time, ...hashes] = answers ?? []
    if (!time || time[0]) return new Map()
    const [seconds, micros] = time[1] as [string, string]
    const now = Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000)
    return new Map(keys.map((key, i) => [key, livingOf(hashes[i], now)]))
  })

  return {
    async put(key, member, value, ms) {
      const changed = await asked(() => redis.eval(put, 1, prefix + key, member, value, ms))
      if (changed === 1) pubsub.publish(key)
      return changed !== null
    },
    async remove(key, members) {
      const gone = members.length ? await asked(() => redis.hdel(prefix + key, ...members)) : 0
      if (gone) pubsub.publish(key)
      return gone !== null
    },
    read: async key => (await read(key)) ?? null,
    watch(keys, wake) {
      const leave = keys.map(key => pubsub.subscribe(key, wake))
      return () => {
        for (const one of leave) one()
      }
    },
    async close() {
      redis.disconnect()
    },
  }
}

/** What of a hash still lives; null when it could not be read. */
function livingOf(answer: [error: Error | null, result: unknown] | undefined, now: number): Living[] | null {
  if (!answer || answer[0]) return null
  return Object.entries(answer[1] as Record<string, string>).flatMap(([member, text]) => {
    const gap = text.indexOf(' ')
    const ms = Number(text.slice(0, gap)) - now
    return ms > 0 ? [{ member, value: text.slice(gap + 1), ms }] : []
  })
}
