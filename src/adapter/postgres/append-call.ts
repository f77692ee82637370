import pg from 'pg'
import { eventId } from '../../kernel/id.ts'
import type { Append, AppendResult } from '../../port/event-store.ts'
import { type SqlArray, toBinary } from './arrays.ts'
import { earlyRow } from './rows.ts'

interface ResultRow {
  cmd: number
  status: AppendResult['status']
  stream: string
  first: string | null
  last: string | null
  pos: string | null
  done: boolean
  detail: string | null
}

/** A batch that cannot be written as arguments: nothing of it was sent. */
class Unwritable extends Error {
  constructor(cause: unknown) {
    super('a batch cannot be written as arguments', { cause })
    this.name = 'Unwritable'
  }
}

/**
 * Whether nothing was written: what was to be sent is nothing that PostgreSQL takes, or it answered with an error and the call
 * rolled back. Connection errors (class 08, 57) leave the outcome open.
 */
export function wasRefused(error: unknown): boolean {
  if (error instanceof Unwritable) return true
  const code = error instanceof pg.DatabaseError ? error.code : undefined
  return code !== undefined && !code.startsWith('08') && !code.startsWith('57')
}

/** Calls the append function with a batch: what came of each command, by its place in the batch. */
export async function callAppend(
  client: pg.Client,
  fn: string,
  batch: Append[],
  early: boolean,
): Promise<Map<number, AppendResult>> {
  const values = toBytes(batch, early)
  const text = `select * from ${fn}(${values.map((_, i) => `$${i + 1}`).join(', ')})`
  const { rows } = await client.query<ResultRow>({ name: fn, text, values })
  return new Map(rows.map(row => [row.cmd - 1, toResult(row)]))
}

function toBytes(batch: readonly Append[], early: boolean): Buffer[] {
  try {
    return toArguments(batch, early).map(toBinary)
  } catch (error) {
    throw new Unwritable(error)
  }
}

function toResult(row: ResultRow): AppendResult {
  if (row.status === 'taken') return { status: 'taken', kind: row.detail ?? 'value' }
  if (row.status === 'conflict' || row.status === 'reused') return { status: row.status }
  const commit = {
    stream: row.stream,
    first: numberOrNull(row.first),
    last: numberOrNull(row.last),
    position: row.pos === null ? null : BigInt(row.pos),
    projected: row.done,
    again: row.status === 'again',
  }
  return { status: row.status, commit: commit.first === null ? { ...commit, last: null } : commit }
}
const numberOrNull = (text: string | null) => (text === null ? null : Number(text))

/** What the append function is called with; see there. */
export function toArguments(batch: readonly Append[], early: boolean): SqlArray[] {
  const events = batch.flatMap((a, c) =>
    a.events.map((event, k) => ({ event, c: c + 1, k, id: eventId(a.scope, a.command, k) })),
  )
  const claims = batch.flatMap((a, c) => a.claims.map(claim => ({ ...claim, c: c + 1 })))
  const rows = early ? rowsOf(batch) : []
  const bumps = batch.map(a => {
    const last = a.events.findLastIndex(e => e.bump)
    return last < 0 ? null : last
  })
  return [
    { type: 'uuid', values: batch.map(a => a.scope) },
    { type: 'uuid', values: batch.map(a => a.command) },
    { type: 'bytea', values: batch.map(a => a.hash) },
    { type: 'uuid', values: batch.map(a => a.tenant) },
    { type: 'uuid', values: batch.map(a => a.actor) },
    { type: 'uuid', values: batch.map(a => a.correlation) },
    { type: 'uuid', values: batch.map(a => a.causation) },
    { type: 'text', values: batch.map(a => a.stream) },
    { type: 'int8', values: batch.map(a => a.expect) },
    { type: 'int8', values: batch.map(a => a.guard) },
    { type: 'int4', values: batch.map(a => a.events.length) },
    { type: 'int4', values: bumps },
    { type: 'bool', values: batch.map(a => early && a.rows !== null) },
    { type: 'int4', values: events.map(e => e.c) },
    { type: 'int4', values: events.map(e => e.k) },
    { type: 'uuid', values: events.map(e => e.id) },
    { type: 'text', values: events.map(e => e.event.type) },
    { type: 'int2', values: events.map(e => e.event.v) },
    { type: 'bool', values: events.map(e => e.event.bump) },
    { type: 'text', values: events.map(e => e.event.data) },
    { type: 'text', values: events.map(e => e.event.personal) },
    { type: 'uuid', values: events.map(e => e.event.key) },
    { type: 'int4', values: claims.map(c => c.c) },
    { type: 'text', values: claims.map(c => c.kind) },
    { type: 'text', values: claims.map(c => c.value) },
    { type: 'int4', values: rows.map(r => r.e) },
    { type: 'text', values: rows.map(r => r.row.t) },
    { type: 'text', values: rows.map(r => r.row.k) },
    { type: 'text', values: rows.map(r => r.row.r) },
  ]
}

/** Early rows, each with the ordinal of its event. */
function rowsOf(batch: readonly Append[]) {
  let e = 0
  return batch.flatMap(({ events, rows }) =>
    events.flatMap((_, i) => {
      e++
      const of = e
      return (rows?.[i] ?? []).map(op => ({ e: of, row: earlyRow(op) }))
    }),
  )
}
