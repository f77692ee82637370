import { and, asc, desc, eq, gt, gte, lt, ne, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { oncePer } from '../../../kernel/once.ts'
import type { MessageFacts } from '../chat.ts'
import type { MessageEntity } from '../events.ts'
import { chats, messageColumns, messages, type NoteKind } from '../tables.ts'
import { finder, given, isGiven, isGivenPair } from './rows.ts'

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

const byId = oncePer((db: Db) => {
  const statement = db.select(messageColumns).from(messages).where(isGiven(messages.id)).prepare('messages_by_ids')
  return finder(
    ids => statement.execute({ ids }),
    row => row.id,
    toMessage,
  )
})

/** Messages by id, also deleted ones. */
export const messagesByIds = (db: Db, ids: readonly string[]): Promise<(MessageView | null)[]> => byId(db)(ids)

const at = oncePer((db: Db) => {
  const isAt = isGivenPair(messages.chatId, messages.sequence)
  const statement = db.select(messageColumns).from(messages).where(isAt).prepare('messages_at')
  return finder(
    pairs => statement.execute({ pairs }),
    row => `${row.chatId}.${row.sequence}`,
    toMessage,
  )
})

/** The message that stands at a revision of its chat. */
export async function messageAt(
  db: Db,
  { chatId, sequence }: { chatId: string; sequence: number },
): Promise<MessageView | null> {
  const [message] = await at(db)([`${chatId}.${sequence}`])
  return message ?? null
}

const page = (db: Db, backwards: boolean) =>
  db
    .select(messageColumns)
    .from(messages)
    .where(and(eq(messages.chatId, given('chatId')), (backwards ? lt : gt)(messages.sequence, given('from'))))
    .orderBy((backwards ? desc : asc)(messages.sequence))
    .limit(given('limit'))
    .prepare(backwards ? 'messages_before' : 'messages_after')
const before = oncePer((db: Db) => page(db, true))
const after = oncePer((db: Db) => page(db, false))
const beyondAll = 2 ** 31 - 1

/** A page of a chat's messages, ascending; backwards: the last ones before `from`. */
export async function messagesOf(
  db: Db,
  args: { chatId: string; from: number | null; backwards: boolean; limit: number },
): Promise<MessageView[]> {
  const { chatId, backwards, limit } = args
  const from = args.from ?? (backwards ? beyondAll : -1)
  const rows = await (backwards ? before : after)(db).execute({ chatId, from, limit })
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

const newest = oncePer((db: Db) => {
  const last = db
    .select(messageColumns)
    .from(messages)
    .where(and(eq(messages.chatId, chats.id), ne(messages.contentKind, 'SYSTEM')))
    .orderBy(desc(messages.sequence))
    .limit(1)
    .as('last')
  const statement = db
    .select(last._.selectedFields)
    .from(chats)
    .innerJoinLateral(last, sql`true`)
    .where(isGiven(chats.id))
    .prepare('newest_messages')
  return finder(
    ids => statement.execute({ ids }),
    row => row.chatId,
    toMessage,
  )
})

/** The newest message of each chat that somebody wrote, deleted or not. */
export const lastMessages = (db: Db, chatIds: readonly string[]): Promise<(MessageView | null)[]> => newest(db)(chatIds)

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
