import type { Append } from '../port/event-store.ts'
import { encode } from './codec.ts'
import type { AnyDecider } from './decider.ts'
import { eventId } from './id.ts'
import type { AnyEvent, AnyNewEvent } from './message.ts'
import { type AnyProjection, project, unknownYet } from './projection.ts'
import type { Request } from './request.ts'

/** What was decided, where, and on which state. */
export interface Decided {
  stream: string
  command: string
  hash: Buffer
  decision: readonly AnyNewEvent[]
  tenant: string | null
  expect: number | null
  guard: number
}

/** A decision as the store takes it: events, claims, and the rows of the sync projections. */
export function toAppend(
  of: AnyDecider,
  projections: readonly AnyProjection[],
  request: Request,
  decided: Decided,
): Append {
  const append: Append = {
    scope: request.actor,
    command: decided.command,
    hash: decided.hash,
    tenant: decided.tenant,
    actor: request.actor,
    correlation: decided.command,
    causation: null,
    stream: decided.stream,
    expect: decided.expect,
    guard: decided.guard,
    events: decided.decision.map(event => encode(of.events, event)),
    claims: decided.decision.flatMap(event => of.claims?.[event.type]?.(event as never) ?? []),
    rows: null,
  }
  return { ...append, rows: earlyRows(projections, append) }
}

/** What the sync projections make of events that are not in the log yet; null when one of them fails: the worker will say why. */
function earlyRows(projections: readonly AnyProjection[], append: Append): Append['rows'] {
  try {
    return append.events.map((_, i) => {
      const event = toEvent(append, i, unknownYet.revision)
      return projections.flatMap(p => project(p, event))
    })
  } catch {
    return null
  }
}

/** A decided event as projections and deciders see it, with marks where only the log knows. */
export function toEvent(append: Append, index: number, revision: number): AnyEvent {
  const event = append.events[index]
  if (!event) throw new Error(`the command has no event ${index}`)
  return {
    ...unknownYet,
    revision,
    /** Made when it is asked for: few want it, and it is a hash. */
    get id() {
      return eventId(append.scope, append.command, index)
    },
    stream: append.stream,
    type: event.type,
    tenant: append.tenant,
    actor: append.actor,
    command: append.command,
    data: JSON.parse(event.data),
    personal: event.personal === null ? null : JSON.parse(event.personal),
  }
}
