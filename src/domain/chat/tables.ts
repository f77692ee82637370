import { getTableColumns, type SQL, sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  customType,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { MessageEntity } from './events.ts'

/** What the system notes in a chat. */
export const noteKinds = [
  'CHAT_CREATED',
  'CHAT_RENAMED',
  'CHAT_ARCHIVED',
  'CHAT_RESTORED',
  'PARTICIPANT_ADDED',
  'PARTICIPANT_LEFT',
  'PARTICIPANT_REMOVED',
  'MESSAGE_PINNED',
] as const
export type NoteKind = (typeof noteKinds)[number]

const instant = () => timestamp({ withTimezone: true })
const revision = () => bigint({ mode: 'number' })

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

// The functions of the search are made by a migration (drizzle/0025_words.sql): an expression that is written out in a generated
// column is read anew by PostgreSQL for each statement that writes a row.

/** Text as it is searched: ё is е, in whatever case, and what is no word is space. Each character stays in its place. */
export const folded = (text: SQL): SQL => sql`search_folded(${text})`
/** The same with each part of an address, of a file's name or of a number by itself. */
export const apart = (text: SQL): SQL => sql`search_apart(${text})`
/** Words by their stems and as they are, of the text and of the names of files, and where, by whom and in which week it was said: words that no text can hold. */
const searchable = sql`case when deleted_at is null and (body is not null or file_names is not null) then
  search_words(body, file_names, chat_id, author_id, created_at) end`

export const chats = pgTable(
  'chats',
  {
    id: uuid().primaryKey(),
    kind: text({ enum: ['DIRECT', 'GROUP', 'COMPANY'] }).notNull(),
    /** Of a COMPANY chat. */
    companyId: uuid(),
    title: text(),
    avatarFileId: uuid(),
    pair: text(),
    version: revision().notNull(),
    createdAt: instant().notNull(),
    archivedAt: instant(),
    deletedAt: instant(),
    lastActivityAt: instant().notNull(),
    /** Position of the last event that changed what the chat's line in a list shows. */
    activityPosition: bigint({ mode: 'bigint' }).notNull(),
  },
  t => [
    index('chats_pair').on(t.pair).where(sql`${t.pair} is not null`),
    index('chats_avatar').on(t.avatarFileId).where(sql`${t.avatarFileId} is not null`),
    index('chats_company').on(t.companyId).where(sql`${t.companyId} is not null`),
  ],
)

/** Who is or was in a chat: a tombstone (`leftAt`) keeps old events resolvable. */
export const participants = pgTable(
  'participants',
  {
    chatId: uuid().notNull(),
    userId: uuid().notNull(),
    role: text({ enum: ['OWNER', 'ADMIN', 'MEMBER', 'READER'] }).notNull(),
    version: revision().notNull(),
    joinedAt: instant().notNull(),
    joinedSequence: revision().notNull(),
    leftAt: instant(),
  },
  t => [primaryKey({ columns: [t.chatId, t.userId] }), index('participants_user').on(t.userId)],
)

export const messages = pgTable(
  'messages',
  {
    id: uuid().primaryKey(),
    chatId: uuid().notNull(),
    sequence: integer().notNull(),
    version: revision().notNull(),
    /** Null for what the system notes. */
    authorId: uuid(),
    commandId: uuid().notNull(),
    contentKind: text({ enum: ['TEXT', 'FILES', 'SYSTEM'] })
      .notNull()
      .default('TEXT'),
    /** Whether one of its files is a picture. */
    hasImage: boolean().notNull().default(false),
    body: text(),
    /** What its files were called when sent, each on a line of its own; only the search reads it. */
    fileNames: text(),
    entities: jsonb().$type<readonly MessageEntity[]>(),
    /** Null for nobody: the index below then holds only the few that mention somebody. */
    mentions: uuid().array(),
    noteKind: text({ enum: noteKinds }),
    /** Whom a note is about. */
    noteSubjectId: uuid(),
    noteText: text(),
    pinnedAt: instant(),
    /** Revision of the pinning: what was pinned last comes first. */
    pinnedSequence: revision(),
    replyToId: uuid(),
    createdAt: instant().notNull(),
    editedAt: instant(),
    deletedAt: instant(),
    /** Follows from the row; `messageColumns` leaves out what only the search reads. */
    search: tsvector().generatedAlwaysAs(searchable),
  },
  t => [
    // The list of what is new is kept short: whoever fills it sorts it in, and the others wait for that.
    index('messages_words').using('gin', t.search).with({ gin_pending_list_limit: 256 }),
    uniqueIndex('messages_sequence').on(t.chatId, t.sequence),
    index('messages_unread').on(t.chatId, t.sequence, t.authorId).where(sql`${t.deletedAt} is null`),
    index('messages_sent').on(t.chatId, t.createdAt, t.sequence),
    index('messages_pinned')
      .on(t.chatId, t.pinnedSequence)
      .where(sql`${t.deletedAt} is null and ${t.pinnedSequence} is not null`),
    index('messages_mentions')
      .on(t.chatId, t.sequence)
      .where(sql`${t.deletedAt} is null and ${t.mentions} is not null`),
  ],
)

/** Files of messages. Whether a message still holds them is told by its own row: it may be deleted. */
export const messageFiles = pgTable(
  'message_files',
  {
    messageId: uuid().notNull(),
    fileId: uuid().notNull(),
    chatId: uuid().notNull(),
    /** Of the message. */
    sequence: integer().notNull(),
    /** Among the files of the message. */
    place: integer().notNull(),
  },
  t => [
    primaryKey({ columns: [t.messageId, t.fileId] }),
    index('message_files_file').on(t.fileId),
    index('message_files_chat').on(t.chatId, t.sequence, t.place),
  ],
)

/** Who has reacted to a message, and with what: a tombstone (`removedAt`) stays when it is taken back. */
export const reactions = pgTable(
  'reactions',
  {
    messageId: uuid().notNull(),
    userId: uuid().notNull(),
    emoji: text().notNull(),
    sequence: revision().notNull(),
    reactedAt: instant().notNull(),
    removedAt: instant(),
  },
  t => [
    primaryKey({ columns: [t.messageId, t.userId, t.emoji] }),
    index('reactions_live').on(t.messageId, t.emoji, t.sequence).where(sql`${t.removedAt} is null`),
  ],
)

const { search: _, fileNames: __, hasImage: ___, ...ofMessages } = getTableColumns(messages)
export const messageColumns = ofMessages

/** That a message was edited, and where in its chat's stream: what it said before stays in the log alone. */
export const messageEdits = pgTable(
  'message_edits',
  {
    /** Of the event. */
    id: uuid().primaryKey(),
    messageId: uuid().notNull(),
    revision: revision().notNull(),
    editedAt: instant().notNull(),
  },
  t => [index('message_edits_message').on(t.messageId, t.revision)],
)

export const readMarkers = pgTable(
  'read_markers',
  {
    chatId: uuid().notNull(),
    userId: uuid().notNull(),
    sequence: integer().notNull(),
    readAt: instant().notNull(),
    position: bigint({ mode: 'bigint' }).notNull(),
  },
  t => [primaryKey({ columns: [t.chatId, t.userId] }), index('read_markers_chat').on(t.chatId, t.position)],
)

/** Chats that somebody muted, or has taken back to be told of. */
export const chatMutes = pgTable(
  'chat_mutes',
  {
    chatId: uuid().notNull(),
    userId: uuid().notNull(),
    muted: boolean().notNull(),
    /** Null for good. */
    until: instant(),
    position: bigint({ mode: 'bigint' }).notNull(),
  },
  t => [primaryKey({ columns: [t.userId, t.chatId] })],
)
