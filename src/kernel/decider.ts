import type { z } from 'zod'
import type { AnyEvent, AnyNewEvent, CommandShapes, EventSet, EventShapes, NewEvent, StoredEvent } from './message.ts'
import type { Rejection } from './reject.ts'

/** Facts by name, as their owners' queries give them; compose binds each to a provider. Domains widen this interface. */
// biome-ignore lint/suspicious/noEmptyInterface: each domain adds its own by declaration merging
export interface Facts {}

/** All that a decision may know besides the state and the input. `actor` is the zero UUID for somebody not signed in. */
export interface Env<F extends keyof Facts = never> {
  now: Date
  actor: string
  facts: Pick<Facts, F>
}

type FactsOf<C> = C extends { facts: readonly (infer F)[] } ? F & keyof Facts : never
export type Decision<S extends EventShapes> = readonly NewEvent<S>[] | Rejection

/** A value of which there may be only one owner: an e-mail, a handle, a pair of people. `value: null` lets go of it. */
export interface Claim {
  kind: string
  value: string | null
}

export interface Decider<S extends EventShapes, C extends CommandShapes, State> {
  events: EventSet<S>
  commands: C
  initial: State
  /** Goes up when the shape of State changes: older snapshots are then not used. State is plain JSON. */
  stateVersion: number
  decide: {
    [K in keyof C & string]: (state: State, input: z.infer<C[K]['input']>, env: Env<FactsOf<C[K]>>) => Decision<S>
  }
  evolve: { [K in keyof S & string]?: (state: State, event: StoredEvent<S, K>) => State }
  /** What an event claims or lets go of. A claim replaces what the stream held of that kind. */
  claims?: { [K in keyof S & string]?: (event: NewEvent<S, K>) => readonly Claim[] }
  /** The company that events decided on this state belong to; null, or left out: none. */
  tenant?: (state: State, decided: { stream: string; events: readonly NewEvent<S>[] }) => string | null
}

/** A decider as the dispatcher sees it: of any domain. */
export interface AnyDecider {
  events: EventSet
  commands: CommandShapes
  initial: unknown
  stateVersion: number
  decide: Record<string, (state: never, input: never, env: never) => readonly AnyNewEvent[] | Rejection>
  evolve: Record<string, ((state: never, event: never) => unknown) | undefined>
  claims?: Record<string, ((event: never) => readonly Claim[]) | undefined>
  tenant?: (state: never, decided: { stream: string; events: readonly never[] }) => string | null
}

/**
 * `decider(events, commands)<State>({ … })`: a missing command is a compile error; an event left out of `evolve` leaves
 * the state as it is. Only structural events may change it: the guard, which tells a stale state, moves with them alone.
 */
export const decider =
  <S extends EventShapes, C extends CommandShapes>(events: EventSet<S>, commands: C) =>
  <State>(rules: Omit<Decider<S, C, State>, 'events' | 'commands'>): Decider<S, C, State> => {
    for (const type of Object.keys(rules.evolve))
      if (!events.shapes[type]?.bump)
        throw new Error(`${type} changes a decider's state, so it must be structural (bump: true)`)
    return { events, commands, ...rules }
  }

/** Folds one event into a state. */
export function evolve(of: AnyDecider, state: unknown, event: AnyEvent): unknown {
  const next = of.evolve[event.type]
  return next ? next(state as never, event as never) : state
}
