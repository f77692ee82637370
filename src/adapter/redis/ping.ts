import { Redis } from 'ioredis'

/** Asks a Redis whether it is there: its version. Throws when it is not, or does not let us in. */
export async function pingRedis(url: string, timeoutMs: number): Promise<string> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  })
  let broken: Error | null = null
  redis.on('error', error => {
    broken ??= error // says more than the command that fails because of it
  })
  try {
    await redis.connect()
    const info = await redis.info('server')
    return /redis_version:(\S+)/.exec(info)?.[1] ?? 'unknown'
  } catch (error) {
    throw broken ?? error
  } finally {
    redis.disconnect()
  }
}
