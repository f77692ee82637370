import type { AnyEvent, AnyNewEvent, Body, EventSet, EventShape, Recorded } from './message.ts'

/** An event as the store keeps it: the two parts are JSON texts, so that bytes survive hashing and moves. */
export interface RawEvent extends Recorded {
  type: string
  v: number
  bump: boolean
  data: string
  personal: string | null
}

/** What is handed to the store of a new event. */
export interface EncodedEvent {
  type: string
  v: number
  bump: boolean
  data: string
  personal: string | null
  /** Whose the personal part is; null: the actor's. */
  key: string | null
}

/** The log holds an event that this program cannot read: a newer version wrote it, or its code was taken away too early. */
export class UnreadableEvent extends Error {
  constructor(event: { type: string; v: number; stream: string; revision: number }, why: string) {
    super(`${event.type} v${event.v} at ${event.stream}@${event.revision} cannot be read: ${why}`)
    this.name = 'UnreadableEvent'
  }
}

/** Checks an event against its shape and turns it into what the store keeps. Throws on a shape broken by our own code. */
export function encode(set: EventSet, event: AnyNewEvent): EncodedEvent {
  const shape = set.shapes[event.type]
  if (!shape) throw new Error(`${event.type} is not an event of ${set.category}`)
  const data = shape.data.parse(event.data)
  const personal = shape.personal ? shape.personal.parse(event.personal) : null
  return {
    type: event.type,
    v: shape.v,
    bump: shape.bump ?? false,
    data: JSON.stringify(data),
    personal: personal === null ? null : JSON.stringify(personal),
    key: shape.key?.(data as never) ?? null,
  }
}

/** Reads a stored event: upcast to today's version, checked against its shape. Throws UnreadableEvent. */
export function decode(set: EventSet, raw: RawEvent): AnyEvent {
  const shape = set.shapes[raw.type]
  if (!shape) throw new UnreadableEvent(raw, 'this version of the program does not know the type')
  if (raw.v > shape.v) throw new UnreadableEvent(raw, `this version of the program knows v${shape.v} at most`)
  const body = upcast(shape, raw)
  const data = shape.data.safeParse(body.data)
  if (!data.success) throw new UnreadableEvent(raw, `its data does not fit: ${data.error.issues[0]?.message}`)
  const personal = body.personal === null ? null : shape.personal?.safeParse(body.personal)
  if (personal && !personal.success) throw new UnreadableEvent(raw, 'its personal part does not fit')
  const { type, id, stream, revision, position, at, tenant, actor, command } = raw
  const parts = { data: data.data, personal: personal?.data ?? null }
  return { type, id, stream, revision, position, at, tenant, actor, command, ...parts }
}

function upcast(shape: EventShape, raw: RawEvent): Body {
  let body: Body = { data: JSON.parse(raw.data), personal: raw.personal === null ? null : JSON.parse(raw.personal) }
  for (let v = raw.v; v < shape.v; v++) {
    const step = shape.upcast?.[v]
    if (!step) throw new UnreadableEvent(raw, `there is no step from v${v} to v${v + 1}`)
    body = step(body)
  }
  return body
}
