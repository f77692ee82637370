import type pg from 'pg'
import type { RawEvent } from '../../kernel/codec.ts'
import type { Consumer } from '../../kernel/consume.ts'
import type { Derived, TableCheck, Verify, VerifyOptions } from '../../port/rebuilds.ts'
import { createCopies } from './copies.ts'
import type { Database } from './db.ts'
import { type EventRow, eventColumns, toRaw } from './event-rows.ts'
import { speaking, writeInOrder } from './put.ts'
import { type TableInfo, tableInfo } from './rows.ts'

const scratchOf = (table: string) => `${table}__check`
const pageSize = 1_000

/**
 * Folds the log into scratch tables in one REPEATABLE READ transaction, compares, and rolls all of it back. The locks come
 * before the snapshot: a table that is swapped in between would look empty to it.
 */
export const postgresVerify =
  (database: Database): Verify =>
  (of, options = {}) =>
    speaking(async () => {
      const client = await database.pool.connect()
      const ignore = () => undefined
      client.on('error', ignore) // the query under way, or the next one, says so
      try {
        const infos = of.flatMap(d => d.tables.map(tableInfo))
        await client.query('begin isolation level repeatable read')
        await client.query("set local statement_timeout = 0; set local idle_in_transaction_session_timeout = '60s'")
        await client.query(`lock table ${infos.map(info => `"${info.name}"`).join(', ')} in access share mode`)
        for (const derived of of) await createCopies(client, derived.tables, scratchOf)
        await foldLog(client, of, options)
        const checks: TableCheck[] = []
        for (const info of infos) checks.push(await check(client, info))
        return checks
      } finally {
        const broken = await client.query('rollback').then(ignore, (error: Error) => error)
        client.off('error', ignore)
        client.release(broken)
      }
    })

async function foldLog(
  client: pg.ClientBase,
  of: readonly Derived[],
  { onProgress, signal }: VerifyOptions,
): Promise<void> {
  const { rows: heads } = await client.query<{ head: string }>('select coalesce(max(position), 0) head from events')
  const head = BigInt(heads[0]?.head ?? 0)
  for (const derived of of) {
    let after = 0n
    for (;;) {
      signal?.throwIfAborted()
      // The position that the page ends at is of the last event looked at, whether it is of these categories or not.
      const { rows } = await client.query<EventRow & { counts: boolean }>(
        `select ${eventColumns.replaceAll(/(\w+)/g, 'e.$1')}, ($3::text[] is null or split_part(e.stream, '-', 1) = any($3)) and case
            when $4 then e.revision <= s.projected
            else exists (select from checkpoints c where c.consumer = $5 and e.position > c.start and e.position <= c.position)
              and not exists (select from dead_letters d where d.consumer = $5 and d.stream = e.stream and d.revision <= e.revision)
            end counts
          from events e join streams s on s.id = e.stream where e.position > $1 order by e.position limit $2`,
        [after, pageSize, derived.categories, derived.gate === 'early', derived.name],
      )
      const last = rows.at(-1)
      if (!last) break
      after = BigInt(last.position)
      const events = rows.filter(row => row.counts).map(({ counts: _, ...row }) => toRaw(row))
      await foldPage(client, derived.handle, events)
      onProgress?.(derived.name, after, head)
    }
  }
}

/** What cannot be applied now stays out: the difference will show it. */
async function foldPage(client: pg.ClientBase, handle: Consumer['handle'], events: readonly RawEvent[]): Promise<void> {
  const poison = await writeInOrder(client, handle, events, scratchOf)
  if (poison)
    await foldPage(
      client,
      handle,
      events.filter(e => e.position > poison.event.position),
    )
}

async function check(client: pg.ClientBase, { name, key, columns }: TableInfo): Promise<TableCheck> {
  const keys = key.map(k => `"${k.column}"`).join(', ')
  const hashOf = (table: string) =>
    `(select coalesce(md5(string_agg(md5(t::text), '' order by ${keys})), '') from "${table}" t)`
  const { rows } = await client.query<{ rows: string; hash: string; expected: string }>(
    `select (select count(*) from "${name}") rows, ${hashOf(name)} hash, ${hashOf(scratchOf(name))} expected`,
  )
  const { rows: count, hash, expected } = rows[0] ?? { rows: 0, hash: '', expected: '' }
  const difference = hash === expected ? null : await firstDifference(client, name, keys, columns)
  return { table: name, rows: Number(count), hash, expected, difference }
}

async function firstDifference(client: pg.ClientBase, name: string, keys: string, columns: readonly string[]) {
  const differing = columns.map(c => `case when a."${c}" is distinct from b."${c}" then '${c}' end`).join(', ')
  const { rows } = await client.query<{ key: string; columns: string[] }>(
    `select concat_ws('.', ${keys}) as key, array_remove(array[${differing}], null) as columns
      from "${name}" a full join "${scratchOf(name)}" b using (${keys})
      where (a.*)::text is distinct from (b.*)::text order by ${keys} limit 1`,
  )
  return rows[0] ?? { key: '', columns: [] }
}
