import type { Erasure } from '../../port/erasure.ts'
import type { Database } from './db.ts'
import { speaking } from './put.ts'

const atOnce = 5_000

/** Nulls the `personal` column, some thousand revisions at a time: a chat may have a million. */
export const postgresErasure = ({ pool }: Database): Erasure => ({
  stream: stream =>
    speaking(async () => {
      const { rows } = await pool.query<{ revision: string }>('select revision from streams where id = $1', [stream])
      const head = Number(rows[0]?.revision ?? -1)
      for (let from = 0; from <= head; from += atOnce)
        await pool.query(
          'update events set personal = null where stream = $1 and revision >= $2 and revision < $3 and personal is not null',
          [stream, from, from + atOnce],
        )
      await pool.query('delete from snapshots where stream = $1', [stream])
    }),
  event: (stream, revision) =>
    speaking(async () => {
      await pool.query('update events set personal = null where stream = $1 and revision = $2', [stream, revision])
      await pool.query('delete from snapshots where stream = $1', [stream])
    }),
})
