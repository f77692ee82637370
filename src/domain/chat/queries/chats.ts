import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, not, or, type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { ChatKind } from '../events.ts'
import { chatMutes, chats, messages, participants, readMarkers } from '../tables.ts'
import { withMarker } from './participants.ts'
import { byKey } from './rows.ts'

type Db = NodePgDatabase

/** A chat, the same for all who see it. */
export interface ChatView {
  nodeType: 'Chat'
  id: string
  version: number
  kind: ChatKind
  title: string | null
  avatarFileId: string | null
  /** Of a DIRECT chat: its two people, joined by a dot. */
  pair: string | null
  /** Of a COMPANY chat. */
  companyId: string | null
  createdAt: Date
  archivedAt: Date | null
  deletedAt: Date | null
  lastActivityAt: Date
}

const chatColumns = {
  id: chats.id,
  version: chats.version,
  kind: chats.kind,
  title: chats.title,
  avatarFileId: chats.avatarFileId,
  pair: chats.pair,
  companyId: chats.companyId,
  createdAt: chats.createdAt,
  archivedAt: chats.archivedAt,
  deletedAt: chats.deletedAt,
  lastActivityAt: chats.lastActivityAt,
}
const toChat = (row: Omit<ChatView, 'nodeType'>): ChatView => ({ nodeType: 'Chat', ...row })

/** Chats by id, also deleted ones; null where there is none. */
export async function chatsByIds(db: Db, ids: readonly string[]): Promise<(ChatView | null)[]> {
  const rows = await db
    .select(chatColumns)
    .from(chats)
    .where(inArray(chats.id, [...ids]))
  return ids.map(byKey(rows, row => row.id, toChat))
}

/** Which people a page of chats is of, and which chats. */
export interface ChatsPage {
  userId: string
  archived: boolean | null
  unread: boolean | null
  kind: ChatKind | null
  title: string | null
  companyId: string | null
  /** The last chat of the page before: its activity and its id. */
  after: { lastActivityAt: Date; id: string } | null
  limit: number
}

/** Ids of one's chats, the latest activity first. */
export async function chatIdsOf(db: Db, page: ChatsPage): Promise<{ id: string; lastActivityAt: Date }[]> {
  const { after } = page
  return db
    .select({ id: chats.id, lastActivityAt: chats.lastActivityAt })
    .from(participants)
    .innerJoin(chats, eq(chats.id, participants.chatId))
    .where(
      and(
        eq(participants.userId, page.userId),
        isNull(participants.leftAt),
        isNull(chats.deletedAt),
        page.archived === null ? undefined : page.archived ? isNotNull(chats.archivedAt) : isNull(chats.archivedAt),
        page.companyId === null ? undefined : eq(chats.companyId, page.companyId),
        page.kind === null ? undefined : eq(chats.kind, page.kind),
        page.title === null ? undefined : sql`position(lower(${page.title}) in lower(${chats.title})) > 0`,
        page.unread === null ? undefined : page.unread ? hasUnread : sql`not ${hasUnread}`,
        after === null
          ? undefined
          : or(
              lt(chats.lastActivityAt, after.lastActivityAt),
              and(eq(chats.lastActivityAt, after.lastActivityAt), lt(chats.id, after.id)),
            ),
      ),
    )
    .orderBy(desc(chats.lastActivityAt), desc(chats.id))
    .limit(page.limit)
}

/** What a participant has not read: messages of others, after the marker and after joining. What the system notes is by nobody, so it is not. */
const unreadOf: SQL = sql`${messages.chatId} = ${participants.chatId} and ${messages.deletedAt} is null
  and ${messages.authorId} <> ${participants.userId} and ${messages.sequence} > greatest(${participants.joinedSequence},
    (select ${readMarkers.sequence} from ${readMarkers} where ${readMarkers.chatId} = ${participants.chatId}
      and ${readMarkers.userId} = ${participants.userId}))`
const hasUnread: SQL = sql`exists (select from ${messages} where ${unreadOf})`
const unreadCount = sql<number>`(select count(*)::int from ${messages} where ${unreadOf})`

/** How many messages one has not read, by chat; 0 where one is not in. */
export async function unreadCounts(db: Db, args: { userId: string; chatIds: readonly string[] }): Promise<number[]> {
  const rows = await db
    .select({ id: participants.chatId, unread: unreadCount })
    .from(participants)
    .where(
      and(
        eq(participants.userId, args.userId),
        inArray(participants.chatId, [...args.chatIds]),
        isNull(participants.leftAt),
      ),
    )
  const of = byKey(
    rows,
    row => row.id,
    row => row.unread,
  )
  return args.chatIds.map(id => of(id) ?? 0)
}

/** How many messages that mention one are not read, by chat. */
export async function unreadMentionCounts(
  db: Db,
  args: { userId: string; chatIds: readonly string[] },
): Promise<number[]> {
  const mentioned = sql<number>`(select count(*)::int from ${messages} where ${unreadOf}
    and ${messages.mentions} is not null and ${participants.userId} = any(${messages.mentions}))`
  const rows = await db
    .select({ id: participants.chatId, unread: mentioned })
    .from(participants)
    .where(
      and(
        eq(participants.userId, args.userId),
        inArray(participants.chatId, [...args.chatIds]),
        isNull(participants.leftAt),
      ),
    )
  const of = byKey(
    rows,
    row => row.id,
    row => row.unread,
  )
  return args.chatIds.map(id => of(id) ?? 0)
}

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
  const each = db
    .select({ unread: unreadCount.as('unread') })
    .from(participants)
    .innerJoin(chats, eq(chats.id, participants.chatId))
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt), isNull(chats.deletedAt), not(isMuted)))
    .as('each')
  const [row] = await db
    .select({
      messages: sql<number>`coalesce(sum(${each.unread}), 0)::int`,
      chats: sql<number>`(count(*) filter (where ${each.unread} > 0))::int`,
    })
    .from(each)
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

/** Ids of all chats that one is in now, also deleted ones: their deletion has to be told. */
export async function chatIdsIn(db: Db, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: participants.chatId })
    .from(participants)
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt)))
  return rows.map(row => row.id)
}

/** The live DIRECT chat of a pair. */
export async function directChat(db: Db, pair: string): Promise<string | null> {
  const [row] = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.pair, pair), isNull(chats.deletedAt)))
  return row?.id ?? null
}

/** Chats of a company that are there; `userId`: only those that this person is in. */
export async function companyChatIds(db: Db, args: { companyId: string; userId: string | null }): Promise<string[]> {
  const isIn = sql`exists (select from ${participants} where ${participants.chatId} = ${chats.id}
    and ${participants.userId} = ${args.userId} and ${participants.leftAt} is null)`
  const rows = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.companyId, args.companyId), isNull(chats.deletedAt), args.userId === null ? undefined : isIn))
  return rows.map(row => row.id)
}

/** Chats that are there, archived or not, and that somebody is in now: at most `limit`. */
export async function chatIdsToLeave(db: Db, args: { userId: string; limit: number }): Promise<string[]> {
  const rows = await db
    .select({ id: chats.id })
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .where(and(eq(participants.userId, args.userId), isNull(participants.leftAt)))
    .limit(args.limit)
  return rows.map(row => row.id)
}
