import type pg from 'pg'
import type { Derived } from '../../port/rebuilds.ts'
import { swapCopies } from './copies.ts'
import { type EventRow, eventColumns, toRaw } from './event-rows.ts'
import { appendLock } from './functions.ts'
import { applyAll, idOf } from './rebuild-pages.ts'
import { tableInfo } from './rows.ts'

/** How many events the swap reads at most while writers wait. */
const most = 3_000n

/** Readers see the old tables before it and the new ones after it; writers wait for it, not longer than about a second. */
export async function swap(
  client: pg.ClientBase,
  epoch: string,
  of: Derived,
  advance: (client: pg.ClientBase) => Promise<{ position: bigint; head: bigint }>,
): Promise<boolean> {
  await client.query("set local idle_in_transaction_session_timeout = '500ms'; set local lock_timeout = '300ms'")
  if (of.gate === 'early') await client.query('select pg_advisory_xact_lock($1)', [appendLock])
  else await stopConsumer(client, of)
  for (let at = 0n, head = 1n; at < head; ) {
    const next = await advance(client)
    if (next.head - next.position > most) return false
    at = next.position
    head = next.head
  }
  if (of.gate === 'early') await catchUpHeld(client, of)
  else await moveConsumer(client, epoch, of)
  await swapCopies(client, of.tables)
  await client.query('delete from dead_letters where consumer = $1', [idOf(of)])
  await client.query('delete from checkpoints where consumer = $1', [idOf(of)])
  return true
}

/** The table first: a page of the consumer locks it, and then its checkpoint. */
async function stopConsumer(client: pg.ClientBase, of: Derived): Promise<void> {
  for (const table of of.tables) await client.query(`lock table "${tableInfo(table).name}" in share row exclusive mode`)
  await client.query('update checkpoints set fence = fence + 1, owner = null, until = null where consumer = $1', [
    of.name,
  ])
}

/** Streams whose rows were behind when they were read: on to where the living rows are now, no further. */
async function catchUpHeld(client: pg.ClientBase, of: Derived): Promise<void> {
  const { rows } = await client.query<EventRow>(
    `select ${eventColumns.replaceAll(/(\w+)/g, 'e.$1')} from dead_letters d join streams s on s.id = d.stream
      join events e on e.stream = d.stream and e.revision >= d.revision and e.revision <= s.projected
      where d.consumer = $1 order by e.position`,
    [idOf(of)],
  )
  await applyAll(client, of, rows.map(toRaw))
}

/** The consumer goes on behind the new tables; streams that the rebuild could read are halted no more. */
async function moveConsumer(client: pg.ClientBase, epoch: string, of: Derived): Promise<void> {
  await client.query(
    `insert into checkpoints (consumer, epoch, position, start) select $1, $2, position, start from checkpoints where consumer = $3
      on conflict (consumer) do update set position = excluded.position, epoch = excluded.epoch`,
    [of.name, epoch, idOf(of)],
  )
  await client.query(
    'delete from dead_letters d where consumer = $1 and not exists (select from dead_letters r where r.consumer = $2 and r.stream = d.stream)',
    [of.name, idOf(of)],
  )
}
