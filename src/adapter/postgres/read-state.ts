import type { RawEvent } from '../../kernel/codec.ts'
import type { Snapshot, StreamPage } from '../../port/event-store.ts'
import { type HeadRow, toHead } from './event-rows.ts'
import { packedSql, unpacked } from './packed-events.ts'

/** Of the statement below: a head, a snapshot and events, each null when there is none. `n`: which was asked for, from 1. */
export interface StateRow extends HeadRow {
  n: string
  snapshot: string | null
  state: string | null
  events: string | null
}

export const readStatesSql = `select u.n, s.id, s.revision, s.guard, s.projected, n.revision as snapshot, n.state, e.events
  from unnest($1::text[], $2::text[], $3::bigint[]) with ordinality u(stream, schema, most, n)
  left join streams s on s.id = u.stream
  left join snapshots n on n.stream = u.stream and n.schema = u.schema
  left join lateral (
    select ${packedSql('personal')} as events from (
      select * from events where stream = u.stream and revision > coalesce(n.revision, -1) and bump
        order by revision limit u.most
    ) page
  ) e on true`

export function toState(stream: string, row: StateRow | undefined): StreamPage & { snapshot: Snapshot | null } {
  const head = row?.guard == null ? null : toHead(row)
  const snapshot = row?.state == null ? null : { revision: Number(row.snapshot), state: row.state }
  const events: RawEvent[] = unpacked(stream, row?.events ?? null)
  return { events, head, snapshot }
}
