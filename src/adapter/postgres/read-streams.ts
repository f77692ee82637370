import type { StreamPage } from '../../port/event-store.ts'
import { type HeadRow, toHead } from './event-rows.ts'
import { packedSql, unpacked } from './packed-events.ts'

/** Of the statement below: a place's head and the events after it, null when there are none. `n`: which place, from 1. */
export interface PlaceRow extends HeadRow {
  n: string
  events: string | null
}

export const readStreamsSql = `select u.n, s.id, s.revision, s.guard, s.projected, e.events
  from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality u(stream, after, most, n)
  join streams s on s.id = u.stream
  left join lateral (
    select ${packedSql("''")} as events from (
      select * from events where stream = u.stream and revision > u.after and s.revision > u.after
        order by revision limit u.most
    ) page
  ) e on true`

export function pagesOf(rows: readonly PlaceRow[], places: number): StreamPage[] {
  const pages = Array.from({ length: places }, (): StreamPage => ({ events: [], head: null }))
  for (const row of rows) pages[Number(row.n) - 1] = { events: unpacked(row.id, row.events), head: toHead(row) }
  return pages
}
