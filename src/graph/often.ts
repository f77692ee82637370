import { GraphQLError } from 'graphql'
import type { Limit } from '../port/throttle.ts'
import type { Context } from './context.ts'

/** Counts one more from the place of the request, or of another key. Throws RATE_LIMITED, with the time from which on it may be tried again. */
export async function notTooOften(ctx: Context, limit: Limit, key: string = ctx.place): Promise<void> {
  const retryAt = await ctx.throttle.take(limit, key)
  if (!retryAt) return
  throw new GraphQLError('That was too often: try again later.', {
    extensions: { code: 'RATE_LIMITED', retryAt: retryAt.toISOString() },
  })
}
