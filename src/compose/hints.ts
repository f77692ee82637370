import { memoryEphemeral } from '../adapter/memory/ephemeral.ts'
import { memoryPubSub } from '../adapter/memory/pubsub.ts'
import type { Config } from '../config.ts'
import type { Ephemeral } from '../port/ephemeral.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'

/** What processes tell each other in passing: by Redis when there is one, which is loaded only then; else within this one. */
export async function hintsFrom({ redisUrl }: Config, log: Log): Promise<{ pubsub: PubSub; ephemeral: Ephemeral }> {
  const local = memoryPubSub((error, message) => log.warn({ err: error }, message))
  if (!redisUrl) return { pubsub: local, ephemeral: memoryEphemeral(local) }
  const [{ redisPubSub }, { redisEphemeral }] = await Promise.all([
    import('../adapter/redis/pubsub.ts'),
    import('../adapter/redis/ephemeral.ts'),
  ])
  const pubsub = redisPubSub(redisUrl, local, log)
  return { pubsub, ephemeral: redisEphemeral(redisUrl, pubsub, log) }
}
