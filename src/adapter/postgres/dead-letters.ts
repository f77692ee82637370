import type pg from 'pg'
import { batchedOne } from '../../kernel/batched.ts'
import type { DeadLetter, DeadLetters } from '../../port/consumers.ts'
import type { Database } from './db.ts'
import { speaking } from './put.ts'

export interface LetterRow extends Omit<DeadLetter, 'revision' | 'position' | 'nextAt'> {
  revision: string
  position: string
  next_at: Date
}
export const toLetter = ({ next_at, ...row }: LetterRow): DeadLetter => ({
  ...row,
  revision: Number(row.revision),
  position: BigInt(row.position),
  nextAt: next_at,
})

/** Notes a failure. Another attempt at the same event waits twice as long as the one before; another event begins anew. */
export const parkSql = (
  consumer: string,
  stream: string,
  revision: string,
  position: string,
  error: string,
  where = '',
  end = '',
) =>
  `insert into dead_letters as d (consumer, stream, revision, position, attempts, error, since, next_at)
    select ${consumer}, ${stream}, ${revision}, ${position}, 1, ${error}, clock_timestamp(), clock_timestamp() + interval '1 s' ${where}
    on conflict (consumer, stream) do update set revision = excluded.revision, position = excluded.position, error = excluded.error,
      attempts = case when d.revision = excluded.revision then d.attempts + 1 else 1 end,
      since = case when d.revision = excluded.revision then d.since else excluded.since end,
      next_at = clock_timestamp() + case when d.revision = excluded.revision
        then least(interval '5 min', interval '1 s' * 2 ^ least(d.attempts, 20)) else interval '1 s' end ${end}`

export const letterColumns = '*, next_at <= clock_timestamp() due'

export async function letterOf(client: pg.ClientBase, consumer: string, stream: string): Promise<DeadLetter | null> {
  const { rows } = await client.query<LetterRow>(
    `select ${letterColumns} from dead_letters where consumer = $1 and stream = $2`,
    [consumer, stream],
  )
  return rows[0] ? toLetter(rows[0]) : null
}

/** Halted streams, in PostgreSQL. */
export function postgresDeadLetters({ pool }: Database): DeadLetters {
  const list = (consumers: readonly string[] | null) =>
    speaking(async () => {
      const text = `select ${letterColumns} from dead_letters where $1::text[] is null or consumer = any($1) order by consumer, since, stream`
      const { rows } = await pool.query<LetterRow>({ name: 'dead-letters', text, values: [consumers] })
      return rows.map(toLetter)
    })
  const listOf = batchedOne<readonly DeadLetter[]>(async consumers => {
    const letters = await list(consumers)
    return new Map(consumers.map(name => [name, letters.filter(letter => letter.consumer === name)]))
  })
  return {
    list: consumer => (consumer === undefined ? list(null) : listOf(consumer)),
    park: (consumer, { event, error }) =>
      speaking(async () => {
        const { rows } = await pool.query<LetterRow>(
          parkSql('$1::text', '$2::text', '$3::bigint', '$4::bigint', '$5::text', '', `returning ${letterColumns}`),
          [consumer, event.stream, event.revision, event.position, error],
        )
        if (!rows[0]) throw new Error('the dead letter was not written')
        return toLetter(rows[0])
      }),
    remove: (consumer, stream) =>
      speaking(async () => {
        await pool.query('delete from dead_letters where consumer = $1 and stream = $2', [consumer, stream])
      }),
  }
}
