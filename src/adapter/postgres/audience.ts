import type { AudienceIndex } from '../../port/audience.ts'
import type { Database } from './db.ts'
import { type EventRow, eventColumns, toRaw } from './event-rows.ts'

/** The audience index in PostgreSQL: written by the consumer `audience`, read here. */
export function postgresAudience({ pool }: Database): AudienceIndex {
  return {
    async lowWater() {
      const text = "select position::text p from checkpoints where consumer = 'audience'"
      const { rows } = await pool.query<{ p: string }>({ name: 'audience-low-water', text })
      return BigInt(rows[0]?.p ?? 0)
    },
    async page(audiences, after, limit) {
      const { rows } = await pool.query<EventRow>({
        name: 'audience-page',
        text: `select ${eventColumns} from (select distinct position p from audience where audience = any($1) and position > $2
          order by position limit $3) a join events on position = a.p order by position`,
        values: [audiences, after.toString(), limit],
      })
      return rows.map(toRaw)
    },
    async movedSince(after) {
      const { rows } = await pool.query<{ audience: string }>({
        name: 'audience-moved',
        text: 'select distinct audience from audience where position > $1',
        values: [after.toString()],
      })
      return rows.map(row => row.audience)
    },
  }
}
