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
      await run(
        `with gone as (delete from mails where id = $1 and outcome is null returning id),
          things as (delete from mailed_things where mail in (select id from gone))
          update mail_marks set sequence = after where mail in (select id from gone)`,
        [id],
      )
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
    async told(id, things) {
      const { rows } = await run('select thing from mailed_things where mail <> $1 and thing = any($2)', [id, things])
      return new Set(rows.map(row => row.thing as string))
    },
    async advance(id, userId, chats) {
      await run(
        `insert into mail_marks as m (user_id, chat_id, after, sequence, mail, at)
          select $2, chat_id, 0, sequence, $1, clock_timestamp()
            from unnest($3::uuid[], $4::int[]) of_chats (chat_id, sequence) order by chat_id
          on conflict (user_id, chat_id) do update set sequence = excluded.sequence, mail = excluded.mail, at = excluded.at,
            after = case when m.mail = excluded.mail then m.after else m.sequence end
          where m.sequence < excluded.sequence
            and (m.mail = excluded.mail or not exists (select from mails where id = m.mail and outcome is null))`,
        [id, userId, chats.map(c => c.chatId), chats.map(c => c.sequence)],
      )
    },
    async marks(id, userId, chatIds) {
      const { rows } = await run(
        `select chat_id, case when mail = $1 then after else sequence end after, sequence, mail = $1 mine
          from mail_marks where user_id = $2 and chat_id = any($3)`,
        [id, userId, chatIds],
      )
      return new Map(rows.map(({ chat_id, after, sequence, mine }) => [chat_id, { after, sequence, mine }]))
    },
    async waiting(chats, since) {
      const { rows } = await run(
        `select user_id from unnest($1::uuid[], $2::uuid[], $3::int[]) c (user_id, chat_id, sequence)
          left join mail_marks m using (user_id, chat_id)
          where not exists (select from mail_marks l where l.user_id = c.user_id and l.at >= $4 and l.sequence > l.after)
          group by user_id having bool_or(c.sequence > coalesce(m.sequence, -1)) order by user_id`,
        [chats.map(c => c.userId), chats.map(c => c.chatId), chats.map(c => c.sequence), since],
      )
      return rows.map(row => row.user_id as string)
    },
    async sweep(days, limit) {
      await run(
        `delete from mailed_things where thing in
          (select thing from mailed_things where at < clock_timestamp() - $1 * interval '1 day' limit $2)`,
        [days, limit],
      )
      await run(
        `delete from mail_marks where (user_id, chat_id) in
          (select user_id, chat_id from mail_marks where at < clock_timestamp() - $1 * interval '1 day' limit $2)`,
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
