import { lt } from 'drizzle-orm'
import type { Db } from './db.ts'
import { rateLimits } from './schema.ts'

/** Removes what does not count any more. */
export const sweepRateLimits = (db: Db) => async (): Promise<boolean> => {
  await db.delete(rateLimits).where(lt(rateLimits.expire, Date.now()))
  return false
}
