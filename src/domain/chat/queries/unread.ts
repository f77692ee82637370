import { and, asc, eq, gt, isNull, not, or, type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { oncePer } from '../../../kernel/once.ts'
import { chatMutes, chats, messages, participants, readMarkers } from '../tables.ts'
import { withMarker } from './participants.ts'
import { finder, isGivenPair } from './rows.ts'

type Db = NodePgDatabase

/** What a participant has not read: messages of others, after the marker and after joining; what the system notes is by nobody. */
const unreadOf: SQL = sql`${messages.chatId} = ${participants.chatId} and ${messages.deletedAt} is null
  and ${messages.authorId} <> ${participants.userId} and ${messages.sequence} > greatest(${participants.joinedSequence},
    (select ${readMarkers.sequence} from ${readMarkers} where ${readMarkers.chatId} = ${participants.chatId}
      and ${readMarkers.userId} = ${participants.userId}))`
/** Whether one has not read something in the chat of `participants`. */
export const hasUnread: SQL = sql`exists (select from ${messages} where ${unreadOf})`
const unreadCount = sql<number>`(select count(*)::int from ${messages} where ${unreadOf})`

interface Asked {
  userId: string
  chatIds: readonly string[]
}

/** Counts for `<chat>.<user>`. */
function counting(db: Db, name: string, count: SQL<number>) {
  const statement = db
    .select({ chatId: participants.chatId, userId: participants.userId, count })
    .from(participants)
    .where(and(isGivenPair(participants.chatId, participants.userId), isNull(participants.leftAt)))
    .prepare(name)
  return finder(
    pairs => statement.execute({ pairs }),
    row => `${row.chatId}.${row.userId}`,
    row => row.count,
  )
}
const unread = oncePer((db: Db) => counting(db, 'unread_counts', unreadCount))
const unreadMentions = oncePer((db: Db) =>
  counting(
    db,
    'unread_mention_counts',
    sql<number>`(select count(*)::int from ${messages} where ${unreadOf}
      and ${messages.mentions} is not null and ${participants.userId} = any(${messages.mentions}))`,
  ),
)

type Count = ReturnType<typeof counting>
const counted = async (count: Count, userId: string, chatIds: readonly string[]): Promise<number[]> =>
  (await count(chatIds.map(chatId => `${chatId}.${userId}`))).map(n => n ?? 0)

/** How many messages one has not read, by chat; 0 where one is not in. */
export const unreadCounts = (db: Db, { userId, chatIds }: Asked): Promise<number[]> =>
  counted(unread(db), userId, chatIds)

/** How many messages that mention one are not read, by chat. */
export const unreadMentionCounts = (db: Db, { userId, chatIds }: Asked): Promise<number[]> =>
  counted(unreadMentions(db), userId, chatIds)

/** Sequence of the first message of a chat that one has not read. */
export async function firstUnread(db: Db, args: { userId: string; chatId: string }): Promise<number | null> {
  const [row] = await db
    .select({ sequence: messages.sequence })
    .from(participants)
    .innerJoin(messages, unreadOf)
    .where(and(eq(participants.userId, args.userId), eq(participants.chatId, args.chatId), isNull(participants.leftAt)))
    .orderBy(asc(messages.sequence))
    .limit(1)
  return row?.sequence ?? null
}

/** Whether somebody has muted the chat of `participants` now. */
const isMuted: SQL = sql`exists (select from ${chatMutes} where ${chatMutes.chatId} = ${participants.chatId}
  and ${chatMutes.userId} = ${participants.userId} and ${chatMutes.muted}
  and (${chatMutes.until} is null or ${chatMutes.until} > now()))`

/** Over all of one's chats that are not muted now: unread messages, and chats that have some. */
export async function unreadTotals(db: Db, userId: string): Promise<{ messages: number; chats: number }> {
  const all = db
    .select({ unread: unreadCount.as('unread') })
    .from(participants)
    .innerJoin(chats, eq(chats.id, participants.chatId))
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt), isNull(chats.deletedAt), not(isMuted)))
    .as('all')
  const [row] = await db
    .select({
      messages: sql<number>`coalesce(sum(${all.unread}), 0)::int`,
      chats: sql<number>`(count(*) filter (where ${all.unread} > 0))::int`,
    })
    .from(all)
  return row ?? { messages: 0, chats: 0 }
}

/**
 * One's chats (`key`) whose line in the list changed after a log position: a message, an edit, a deletion, or one's own
 * reading or muting.
 */
export async function chatsMoved(
  db: Db,
  args: { userId: string; after: bigint },
): Promise<{ key: string; movedAt: bigint }[]> {
  const rows = await db
    .select({
      key: participants.chatId,
      activity: chats.activityPosition,
      read: readMarkers.position,
      muted: chatMutes.position,
    })
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .leftJoin(readMarkers, withMarker)
    .leftJoin(chatMutes, and(eq(chatMutes.chatId, participants.chatId), eq(chatMutes.userId, participants.userId)))
    .where(
      and(
        eq(participants.userId, args.userId),
        isNull(participants.leftAt),
        or(
          gt(chats.activityPosition, args.after),
          gt(readMarkers.position, args.after),
          gt(chatMutes.position, args.after),
        ),
      ),
    )
    .orderBy(asc(chats.activityPosition))
  const later = (one: bigint, other: bigint | null) => (other !== null && other > one ? other : one)
  return rows.map(({ key, activity, read, muted }) => ({ key, movedAt: later(later(activity, read), muted) }))
}
