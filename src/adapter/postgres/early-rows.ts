import { type EarlyRows, early } from '../../port/consumers.ts'
import type { Database } from './db.ts'
import type { Functions } from './functions.ts'
import { speaking } from './put.ts'
import { rowsByTable } from './rows.ts'

/** The rows that the append could not write, healed by a call of the same shape under the same lock. */
export function postgresEarlyRows({ pool }: Database, functions: Functions): EarlyRows {
  return {
    behind: () =>
      speaking(async () => {
        const { rows } = await pool.query<{ stream: string }>({
          name: 'behind',
          text: `select stream from behind full join (select * from dead_letters where consumer = $1) d using (stream)
            where next_at is null or next_at <= clock_timestamp() order by next_at nulls first limit 100`,
          values: [early],
        })
        return rows.map(row => row.stream)
      }),
    heal: (stream, from, to, rows) =>
      speaking(async () => {
        const json = JSON.stringify(rowsByTable(rows))
        const healed = await pool.query<{ healed: boolean }>({
          name: functions.heal,
          text: `select ${functions.heal}($1, $2, $3, $4) healed`,
          values: [stream, from, to, json],
        })
        return healed.rows[0]?.healed === true
      }),
  }
}
