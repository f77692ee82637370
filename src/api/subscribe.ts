import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Context } from '../graph/context.ts'
import type { Frame, Step } from '../graph/frame.ts'
import type { Seat } from '../graph/seat.ts'
import type { Position } from '../graph/tokens.ts'
import { executePlanned } from './plans/execute.ts'
import { maskError } from './protect.ts'
import type { Selection } from './selection.ts'

type Results = AsyncIterableIterator<ExecutionResult, undefined>
type Result = ExecutionResult | Results

/** What a subscription is carried by. */
export interface Carrier {
  /** Begins to look after the session; returns the way out. */
  watch: () => () => void
  /** Joins those who select the same. */
  select: () => Selection
  /** Sends what was made at once; false: it cannot now, and waits until what was said has left. */
  tell: Seat['tell'] | null
}

/**
 * GraphQL's `subscribe`, and four things more: what was loaded for one frame is not used for the next; a frame that looks the
 * same to many is made once; the right to see a frame is looked at after it was made; and a frame that failed ends the
 * subscription, so that it cannot pass for a heartbeat.
 */
export async function subscribe(args: ExecutionArgs, { watch, select, tell }: Carrier): Promise<Result> {
  const ctx = args.contextValue as Context
  const source = await createSourceEventStream(args)
  if (!(Symbol.asyncIterator in source)) return source
  const frames = source[Symbol.asyncIterator]() as AsyncIterator<Record<string, unknown>>
  ctx.over.signal.addEventListener('abort', watch(), { once: true })
  const selection = select()
  if (tell) ctx.seat = { selection, tell }
  const results = run({ ctx, args, frames, selection, tell })
  const all: Results = {
    [Symbol.asyncIterator]: () => all,
    next: () => results.next(),
    // The source may be asleep: it is woken first, or it would end with its next heartbeat only.
    async return() {
      ctx.over.abort()
      await frames.return?.()
      return results.return(undefined)
    },
  }
  return all
}

interface Running {
  ctx: Context
  args: ExecutionArgs
  frames: AsyncIterator<unknown>
  selection: Selection
  tell: Carrier['tell']
}

/** How long a look at the right to see several frames holds for those of them that still wait for their reader. */
const newMs = 500

async function* run({ ctx, args, frames, selection, tell }: Running): AsyncGenerator<ExecutionResult, undefined> {
  const resultOf = async (frame: Frame<object>) => {
    const made = await selection.made(frame)
    return { frame, made, result: made?.result ?? (await executePlanned({ ...args, rootValue: frame })) }
  }
  const isAllowed = async ({ stillAllowed }: Step<object>, at?: Position) => !stillAllowed || stillAllowed(at)
  try {
    for (;;) {
      const { value, done } = await frames.next()
      if (ctx.over.signal.reason instanceof GraphQLError) yield { errors: [ctx.over.signal.reason] }
      if (done || ctx.over.signal.aborted) return
      const step = value as Step<object>
      const several = 'frames' in step ? step.frames : [step]
      if (several.length > 1 && tell) {
        const ready = await selection.together(several)
        if (ready && (await isAllowed(step)) && !ctx.over.signal.aborted && tell(ready)) continue
      }
      ctx.loaders.clear()
      const all = await Promise.all(several.map(frame => resultOf(frame)))
      let [allowed, lookedAt] = [await isAllowed(step), Date.now()]
      for (const { frame, made, result } of all) {
        if (ctx.over.signal.aborted) break
        if (Date.now() - lookedAt > newMs) [allowed, lookedAt] = [await isAllowed(step), Date.now()]
        if (!allowed && !(await isAllowed(step, frame.position))) continue
        if (made && !ctx.over.signal.aborted && tell?.(made)) continue
        if (!result.errors) yield result
        else {
          yield { ...result, errors: result.errors.map(error => maskError(ctx.log, error, ctx.requestId)) }
          return
        }
      }
    }
  } catch (error) {
    yield { errors: [maskError(ctx.log, error, ctx.requestId)] }
  } finally {
    selection.leave()
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
