import { isDeepStrictEqual } from 'node:util'
import type { z } from 'zod'
import type { Decider, Env, Facts } from './decider.ts'
import type { CommandShapes, EventShapes, NewEvent, StoredEvent } from './message.ts'
import { Rejection } from './reject.ts'

/** For tests: `given(decider, history).when('Command', input, { actor }).then(events)` or `.rejects(code)`. */
export const given = <S extends EventShapes, C extends CommandShapes, State>(
  decider: Decider<S, C, State>,
  history: readonly NewEvent<S>[],
) => ({
  when<K extends keyof C & string>(
    command: K,
    input: z.input<C[K]['input']>,
    env: { actor: string; now?: Date; facts?: Partial<Facts> },
  ) {
    const at = env.now ?? new Date(0)
    const recorded = { id: '', stream: `${decider.events.category}-x`, at, tenant: null, actor: null, command: '' }
    const state = history.reduce(
      (s, e, revision) =>
        decider.evolve[e.type]?.(s, { ...e, ...recorded, revision, position: BigInt(revision) } as StoredEvent<
          S,
          typeof e.type
        >) ?? s,
      decider.initial,
    )
    const parsed = decider.commands[command]?.input.parse(input) as z.infer<C[K]['input']>
    const decision = decider.decide[command](state, parsed, {
      now: at,
      actor: env.actor,
      facts: env.facts ?? {},
    } as Env as never)
    const show = (x: unknown) => JSON.stringify(x)
    return {
      then(events: readonly NewEvent<S>[]) {
        if (!isDeepStrictEqual(decision, events)) throw new Error(`decided ${show(decision)}, not ${show(events)}`)
      },
      rejects(code: string) {
        if (!(decision instanceof Rejection) || decision.code !== code)
          throw new Error(`decided ${show(decision)}, not a rejection ${code}`)
      },
    }
  },
})
