import { and, asc, count, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { alias } from 'drizzle-orm/pg-core'
import { nobody } from '../../../kernel/id.ts'
import { oncePer } from '../../../kernel/once.ts'
import type { ChatRole } from '../events.ts'
import { chats, participants, readMarkers } from '../tables.ts'
import { byKey, finder, isAnyOf, isGivenPair } from './rows.ts'

type Db = NodePgDatabase

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

/** Joins a participant with how far they have read. */
export const withMarker = and(eq(readMarkers.chatId, participants.chatId), eq(readMarkers.userId, participants.userId))

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

const part = oncePer((db: Db) => {
  const statement = db
    .select(participantColumns)
    .from(participants)
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .leftJoin(readMarkers, withMarker)
    .where(and(isGivenPair(participants.chatId, participants.userId), isNull(participants.leftAt)))
    .prepare('participation_of')
  return finder(
    pairs => statement.execute({ pairs }),
    row => `${row.chatId}.${row.userId}`,
    toParticipant,
  )
})

/** One's own part in chats, where one is in now and the chat is there. */
export const participationOf = (
  db: Db,
  { userId, chatIds }: { userId: string; chatIds: readonly string[] },
): Promise<(ParticipantView | null)[]> => part(db)(chatIds.map(chatId => `${chatId}.${userId}`))

/** People in a chat now, by when they came. */
export async function participantsOf(
  db: Db,
  args: {
    chatId: string
    roles: readonly ChatRole[] | null
    /** Only these people; null for all. */
    userIds: readonly string[] | null
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
        args.userIds ? inArray(participants.userId, [...args.userIds]) : undefined,
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

/** Ids of the users in a chat now: at most as many as a chat can have. */
export async function participantIdsOf(db: Db, chatId: string): Promise<string[]> {
  const rows = await db
    .select({ id: participants.userId })
    .from(participants)
    .where(and(eq(participants.chatId, chatId), isNull(participants.leftAt)))
  return rows.map(row => row.id)
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

/** Of some people, those who are in one of some chats now. */
export async function membersAmong(
  db: Db,
  args: { chatIds: readonly string[]; userIds: readonly string[] },
): Promise<string[]> {
  if (!args.chatIds.length || !args.userIds.length) return []
  const rows = await db
    .selectDistinct({ id: participants.userId })
    .from(participants)
    .where(and(isAnyOf(participants.chatId, args.chatIds), isAnyOf(participants.userId, args.userIds)))
  return rows.map(row => row.id)
}

/** Of some people, those who are in a chat with somebody now; they themselves are, where they are in any. */
export async function peopleMetBy(db: Db, args: { userId: string; userIds: readonly string[] }): Promise<string[]> {
  if (!args.userIds.length) return []
  const mine = alias(participants, 'mine')
  const rows = await db
    .selectDistinct({ id: participants.userId })
    .from(participants)
    .innerJoin(mine, and(eq(mine.chatId, participants.chatId), eq(mine.userId, args.userId), isNull(mine.leftAt)))
    .innerJoin(chats, and(eq(chats.id, participants.chatId), isNull(chats.deletedAt)))
    .where(and(inArray(participants.userId, [...args.userIds]), isNull(participants.leftAt)))
  return rows.map(row => row.id)
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

/** One page of those who have read a message: people in its chat now, by when they came. */
export interface ReadersPage {
  chatId: string
  sequence: number
  authorId: string | null
  after: { sequence: number; userId: string } | null
  limit: number
}

/** Who has read messages, for each page asked for: ids of participants. */
export async function readersOf(db: Db, pages: readonly ReadersPage[]): Promise<string[][]> {
  const asked = pages.map(({ after, ...page }, n) => ({
    ...{ n, ...page },
    ...{ afterSequence: after?.sequence ?? -1, afterUser: after?.userId ?? nobody },
  }))
  const { rows } = await db.execute<{ n: number; chat_id: string; user_id: string }>(sql`
    select n, r.chat_id, r.user_id from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
      as page(n int, "chatId" uuid, sequence bigint, "authorId" uuid, "afterSequence" bigint, "afterUser" uuid, "limit" bigint),
    lateral (select p.* from ${participants} p join ${readMarkers} m on m.chat_id = p.chat_id and m.user_id = p.user_id
      where p.chat_id = page."chatId" and p.left_at is null and m.sequence >= page.sequence
        and p.user_id is distinct from page."authorId"
        and (p.joined_sequence, p.user_id) > (page."afterSequence", page."afterUser")
      order by p.joined_sequence, p.user_id limit page."limit") r order by n, r.joined_sequence, r.user_id`)
  const found: string[][] = pages.map(() => [])
  for (const row of rows) found[row.n]?.push(`${row.chat_id}.${row.user_id}`)
  return found
}
