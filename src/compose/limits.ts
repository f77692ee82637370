import { memoryThrottle, postgresThrottle } from '../adapter/limiter/throttle.ts'
import type { Database } from '../adapter/postgres/db.ts'
import type { Config } from '../config.ts'
import type { Throttle } from '../port/throttle.ts'

/** How often things may be tried. */
export const limitsOf = ({ loginLimit, registerLimit, lookupLimit, inviteLimit }: Config) => ({
  ...{ login: loginLimit, register: registerLimit, lookup: lookupLimit, invite: inviteLimit },
})

/** Where tries are counted: in Redis when there is one, in memory when there is one process alone, else in the database. */
export async function throttleFrom(
  { redisUrl, databaseUrl }: Config,
  database: Database,
  secret: string,
): Promise<Throttle> {
  if (redisUrl) return (await import('../adapter/limiter/redis-throttle.ts')).redisThrottle(redisUrl, secret)
  return databaseUrl ? postgresThrottle(database, secret) : memoryThrottle(secret)
}
