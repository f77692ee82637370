import type { RawEvent } from '../../kernel/codec.ts'
import type { StreamPage } from '../../port/event-store.ts'
import { type EventRow, eventColumns, toHead, toRaw } from './event-rows.ts'

/** Of the statement below: a place's head, and an event after it or nulls. `n`: which place, from 1. */
export interface PlaceRow extends EventRow {
  n: string
  head: string
  guard: string
  projected: string
}

export const readStreamsSql = `select u.n, s.revision as head, s.guard, s.projected, e.*
  from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality u(stream, after, most, n)
  join streams s on s.id = u.stream
  left join lateral (select ${eventColumns} from events where stream = u.stream and revision > u.after
    and s.revision > u.after order by revision limit u.most) e on true order by u.n, e.revision`

export function pagesOf(rows: readonly PlaceRow[], places: number): StreamPage[] {
  const pages = Array.from({ length: places }, (): StreamPage & { events: RawEvent[] } => ({ events: [], head: null }))
  for (const { n, head, guard, projected, ...event } of rows) {
    const page = pages[Number(n) - 1]
    if (!page) continue
    page.head ??= toHead({ id: event.stream, revision: head, guard, projected })
    if (event.id !== null) page.events.push(toRaw(event))
  }
  return pages
}
