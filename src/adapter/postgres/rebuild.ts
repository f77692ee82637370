import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { StoreUnavailable } from '../../port/event-store.ts'
import type { Derived, Rebuilds, Run } from '../../port/rebuilds.ts'
import { analyzeCopies, createCopies } from './copies.ts'
import type { Database } from './db.ts'
import { speaking } from './put.ts'
import { advance, idOf } from './rebuild-pages.ts'
import { swap } from './rebuild-swap.ts'

// A rebuild is a consumer `rebuild:<name>` with a checkpoint and a fence. Streams that it must not read to their end yet
// are its dead letters: the swap reads them on, to where the living rows are.

/** Rebuilds in PostgreSQL. `pageSize`: events that are applied and made durable at a time. */
export function postgresRebuilds(database: Database, epoch: string, pageSize = 1_000): Rebuilds {
  const tx = <T>(work: (client: pg.ClientBase) => Promise<T>) => speaking(() => database.withTx(work))
  return {
    open: (of, resume) => tx(client => open(client, epoch, of, resume)),
    advance: (of, run) => tx(client => advance(client, of, run, pageSize)),
    async swap(of, run) {
      await tx(client => analyzeCopies(client, of.tables))
      try {
        return await tx(client => swap(client, epoch, of, page => advance(page, of, run, pageSize)))
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
