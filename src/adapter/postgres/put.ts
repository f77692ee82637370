import pg from 'pg'
import type { RawEvent } from '../../kernel/codec.ts'
import { type Consumer, fold } from '../../kernel/consume.ts'
import type { RowOp, Table } from '../../kernel/projection.ts'
import { type Poison, RowsRefused } from '../../port/consumers.ts'
import { StoreUnavailable } from '../../port/event-store.ts'
import { opsOf, putParts } from './functions.ts'
import { rowsByTable, tableInfo } from './rows.ts'

// Writing rows outside of the append: the same folding and the same statements, in a transaction of the caller's.

/** Another table of the same shape that stands in for a table: a copy under rebuild. */
export type Rename = (table: string) => string

export async function writeRows(client: pg.ClientBase, rows: readonly RowOp[], rename: Rename = t => t): Promise<void> {
  const json = rowsByTable(rows)
  for (const table of new Set(rows.map(r => r.table))) {
    const info = tableInfo(table)
    const { fold: folded, insert, update } = putParts(info, opsOf('$1::jsonb'), rename(info.name))
    await client.query(`with ${folded}, written as (${insert}) ${update}`, [JSON.stringify(json[info.name])])
  }
}

/** The common table expressions that write `$<parameter>` (rows by table), for statements that do more at once. */
export function putExpressions(tables: readonly Table[], ops: string): string {
  return tables
    .map((table, i) => {
      const info = tableInfo(table)
      const parts = putParts(info, opsOf(`(${ops})->'${info.name}'`), info.name, `_${i}`)
      return `${parts.fold}, put_${i} as (${parts.insert}), patch_${i} as (${parts.update})`
    })
    .join(', ')
}

/** Applies events until one throws or has its rows refused; what is before it stays written. Needs a transaction. */
export async function writeInOrder(
  client: pg.ClientBase,
  handle: Consumer['handle'],
  events: readonly RawEvent[],
  rename?: Rename,
): Promise<Poison | null> {
  const { rows, good, poison } = fold(handle, events)
  await client.query('savepoint page')
  try {
    await writeRows(client, rows, rename)
    return poison
  } catch (error) {
    const refused = asPortError(error)
    if (!(refused instanceof RowsRefused)) throw refused
    await client.query('rollback to savepoint page')
    const [event] = events
    if (event && good === 1) return { event, error: refused.message }
  }
  for (const event of events.slice(0, good)) {
    const found = await writeInOrder(client, handle, [event], rename)
    if (found) return found
  }
  return poison
}

/** Runs `work`, with errors in the words of the ports. */
export async function speaking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw asPortError(error)
  }
}

/**
 * Values that a table refuses (classes 22, 23, 44, 54 and raised exceptions) are the event's fault. All else, also a missing
 * table, concerns every event: it is no reason to halt a stream.
 */
function asPortError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RowsRefused || error instanceof StoreUnavailable) return error
  if (!(error instanceof pg.DatabaseError))
    return 'code' in error || /connect|terminat/i.test(error.message) ? new StoreUnavailable(error) : error
  if (!/^(22|23|44|54|P0)/.test(error.code ?? '')) return new StoreUnavailable(error)
  const what = [
    error.constraint && `constraint ${error.constraint}`,
    error.column && `column ${error.column}`,
    error.table && `table ${error.table}`,
    `SQLSTATE ${error.code}`,
  ]
  return new RowsRefused(what.filter(Boolean).join(', ')) // without the error itself: its details hold the row
}
