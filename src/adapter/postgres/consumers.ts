import type pg from 'pg'
import { batchedOne } from '../../kernel/batched.ts'
import type { Consumer } from '../../kernel/consume.ts'
import { type Batch, type Consumers, type DeadLetter, type Lease, OtherEpoch } from '../../port/consumers.ts'
import type { Database } from './db.ts'
import { type LetterRow, letterColumns, letterOf, parkSql, toLetter } from './dead-letters.ts'
import { type EventRow, eventColumns, toRaw } from './event-rows.ts'
import { putExpressions, speaking, writeInOrder } from './put.ts'
import { rowsByTable } from './rows.ts'

const leased = "clock_timestamp() + interval '5 s'"

/** Checkpoints and leases in PostgreSQL, next to the rows: what is read and what is written move together. */
export function postgresConsumers(database: Database, epoch: string): Consumers {
  const query = async <R extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<R[]> =>
    (await speaking(() => database.pool.query<R>(text, values))).rows

  /**
   * Most pages are nothing to most consumers, who all go past them in one statement. One whose row somebody holds is left out
   * and has to ask alone: the others do not wait for it.
   */
  const passed = batchedOne<boolean>(async keys => {
    const steps = keys.map(key => key.split(' '))
    const text = `with free as (select n, consumer, upto from unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
          with ordinality u(name, num, at, upto, n) join checkpoints on consumer = name and fence = num and position = at
          where epoch = $5 for update of checkpoints skip locked)
        update checkpoints c set position = free.upto from free where c.consumer = free.consumer returning n`
    const values = [...[0, 1, 2, 3].map(i => steps.map(step => step[i])), epoch]
    const { rows } = await speaking(() => database.pool.query<{ n: string }>({ name: 'passed', text, values }))
    const moved = new Set(rows.map(row => Number(row.n) - 1))
    return new Map(keys.map((key, i) => [key, moved.has(i)]))
  })

  return {
    async register({ name, start }) {
      await query(
        `insert into checkpoints (consumer, epoch, position, start)
          select $1, $2, p, p from (select case when $3 then coalesce(max(position), 0) else 0 end p from events) e
          on conflict do nothing`,
        [name, epoch, start === 'now'],
      )
    },

    async claim(consumer, owner) {
      const [row] = await query<{ position: string; fence: string }>(
        `update checkpoints set owner = $2, fence = fence + 1, until = ${leased}
          where consumer = $1 and epoch = $3 and (until is null or until < clock_timestamp() or owner = $2) returning position, fence`,
        [consumer, owner, epoch],
      )
      if (row) return { consumer, owner, fence: Number(row.fence), position: BigInt(row.position) }
      const [its] = await query<{ epoch: string }>('select epoch from checkpoints where consumer = $1', [consumer])
      if (its && its.epoch !== epoch) throw new OtherEpoch(consumer, its.epoch, epoch)
      return null
    },

    async continueHere(consumer) {
      const [row] = await query<{ position: string }>(
        `update checkpoints set epoch = $2, fence = fence + 1, owner = null, until = null,
            position = least(position, (select coalesce(max(position), 0) from events))
          where consumer = $1 and epoch <> $2 returning position`,
        [consumer, epoch],
      )
      return row ? BigInt(row.position) : null
    },

    async renew({ consumer, fence }) {
      const rows = await query(
        `update checkpoints set until = ${leased} where consumer = $1 and fence = $2 and owner is not null returning 1`,
        [consumer, fence],
      )
      return rows.length > 0
    },

    async release({ consumer, fence }) {
      await query('update checkpoints set owner = null, until = null where consumer = $1 and fence = $2', [
        consumer,
        fence,
      ])
    },

    async commit(consumer, lease, batch) {
      const [{ fence, position }, { to, rows, poison }] = [lease, batch]
      const isNothing = rows.length === 0 && !poison
      if (isNothing && (await passed(`${consumer.name} ${fence} ${position} ${to}`))) return { ...lease, position: to }
      return speaking(() => commit(database, epoch, consumer, lease, batch))
    },

    resume: (consumer, stream, skip = false) =>
      speaking(() => database.withTx(client => resume(client, consumer, stream, skip))),
  }
}

/** One statement in autocommit: a process that stops in the middle of it holds no lock. The lease is asked first. */
async function commit(
  database: Database,
  epoch: string,
  consumer: Consumer,
  lease: Lease,
  batch: Batch,
): Promise<Lease | null> {
  const mine = 'exists (select from moved)'
  const { rowCount } = await database.pool.query({
    name: `commit-${consumer.name}`,
    text: `with moved as (update checkpoints set position = $4::bigint
        where consumer = $1::text and epoch = $2 and fence = $3 and position = $5 returning 1),
      parked as (${parkSql('$1::text', '$6::text', '$7::bigint', '$4::bigint', '$8::text', `where $6 is not null and ${mine}`)}),
      ${putExpressions(consumer.tables, `select $9::jsonb where ${mine}`)}
      select 1 from moved`,
    values: [
      consumer.name,
      epoch,
      lease.fence,
      batch.to,
      lease.position,
      batch.poison?.event.stream ?? null,
      batch.poison?.event.revision ?? null,
      batch.poison?.error ?? null,
      JSON.stringify(rowsByTable(batch.rows)),
    ],
  })
  return rowCount ? { ...lease, position: batch.to } : null
}

async function resume(
  client: pg.ClientBase,
  consumer: Consumer,
  stream: string,
  skip: boolean,
): Promise<DeadLetter | null> {
  await client.query("set local idle_in_transaction_session_timeout = '3s'")
  const { rows } = await client.query<{ position: string }>(
    'update checkpoints set fence = fence + 1, owner = null, until = null where consumer = $1 returning position',
    [consumer.name],
  )
  const letter = await letterOf(client, consumer.name, stream)
  if (!letter) return null
  let from = letter.revision + (skip ? 1 : 0)
  for (;;) {
    const page = await client.query<EventRow>(
      `select ${eventColumns} from events where stream = $1 and revision >= $2 and position <= $3 order by revision limit 200`,
      [stream, from, rows[0]?.position ?? 0],
    )
    const events = page.rows.map(toRaw)
    const poison = await writeInOrder(client, consumer.handle, events)
    if (poison) {
      const { event, error } = poison
      const parked = await client.query<LetterRow>(
        parkSql('$1::text', '$2::text', '$3::bigint', '$4::bigint', '$5::text', '', `returning ${letterColumns}`),
        [consumer.name, stream, event.revision, event.position, error],
      )
      return parked.rows[0] ? toLetter(parked.rows[0]) : letter
    }
    if (events.length < 200) break
    from = (events.at(-1)?.revision ?? from) + 1
  }
  await client.query('delete from dead_letters where consumer = $1 and stream = $2', [consumer.name, stream])
  return null
}
