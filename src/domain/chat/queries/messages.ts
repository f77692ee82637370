import { and, asc, desc, eq, gt, gte, inArray, lt, ne, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { MessageFacts } from '../chat.ts'
import type { MessageEntity } from '../events.ts'
import { chats, messageColumns, messages, type NoteKind } from '../tables.ts'
import { byKey } from './rows.ts'

type Db = NodePgDatabase

export interface MessageView {
  nodeType: 'Message'
  id: string
  chatId: string
  sequence: number
  version: number
  authorId: string | null
  commandId: string
  contentKind: 'TEXT' | 'FILES' | 'SYSTEM'
  /** Of what the system notes: what, whom it is about, and a title. */
  noteKind: NoteKind | null
  noteSubjectId: string | null
  noteText: string | null
  body: string | null
  entities: readonly MessageEntity[]
  /** Ids of the users whom it mentions. */
  mentions: readonly string[]
  replyToId: string | null
  createdAt: Date
  editedAt: Date | null
  deletedAt: Date | null
  pinnedAt: Date | null
  pinnedSequence: number | null
}

/** A deleted message shows nothing, whatever an edit that lost the race wrote. */
const toMessage = (row: Omit<typeof messages.$inferSelect, 'search' | 'fileNames' | 'hasImage'>): MessageView => ({
  nodeType: 'Message',
  ...row,
  body: row.deletedAt ? null : row.body,
  entities: (!row.deletedAt && row.entities) || [],
  mentions: (!row.deletedAt && row.mentions) || [],
  pinnedAt: row.deletedAt ? null : row.pinnedAt,
})

/** Messages by id, also deleted ones. */
export async function messagesByIds(db: Db, ids: readonly string[]): Promise<(MessageView | null)[]> {
  const rows = await db
    .select(messageColumns)
    .from(messages)
    .where(inArray(messages.id, [...ids]))
  return ids.map(byKey(rows, row => row.id, toMessage))
}

/** The message that stands at a revision of its chat. */
export async function messageAt(db: Db, at: { chatId: string; sequence: number }): Promise<MessageView | null> {
  const [row] = await db
    .select(messageColumns)
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
    .select(messageColumns)
    .from(messages)
    .where(and(eq(messages.chatId, chatId), beyond))
    .orderBy(backwards ? desc(messages.sequence) : asc(messages.sequence))
    .limit(limit)
  return (backwards ? rows.reverse() : rows).map(toMessage)
}

/** Sequence of the first message of a chat that was sent then or later. */
export async function sentSince(db: Db, args: { chatId: string; at: Date }): Promise<number | null> {
  const [row] = await db
    .select({ sequence: messages.sequence })
    .from(messages)
    .where(and(eq(messages.chatId, args.chatId), gte(messages.createdAt, args.at)))
    .orderBy(asc(messages.createdAt), asc(messages.sequence))
    .limit(1)
  return row?.sequence ?? null
}

/** The newest message of each chat that somebody wrote, deleted or not. */
export async function lastMessages(db: Db, chatIds: readonly string[]): Promise<(MessageView | null)[]> {
  const last = db
    .select(messageColumns)
    .from(messages)
    .where(and(eq(messages.chatId, chats.id), ne(messages.contentKind, 'SYSTEM')))
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

/** What a decision needs to know of a message. */
export async function messageFacts(db: Db, id: string): Promise<MessageFacts | null> {
  const [row] = await db.select(messageColumns).from(messages).where(eq(messages.id, id))
  return row
    ? {
        ...row,
        entities: row.entities ?? [],
        mentions: row.mentions ?? [],
        deleted: row.deletedAt !== null,
        pinned: row.pinnedAt !== null,
      }
    : null
}
