import type { AnyDecider } from './decider.ts'
import type { AnyEvent, EventSet } from './message.ts'
import type { AnyProjection } from './projection.ts'

/** One bounded context, as the rest of the house sees it. */
export interface Domain {
  name: string
  deciders: readonly AnyDecider[]
  /** Their rows are written early, by the append itself; the worker heals what was missed. */
  projections: readonly AnyProjection[]
  /** Which audiences (`user:<id>`, `chat:<id>`) an event concerns: the feed of their inboxes. */
  audience?: readonly Audience[]
}

export interface Audience {
  events: EventSet
  on: Record<string, ((event: never) => readonly string[]) | undefined>
}

/** The audiences of one event, empty for an event that concerns no inbox. */
export function audienceOf(domains: readonly Domain[], event: AnyEvent): readonly string[] {
  for (const domain of domains)
    for (const audience of domain.audience ?? []) {
      const of = audience.on[event.type]
      if (of && event.stream.startsWith(`${audience.events.category}-`)) return of(event as never)
    }
  return []
}
