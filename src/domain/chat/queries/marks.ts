import { and, count, eq, inArray, isNotNull, isNull, min, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { ReactionFacts } from '../chat.ts'
import { messages, reactions } from '../tables.ts'

type Db = NodePgDatabase

export interface ReactionCountView {
  emoji: string
  count: number
}

/** Reactions to messages, by emoji, the first ones first. */
export async function reactionCounts(db: Db, messageIds: readonly string[]): Promise<ReactionCountView[][]> {
  const rows = await db
    .select({ messageId: reactions.messageId, emoji: reactions.emoji, count: count(), first: min(reactions.sequence) })
    .from(reactions)
    .where(and(inArray(reactions.messageId, [...messageIds]), isNull(reactions.removedAt)))
    .groupBy(reactions.messageId, reactions.emoji)
    .orderBy(min(reactions.sequence))
  return messageIds.map(id => rows.filter(row => row.messageId === id).map(({ emoji, count }) => ({ emoji, count })))
}

/** What somebody has reacted to messages with, the first ones first. */
export async function reactionsBy(
  db: Db,
  args: { userId: string; messageIds: readonly string[] },
): Promise<string[][]> {
  const rows = await db
    .select()
    .from(reactions)
    .where(
      and(
        inArray(reactions.messageId, [...args.messageIds]),
        eq(reactions.userId, args.userId),
        isNull(reactions.removedAt),
      ),
    )
    .orderBy(reactions.sequence)
  return args.messageIds.map(id => rows.filter(row => row.messageId === id).map(row => row.emoji))
}

/** One page of those who reacted to a message with an emoji: `after`: the revision of the last one's reaction. */
export interface ReactorsPage {
  messageId: string
  emoji: string
  after: number
  limit: number
}

/** Who reacted, for each page asked for, the first ones first. */
export async function reactorsOf(
  db: Db,
  pages: readonly ReactorsPage[],
): Promise<{ userId: string; sequence: number }[][]> {
  const { rows } = await db.execute<{ n: number; user_id: string; sequence: string }>(sql`
    select n, r.user_id, r.sequence
    from jsonb_to_recordset(${JSON.stringify(pages.map((page, n) => ({ ...page, n })))}::jsonb)
      as page(n int, "messageId" uuid, emoji text, "after" bigint, "limit" bigint),
    lateral (select * from ${reactions} where message_id = page."messageId" and emoji = page.emoji
      and sequence > page."after" and removed_at is null order by sequence limit page."limit") r order by n, r.sequence`)
  const found: { userId: string; sequence: number }[][] = pages.map(() => [])
  for (const row of rows) found[row.n]?.push({ userId: row.user_id, sequence: Number(row.sequence) })
  return found
}

/** What a decision needs to know of the reactions to a message. */
export async function reactionFacts(db: Db, of: { messageId: string; userId: string }): Promise<ReactionFacts> {
  const rows = await db
    .select({ emoji: reactions.emoji, mine: sql<boolean>`bool_or(${reactions.userId} = ${of.userId})` })
    .from(reactions)
    .where(and(eq(reactions.messageId, of.messageId), isNull(reactions.removedAt)))
    .groupBy(reactions.emoji)
  return { mine: rows.filter(row => row.mine).map(row => row.emoji), all: rows.map(row => row.emoji) }
}

const isPinned = and(isNull(messages.deletedAt), isNotNull(messages.pinnedSequence))

/** How many messages of a chat are pinned. */
export async function pinCount(db: Db, chatId: string): Promise<number> {
  return db.$count(messages, and(eq(messages.chatId, chatId), isPinned))
}

/** One page of a chat's pinned messages: `before`: the revision of the last one's pinning; null: from the newest on. */
export interface PinsPage {
  chatId: string
  before: number | null
  limit: number
}

/** Ids of pinned messages, for each page asked for, what was pinned last first. */
export async function pinnedOf(db: Db, pages: readonly PinsPage[]): Promise<string[][]> {
  const { rows } = await db.execute<{ n: number; id: string }>(sql`
    select n, m.id from jsonb_to_recordset(${JSON.stringify(pages.map((page, n) => ({ ...page, n })))}::jsonb)
      as page(n int, "chatId" uuid, "before" bigint, "limit" bigint),
    lateral (select id, pinned_sequence from ${messages} where chat_id = page."chatId" and deleted_at is null
      and pinned_sequence is not null and (page."before" is null or pinned_sequence < page."before")
      order by pinned_sequence desc limit page."limit") m order by n, m.pinned_sequence desc`)
  const found: string[][] = pages.map(() => [])
  for (const row of rows) found[row.n]?.push(row.id)
  return found
}
