import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, execute, GraphQLError } from 'graphql'
import type { Context } from '../graph/context.ts'
import type { Frame } from '../graph/feed.ts'
import { maskError } from './protect.ts'

type Result = ExecutionResult | AsyncIterable<ExecutionResult>

/**
 * GraphQL's `subscribe`, and three things more: what was loaded for one frame is not used for the next; the right to see a
 * frame is looked at after it was made; and a frame that failed ends the subscription, so that it cannot pass for a heartbeat.
 * `watch` begins to look after the session and returns the way out.
 */
export async function subscribe(args: ExecutionArgs, watch: () => () => void): Promise<Result> {
  const ctx = args.contextValue as Context
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  const frames = source[Symbol.asyncIterator]() as AsyncIterator<Record<string, unknown>>
  ctx.over.signal.addEventListener('abort', watch(), { once: true })
  const results = run(ctx, args, frames)
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => results.next(),
      // The source may be asleep: it is woken first, or it would end with its next heartbeat only.
      async return() {
        ctx.over.abort()
        await frames.return?.()
        return results.return(undefined)
      },
    }),
  }
}

async function* run(
  ctx: Context,
  args: ExecutionArgs,
  frames: AsyncIterator<unknown>,
): AsyncGenerator<ExecutionResult, undefined> {
  try {
    for (;;) {
      const { value, done } = await frames.next()
      if (ctx.over.signal.reason instanceof GraphQLError) yield { errors: [ctx.over.signal.reason] }
      if (done || ctx.over.signal.aborted) return
      const frame = value as Frame<unknown>
      ctx.loaders.clear()
      const result = await execute({ ...args, rootValue: frame })
      if (ctx.over.signal.aborted) continue
      if (frame.stillAllowed && !(await frame.stillAllowed())) continue
      if (!result.errors) yield result
      else {
        yield { ...result, errors: result.errors.map(error => maskError(ctx.log, error, ctx.requestId)) }
        return
      }
    }
  } catch (error) {
    yield { errors: [maskError(ctx.log, error, ctx.requestId)] }
  } finally {
    ctx.over.abort()
    await frames.return?.()
  }
}

/** Why a subscription ends with its session. */
export const sessionOver = (why: 'ended' | 'expired'): GraphQLError =>
  new GraphQLError(
    why === 'ended' ? 'This session has ended.' : 'The access token has expired: go on with a fresh one.',
    {
      extensions: { code: 'UNAUTHENTICATED' },
    },
  )
