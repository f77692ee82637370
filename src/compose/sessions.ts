import { presenceOf } from '../domain/userAccount/graphql/index.ts'
import type { Ephemeral } from '../port/ephemeral.ts'
import type { PubSub } from '../port/pubsub.ts'
import type { Sessions } from '../port/sessions.ts'

/** Tells all processes when sessions end, so that their sockets close at once, and nobody seems to be there by them. */
export function hinting(sessions: Sessions, pubsub: PubSub, ephemeral: Ephemeral): Sessions {
  return {
    ...sessions,
    async end(userId, which) {
      const ended = await sessions.end(userId, which)
      if (ended.length) pubsub.publish('sessions')
      void ephemeral.remove(presenceOf(userId), ended)
      return ended
    },
    async use(id, generation) {
      const session = await sessions.use(id, generation)
      if (!session) pubsub.publish('sessions')
      return session
    },
  }
}
