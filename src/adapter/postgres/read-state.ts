import type { RawEvent } from '../../kernel/codec.ts'
import type { HeadRow } from './event-rows.ts'

/** Of the statement below: a head, a snapshot and events, each null when there is none. */
export interface StateRow extends HeadRow {
  snapshot: string | null
  state: string | null
  events: string | null
}
// All events as one text: many rows cost the driver more, and rows as JSON cost PostgreSQL more.
// Neither JSON nor anything else of an event holds these two characters as they are.
const [betweenFields, betweenEvents] = ['\u0001', '\u0002']
const packed = [
  'position',
  'revision',
  'id',
  'type',
  'v',
  "date_part('epoch', at) * 1000",
  'tenant',
  'actor',
  'command',
]
export const readStateSql = `select s.id, s.revision, s.guard, s.projected, n.revision as snapshot, n.state, e.events
  from (select $1::text as id) asked left join streams s using (id)
  left join snapshots n on n.stream = asked.id and n.schema = $2
  left join lateral (
    select string_agg(concat(${[...packed, 'data', 'personal'].join(', chr(1), ')}), chr(2) order by revision) as events from (
      select * from events where stream = asked.id and revision > coalesce(n.revision, -1) and bump
        order by revision limit $3
    ) page
  ) e on true`

/** Events of `StateRow`. */
export const unpackedAll = (stream: string, text: string | null): RawEvent[] =>
  text === null ? [] : text.split(betweenEvents).map(one => unpacked(stream, one))

/** One of them. What is null is empty there, and nothing else is. */
function unpacked(stream: string, text: string): RawEvent {
  const [position, revision, id, type, v, at, tenant, actor, command, data, personal] = text.split(betweenFields)
  return {
    stream,
    position: BigInt(position ?? 0),
    revision: Number(revision),
    id: id ?? '',
    type: type ?? '',
    v: Number(v),
    bump: true,
    at: new Date(Math.round(Number(at))),
    tenant: tenant || null,
    actor: actor || null,
    command: command ?? '',
    data: data ?? '',
    personal: personal || null,
  }
}
