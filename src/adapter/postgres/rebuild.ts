import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { RawEvent } from '../../kernel/codec.ts'
import { StoreUnavailable } from '../../port/event-store.ts'
import { type Derived, RebuildHalted, type Rebuilds, type Run } from '../../port/rebuilds.ts'
import { analyzeCopies, copyOf, createCopies, swapCopies } from './copies.ts'
import type { Database } from './db.ts'
import { parkSql } from './dead-letters.ts'
import { type EventRow, eventColumns, toRaw } from './event-store.ts'
import { appendLock } from './functions.ts'
import { speaking, writeInOrder } from './put.ts'

// A rebuild is a consumer `rebuild:<name>` with a checkpoint and a fence. Streams that it must not read to their end yet
// are its dead letters: the swap reads them on, to where the living rows are.

const idOf = (of: Derived) => `rebuild:${of.name}`
const pageSize = 1_000
/** Pages that the swap applies while writers wait, at most. */
const mostPages = 3

export function postgresRebuilds(database: Database, epoch: string): Rebuilds {
  const tx = <T>(work: (client: pg.ClientBase) => Promise<T>) => speaking(() => database.withTx(work))
  return {
    open: (of, resume) => tx(client => open(client, epoch, of, resume)),
    advance: (of, run) => tx(client => advance(client, of, run)),
    async swap(of, run) {
      await tx(client => analyzeCopies(client, of.tables))
      try {
        return await tx(client => swap(client, epoch, of, run))
      } catch (error) {
        // Somebody held a lock for longer than the swap may keep others waiting, or it was too slow itself and was cut off.
        if (!(error instanceof StoreUnavailable)) throw error
        await pause(100 + Math.random() * 200)
        return false
      }
    },
  }
}

async function open(client: pg.ClientBase, epoch: string, of: Derived, resume: boolean): Promise<Run> {
  const { rows } = await client.query<{ fence: string; fresh: boolean }>(
    `insert into checkpoints as c (consumer, epoch, position, start)
      select $1, $2, p, p from (select coalesce((select start from checkpoints where consumer = $3), 0) p) s
      on conflict (consumer) do update set fence = c.fence + 1, epoch = $2,
        position = case when $4 and c.epoch = $2 then c.position else c.start end
      returning fence, position = start fresh`,
    [idOf(of), epoch, of.name, resume],
  )
  const [row] = rows
  if (!row) throw new Error('the checkpoint of the rebuild was not written')
  if (row.fresh) {
    await client.query('delete from dead_letters where consumer = $1', [idOf(of)])
    await createCopies(client, of.tables)
  }
  return { fence: Number(row.fence) }
}

async function advance(client: pg.ClientBase, of: Derived, run: Run): Promise<{ position: bigint; head: bigint }> {
  const mine = await client.query<{ position: string }>(
    'select position from checkpoints where consumer = $1 and fence = $2 for update',
    [idOf(of), run.fence],
  )
  const from = mine.rows[0]?.position
  if (from === undefined)
    throw new RebuildHalted(`the rebuild of ${of.name} was ended or started again elsewhere: this one stops`)
  const span = await client.query<{ upto: string; head: string }>(
    `select coalesce((select position from events where position > $1 order by position offset ${pageSize - 1} limit 1), h.head) upto, h.head
      from (select coalesce(max(position), 0) head from events) h`,
    [from],
  )
  const { upto, head } = span.rows[0] ?? { upto: from, head: from }
  const { rows } = await client.query<EventRow & { projected: string; held: boolean }>(
    `select ${eventColumns.replaceAll(/(\w+)/g, 'e.$1')}, s.projected, exists
        (select from dead_letters d where d.consumer = $4 and d.stream = e.stream) held
      from events e join streams s on s.id = e.stream
      where e.position > $1 and e.position <= $2 and ($3::text[] is null or split_part(e.stream, '-', 1) = any($3)) order by e.position`,
    [from, upto, of.categories, idOf(of)],
  )
  const held = new Set(rows.filter(row => row.held).map(row => row.stream))
  const events: RawEvent[] = []
  for (const { projected, held: _, ...row } of rows) {
    const event = toRaw(row)
    if (held.has(event.stream)) continue
    if (of.gate === 'consumer' || event.revision <= Number(projected)) events.push(event)
    else {
      held.add(event.stream)
      await hold(client, of, event, 'its early rows are not written yet')
    }
  }
  await applyAll(client, of, events)
  await client.query('update checkpoints set position = $2 where consumer = $1', [idOf(of), upto])
  return { position: BigInt(upto), head: BigInt(head) }
}

const hold = (client: pg.ClientBase, of: Derived, event: RawEvent, error: string) =>
  client.query(parkSql('$1::text', '$2::text', '$3::bigint', '$4::bigint', '$5::text'), [
    idOf(of),
    event.stream,
    event.revision,
    event.position,
    error,
  ])

/** Applies events to the copies. A poison event ends the rebuild, unless the consumer's own stream is halted there as well. */
async function applyAll(client: pg.ClientBase, of: Derived, events: readonly RawEvent[]): Promise<void> {
  const poison = await writeInOrder(client, of.handle, events, copyOf)
  if (!poison) return
  const { stream, revision, position } = poison.event
  const known = await client.query('select from dead_letters where consumer = $1 and stream = $2 and revision <= $3', [
    of.name,
    stream,
    revision,
  ])
  const event = events.find(e => e.position === position)
  if (of.gate === 'early' || !known.rowCount || !event)
    throw new RebuildHalted(
      `the rebuild of ${of.name} stopped at ${stream}@${revision}, and the old tables stay: ${poison.error}`,
    )
  await hold(client, of, event, poison.error)
  await applyAll(
    client,
    of,
    events.filter(e => e.position > position && e.stream !== stream),
  )
}

/** Readers see the old tables before it and the new ones after it; writers wait for it, not longer than about a second. */
async function swap(client: pg.ClientBase, epoch: string, of: Derived, run: Run): Promise<boolean> {
  await client.query("set local idle_in_transaction_session_timeout = '500ms'; set local lock_timeout = '300ms'")
  if (of.gate === 'early') await client.query('select pg_advisory_xact_lock($1)', [appendLock])
  else
    await client.query('update checkpoints set fence = fence + 1, owner = null, until = null where consumer = $1', [
      of.name,
    ])
  for (let page = 0; ; page++) {
    const { position, head } = await advance(client, of, run)
    if (position === head) break
    if (page === mostPages) return false
  }
  if (of.gate === 'early') await catchUpHeld(client, of)
  else await moveConsumer(client, epoch, of)
  await swapCopies(client, of.tables)
  await client.query('delete from dead_letters where consumer = $1', [idOf(of)])
  await client.query('delete from checkpoints where consumer = $1', [idOf(of)])
  return true
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
