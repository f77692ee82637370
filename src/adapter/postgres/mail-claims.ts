import type pg from 'pg'
import type { MailClaims } from '../../port/mail.ts'
import type { Database } from './db.ts'
import { speaking } from './put.ts'

/** Which mails were begun, in PostgreSQL: each statement is committed before it answers. */
export function postgresMailClaims({ pool }: Database): MailClaims {
  const run = async (text: string, values: unknown[]): Promise<pg.QueryResult> =>
    speaking(() => pool.query(text, values))
  return {
    async begin(id) {
      const { rowCount } = await run(
        'insert into mails (id, begun_at) values ($1, clock_timestamp()) on conflict do nothing',
        [id],
      )
      return rowCount === 1
    },
    async release(id) {
      await run('delete from mails where id = $1 and outcome is null', [id])
    },
    async settle(id, outcome) {
      const { rowCount } = await run('update mails set outcome = $2 where id = $1 and outcome is null', [id, outcome])
      return rowCount === 1
    },
    async take(id, things) {
      await run(
        `insert into mailed_things (thing, mail, at) select thing, $1, clock_timestamp() from unnest($2::uuid[]) thing
          on conflict do nothing`,
        [id, things],
      )
      const { rows } = await run('select thing from mailed_things where mail = $1 and thing = any($2)', [id, things])
      return new Set(rows.map(row => row.thing as string))
    },
    async sweep(days, limit) {
      await run(
        `delete from mailed_things where thing in
          (select thing from mailed_things where at < clock_timestamp() - $1 * interval '1 day' limit $2)`,
        [days, limit],
      )
      const { rowCount } = await run(
        `delete from mails where id in
          (select id from mails where begun_at < clock_timestamp() - $1 * interval '1 day' limit $2)`,
        [days, limit],
      )
      return rowCount === limit
    },
  }
}
