import { createSourceEventStream, type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql'
import type { Context } from '../graph/context.ts'
import type { Frame, Several } from '../graph/frame.ts'
import type { CaughtUp, Seat, Step } from '../graph/seat.ts'
import type { Position } from '../graph/tokens.ts'
import { executePlanned } from './plans/execute.ts'
import { maskError } from './protect.ts'
import type { Selection } from './selection.ts'

export type Frames = AsyncIterator<unknown>

/** Joins those who select the same. */
export type Select = () => Selection

/** GraphQL's `subscribe`, up to the frames that `results` makes results of; or why there are none. */
export async function framesOf(args: ExecutionArgs): Promise<Frames | ExecutionResult> {
  const source = await createSourceEventStream(args)
  return Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source
}

/** What results are made of. */
export interface Alone {
  args: ExecutionArgs
  frames: Frames
  selection: Selection
  /** Sends what was made at once; null where that cannot be. */
  tell: Seat['tell'] | null
  /** Takes a seat where nothing else is left to do; false: not now. */
  sit: (step: CaughtUp) => boolean
}

/** How long a look at the right to see several frames holds for those of them that still wait for their reader. */
const newMs = 500

/**
 * Results of a subscription until it is over or sits, and four things more than GraphQL does: what was loaded for one frame is
 * not used for the next; a frame that looks the same to many is made once; the right to see a frame is looked at after it was
 * made; and a frame that failed ends the subscription, so that it cannot pass for a heartbeat.
 */
export async function* results({
  args,
  frames,
  selection,
  tell,
  sit,
}: Alone): AsyncGenerator<ExecutionResult, 'sits' | undefined> {
  const ctx = args.contextValue as Context
  const resultOf = async (frame: Frame<object>) => {
    const made = await selection.made(frame)
    return { frame, made, result: made?.result ?? (await executePlanned({ ...args, rootValue: frame })) }
  }
  const isAllowed = async ({ stillAllowed }: Frame<object> | Several<object>, at?: Position) =>
    !stillAllowed || stillAllowed(at)
  try {
    for (;;) {
      const { value, done } = await frames.next()
      if (ctx.over.signal.reason instanceof GraphQLError) yield { errors: [ctx.over.signal.reason] }
      if (done || ctx.over.signal.aborted) return undefined
      const step = value as Step<object>
      if ('sit' in step) {
        if (sit(step)) return 'sits'
        continue
      }
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
          return undefined
        }
      }
    }
  } catch (error) {
    yield { errors: [maskError(ctx.log, error, ctx.requestId)] }
    return undefined
  } finally {
    ctx.over.abort()
    await frames.return?.()
  }
}

/** GraphQL's `subscribe` for who asks for one result after the other. */
export async function subscribe(args: ExecutionArgs, select: Select) {
  const { over } = args.contextValue as Context
  const frames = await framesOf(args)
  if (!('next' in frames)) return frames
  const selection = select()
  over.signal.addEventListener('abort', selection.leave, { once: true })
  const made = results({ args, frames, selection, tell: null, sit: () => false })
  const all: AsyncIterableIterator<ExecutionResult, unknown> = {
    [Symbol.asyncIterator]: () => all,
    next: () => made.next(),
    // The source may be asleep: it is woken first, or it would end with its next heartbeat only.
    async return() {
      over.abort()
      await frames.return?.()
      return made.return(undefined)
    },
  }
  return all
}

/** Why a subscription ends with its session. */
export const sessionOver = (why: 'ended' | 'expired'): GraphQLError =>
  new GraphQLError(
    why === 'ended' ? 'This session has ended.' : 'The access token has expired: go on with a fresh one.',
    {
      extensions: { code: 'UNAUTHENTICATED' },
    },
  )
