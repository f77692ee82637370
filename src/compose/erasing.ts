import type { Database } from '../adapter/postgres/db.ts'
import { postgresEarlyRows } from '../adapter/postgres/early-rows.ts'
import { postgresErasure } from '../adapter/postgres/erasure.ts'
import type { Functions } from '../adapter/postgres/functions.ts'
import { domains } from '../domains.ts'
import type { EventStore } from '../port/event-store.ts'
import { reproject } from '../worker/reproject.ts'
import { earlyRowsOf } from '../worker/rows.ts'

/** Nulls what is personal in a stream, then writes its rows anew. The chat's own line stays: it says that it is deleted. */
export function eraserFrom(database: Database, functions: Functions, store: EventStore) {
  const rows = earlyRowsOf(domains.map(d => ({ ...d, projections: d.projections.filter(p => p.name !== 'chatList') })))
  const log = postgresErasure(database)
  return async (stream: string) => {
    await log.stream(stream)
    await reproject(store, postgresEarlyRows(database, functions), rows, stream)
  }
}
