import { decode, type RawEvent, UnreadableEvent } from '../kernel/codec.ts'
import type { Consumer } from '../kernel/consume.ts'
import type { Domain } from '../kernel/domain.ts'
import { categoryOf, type EventSet } from '../kernel/message.ts'
import { type AnyProjection, project } from '../kernel/projection.ts'

/** The event sets of the house by category. */
export function eventSets(domains: readonly Domain[]): ReadonlyMap<string, EventSet> {
  return new Map(domains.flatMap(d => d.deciders.map(({ events }) => [events.category, events] as const)))
}

/** The set that an event belongs to. Throws UnreadableEvent for a category or a type that the house does not know. */
export function setOf(sets: ReadonlyMap<string, EventSet>, event: RawEvent): EventSet {
  const category = categoryOf(event.stream)
  const set = sets.get(category)
  if (!set) throw new UnreadableEvent(event, `no domain of this version of the program has the category ${category}`)
  if (!set.shapes[event.type]) throw new UnreadableEvent(event, 'this version of the program does not know the type')
  return set
}

/** What the append would have written early for an event: the rows of all projections of its category. */
export function earlyRowsOf(domains: readonly Domain[]): Consumer['handle'] {
  const sets = eventSets(domains)
  const projections = domains.flatMap(d => d.projections)
  return raw => {
    const set = setOf(sets, raw)
    const event = decode(set, raw)
    return projections.filter(p => p.events === set).flatMap(p => project(p, event))
  }
}

/** The rows of one projection. */
export const rowsOf =
  (projection: AnyProjection): Consumer['handle'] =>
  raw =>
    project(projection, decode(projection.events, raw))
