import { and, asc, count, desc, eq, gt, inArray, isNotNull, isNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { MessageFacts } from './chat.ts'
import type { ChatKind, ChatRole } from './events.ts'
import { chats, messages, participants, readMarkers } from './tables.ts'

type Db = NodePgDatabase

/** A chat, the same for all who see it. */
export interface ChatView {
  nodeType: 'Chat'
  id: string
  version: number
  kind: ChatKind
  title: string | null
  /** Of a DIRECT chat: its two people, joined by a dot. */
  pair: string | null
  createdAt: Date
  archivedAt: Date | null
  deletedAt: Date | null
  lastActivityAt: Date
}

export interface ParticipantView {
  nodeType: 'ChatParticipant'
  /** `<chat>.<user>` */
  id: string
  chatId: string
  userId: string
  version: number
  role: ChatRole
  joinedAt: Date
  joinedSequence: number
  leftAt: Date | null
  lastReadAt: Date | null
  lastReadSequence: number
}

export interface MessageView {
  nodeType: 'Message'
  id: string
  chatId: string
  sequence: number
  version: number
  authorId: string
  commandId: string
  body: string | null
  replyToId: string | null
  createdAt: Date
  editedAt: Date | null
  deletedAt: Date | null
}

const byKey = <Row, Key extends string, View>(
  rows: readonly Row[],
  key: (row: Row) => string,
  view: (row: Row) => View,
): ((key: Key) => View | null) => {
  const map = new Map(rows.map(row => [key(row), view(row)]))
  return k => map.get(k) ?? null
}

const chatColumns = {
  id: chats.id,
  version: chats.version,
  kind: chats.kind,
  title: chats.title,
  pair: chats.pair,
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

/** What a participant has not read: messages of others, after the marker and after joining. */
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

/** Over all of one's chats: unread messages, and chats that have some. */
export async function unreadTotals(db: Db, userId: string): Promise<{ messages: number; chats: number }> {
  const each = db
    .select({ unread: unreadCount.as('unread') })
    .from(participants)
    .innerJoin(chats, eq(chats.id, participants.chatId))
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt), isNull(chats.deletedAt)))
    .as('each')
  const [row] = await db
    .select({
      messages: sql<number>`coalesce(sum(${each.unread}), 0)::int`,
      chats: sql<number>`(count(*) filter (where ${each.unread} > 0))::int`,
    })
    .from(each)
  return row ?? { messages: 0, chats: 0 }
}

/** How many people are in each chat now. */
export async function participantCounts(db: Db, chatIds: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ id: participants.chatId, n: count() })
    .from(participants)
    .where(and(inArray(participants.chatId, [...chatIds]), isNull(participants.leftAt)))
    .groupBy(participants.chatId)
  const of = byKey(
    rows,
    row => row.id,
    row => row.n,
  )
  return chatIds.map(id => of(id) ?? 0)
}

const participantColumns = {
  chatId: participants.chatId,
  userId: participants.userId,
  version: participants.version,
  role: participants.role,
  joinedAt: participants.joinedAt,
  joinedSequence: participants.joinedSequence,
  leftAt: participants.leftAt,
  lastReadAt: readMarkers.readAt,
  markerSequence: readMarkers.sequence,
}
type ParticipantRow = Omit<ParticipantView, 'nodeType' | 'id' | 'lastReadSequence'> & { markerSequence: number | null }
const toParticipant = ({ markerSequence, ...row }: ParticipantRow): ParticipantView => ({
  nodeType: 'ChatParticipant',
  id: `${row.chatId}.${row.userId}`,
  ...row,
  lastReadSequence: Math.max(row.joinedSequence, markerSequence ?? -1),
})
const withMarker = and(eq(readMarkers.chatId, participants.chatId), eq(readMarkers.userId, participants.userId))

/** Participants by `<chat>.<user>`, also those who left, so that old events resolve. */
export async function participantsByIds(db: Db, ids: readonly string[]): Promise<(ParticipantView | null)[]> {
  const pairs = ids.map(id => id.split('.') as [string, string])
  const rows = await db
    .select(participantColumns)
    .from(participants)
    .leftJoin(readMarkers, withMarker)
    .where(
      or(...pairs.map(([chatId, userId]) => and(eq(participants.chatId, chatId), eq(participants.userId, userId)))),
    )
  return ids.map(
    byKey(
      rows.map(toParticipant),
      p => p.id,
      p => p,
    ),
  )
}

/** One's own part in chats, where one is in now and the chat is there. */
export async function participationOf(
  db: Db,
  args: { userId: string; chatIds: readonly string[] },
): Promise<(ParticipantView | null)[]> {
  const rows = await db
    .select(participantColumns)
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .leftJoin(readMarkers, withMarker)
    .where(
      and(
        eq(participants.userId, args.userId),
        inArray(participants.chatId, [...args.chatIds]),
        isNull(participants.leftAt),
      ),
    )
  return args.chatIds.map(byKey(rows, row => row.chatId, toParticipant))
}

/** People in a chat now, by when they came. */
export async function participantsOf(
  db: Db,
  args: {
    chatId: string
    roles: readonly ChatRole[] | null
    after: { sequence: number; userId: string } | null
    limit: number
  },
): Promise<ParticipantView[]> {
  const { after } = args
  const rows = await db
    .select(participantColumns)
    .from(participants)
    .leftJoin(readMarkers, withMarker)
    .where(
      and(
        eq(participants.chatId, args.chatId),
        isNull(participants.leftAt),
        args.roles ? inArray(participants.role, [...args.roles]) : undefined,
        after === null
          ? undefined
          : or(
              gt(participants.joinedSequence, after.sequence),
              and(eq(participants.joinedSequence, after.sequence), gt(participants.userId, after.userId)),
            ),
      ),
    )
    .orderBy(asc(participants.joinedSequence), asc(participants.userId))
    .limit(args.limit)
  return rows.map(toParticipant)
}

/** A deleted message shows nothing, whatever an edit that lost the race wrote. */
const toMessage = (row: typeof messages.$inferSelect): MessageView => ({
  nodeType: 'Message',
  ...row,
  body: row.deletedAt ? null : row.body,
})

/** Messages by id, also deleted ones. */
export async function messagesByIds(db: Db, ids: readonly string[]): Promise<(MessageView | null)[]> {
  const rows = await db
    .select()
    .from(messages)
    .where(inArray(messages.id, [...ids]))
  return ids.map(byKey(rows, row => row.id, toMessage))
}

/** The message that stands at a revision of its chat. */
export async function messageAt(db: Db, at: { chatId: string; sequence: number }): Promise<MessageView | null> {
  const [row] = await db
    .select()
    .from(messages)
    .where(and(eq(messages.chatId, at.chatId), eq(messages.sequence, at.sequence)))
  return row ? toMessage(row) : null
}

/** A page of a chat's messages, ascending; backwards: the last ones before `from`. */
export async function messagesOf(
  db: Db,
  args: { chatId: string; from: number | null; backwards: boolean; limit: number },
): Promise<MessageView[]> {
  const { chatId, from, backwards, limit } = args
  const beyond = from === null ? undefined : backwards ? lt(messages.sequence, from) : gt(messages.sequence, from)
  const rows = await db
    .select()
    .from(messages)
    .where(and(eq(messages.chatId, chatId), beyond))
    .orderBy(backwards ? desc(messages.sequence) : asc(messages.sequence))
    .limit(limit)
  return (backwards ? rows.reverse() : rows).map(toMessage)
}

/** The newest message of each chat, deleted or not. */
export async function lastMessages(db: Db, chatIds: readonly string[]): Promise<(MessageView | null)[]> {
  const last = db
    .select()
    .from(messages)
    .where(eq(messages.chatId, chats.id))
    .orderBy(desc(messages.sequence))
    .limit(1)
    .as('last')
  const rows = await db
    .select()
    .from(chats)
    .innerJoinLateral(last, sql`true`)
    .where(inArray(chats.id, [...chatIds]))
  return chatIds.map(
    byKey(
      rows,
      row => row.last.chatId,
      row => toMessage(row.last),
    ),
  )
}

/** Read markers of a chat that moved after a log position, the oldest first; `key`: whose. */
export async function markersMoved(
  db: Db,
  args: { chatId: string; after: bigint },
): Promise<{ key: string; movedAt: bigint; readAt: Date }[]> {
  return db
    .select({ key: readMarkers.userId, movedAt: readMarkers.position, readAt: readMarkers.readAt })
    .from(readMarkers)
    .where(and(eq(readMarkers.chatId, args.chatId), gt(readMarkers.position, args.after)))
    .orderBy(asc(readMarkers.position))
}

/**
 * One's chats (`key`) whose line in the list changed after a log position: a message, an edit, a deletion, or one's own
 * reading.
 */
export async function chatsMoved(
  db: Db,
  args: { userId: string; after: bigint },
): Promise<{ key: string; movedAt: bigint }[]> {
  const rows = await db
    .select({ key: participants.chatId, activity: chats.activityPosition, read: readMarkers.position })
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .leftJoin(readMarkers, withMarker)
    .where(
      and(
        eq(participants.userId, args.userId),
        isNull(participants.leftAt),
        or(gt(chats.activityPosition, args.after), gt(readMarkers.position, args.after)),
      ),
    )
    .orderBy(asc(chats.activityPosition))
  return rows.map(({ key, activity, read }) => ({ key, movedAt: read && read > activity ? read : activity }))
}

/** Of some people, those who are in one of some chats now. */
export async function membersAmong(
  db: Db,
  args: { chatIds: readonly string[]; userIds: readonly string[] },
): Promise<string[]> {
  if (!args.chatIds.length || !args.userIds.length) return []
  const rows = await db
    .selectDistinct({ id: participants.userId })
    .from(participants)
    .where(and(inArray(participants.chatId, [...args.chatIds]), inArray(participants.userId, [...args.userIds])))
  return rows.map(row => row.id)
}

// Facts that commands ask for.

/** The live DIRECT chat of a pair. */
export async function directChat(db: Db, pair: string): Promise<string | null> {
  const [row] = await db
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.pair, pair), isNull(chats.deletedAt)))
  return row?.id ?? null
}

/** What a decision needs to know of a message. */
export async function messageFacts(db: Db, id: string): Promise<MessageFacts | null> {
  const [row] = await db.select().from(messages).where(eq(messages.id, id))
  return row ? { ...row, deleted: row.deletedAt !== null } : null
}

/** Ids of all chats that one is in now, also deleted ones: their deletion has to be told. */
export async function chatIdsIn(db: Db, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: participants.chatId })
    .from(participants)
    .where(and(eq(participants.userId, userId), isNull(participants.leftAt)))
  return rows.map(row => row.id)
}
