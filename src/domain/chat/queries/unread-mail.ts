import { type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { chatMutes, chats, messages, participants, readMarkers } from '../tables.ts'

/** What nobody read although it was said after `since` and before `before`. */
export interface Said {
  since: Date
  before: Date
}

/** A chat that holds something unread of a person, and the last of it. */
export interface UnreadChat {
  userId: string
  chatId: string
  sequence: number
}

/** Who takes part (`p`) in which chats (`c`) that are alive and not muted by them. */
const listening: SQL = sql`${participants} p join ${chats} c on c.id = p.chat_id and c.deleted_at is null and c.archived_at is null
  left join ${readMarkers} r on r.chat_id = p.chat_id and r.user_id = p.user_id`
const notMuted: SQL = sql`p.left_at is null and not exists (select from ${chatMutes} u where u.user_id = p.user_id
  and u.chat_id = p.chat_id and u.muted and (u.until is null or u.until > now()))`
/** What (`m`) they have not read of it, as others said it. */
const unread = ({ since, before }: Said): SQL => sql`m.chat_id = p.chat_id and m.deleted_at is null
  and m.author_id <> p.user_id and m.sequence > greatest(p.joined_sequence, r.sequence)
  and m.created_at > ${since.toISOString()} and m.created_at <= ${before.toISOString()}`

/** Chats with something unread of these people, at most 20 a person, the latest activity first. */
export async function unreadChats(
  db: NodePgDatabase,
  { userIds, ...said }: Said & { userIds: readonly string[] },
): Promise<UnreadChat[]> {
  const { rows } = await db.execute<{ user_id: string; chat_id: string; sequence: number }>(sql`
    select who.user_id, found.* from jsonb_to_recordset(${JSON.stringify(userIds.map(user_id => ({ user_id })))}::jsonb)
      as who(user_id uuid),
    lateral (select p.chat_id, m.sequence from ${listening}
      join lateral (select m.sequence from ${messages} m where ${unread(said)} order by m.sequence desc limit 1) m on true
      where p.user_id = who.user_id and ${notMuted} and c.last_activity_at > ${said.since.toISOString()}
      order by c.last_activity_at desc, c.id limit 20) found`)
  return rows.map(row => ({ userId: row.user_id, chatId: row.chat_id, sequence: row.sequence }))
}

/** People who take part in chats, by id, after one of them. */
export async function peopleOfChats(db: NodePgDatabase, args: { after: string; limit: number }): Promise<string[]> {
  const { rows } = await db.execute<{ user_id: string }>(sql`
    select distinct user_id from ${participants} where user_id > ${args.after} order by user_id limit ${args.limit}`)
  return rows.map(row => row.user_id)
}

/** A part of a chat: after one sequence and up to another. */
export interface Part {
  chatId: string
  after: number
  sequence: number
}
export interface UnreadMessage {
  id: string
  chatId: string
  sequence: number
  authorId: string
  /** Its first 300 characters. */
  body: string | null
  /** Whether it mentions the person. */
  mentioned: boolean
  title: string | null
}

/** What of parts of chats is unread, at most 100 messages a part, the newest ones, the oldest first. */
export async function messagesToMail(
  db: NodePgDatabase,
  { userId, parts, ...said }: Said & { userId: string; parts: readonly Part[] },
): Promise<UnreadMessage[]> {
  const { rows } = await db.execute<{ [K in keyof UnreadMessage]: UnreadMessage[K] }>(sql`
    select found.* from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb)
      as part("chatId" uuid, "after" int, sequence int),
    lateral (select m.id, m.chat_id "chatId", m.sequence, m.author_id "authorId", left(m.body, 300) body,
        coalesce(p.user_id = any(m.mentions), false) mentioned, c.title
      from ${listening} join ${messages} m on ${unread(said)}
      where p.user_id = ${userId} and p.chat_id = part."chatId" and ${notMuted}
        and m.sequence > part."after" and m.sequence <= part.sequence
      order by m.sequence desc limit 100) found order by found."chatId", found.sequence`)
  return rows
}

/** Of some messages, those that somebody has read. */
export async function messagesRead(
  db: NodePgDatabase,
  { userId, ids }: { userId: string; ids: readonly string[] },
): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select m.id from jsonb_to_recordset(${JSON.stringify(ids.map(id => ({ id })))}::jsonb) as asked(id uuid)
    join ${messages} m using (id)
    join ${readMarkers} r on r.chat_id = m.chat_id and r.user_id = ${userId} and r.sequence >= m.sequence`)
  return rows.map(row => row.id)
}
