import { and, asc, desc, eq, exists, gt, inArray, isNull, lt, not, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { alias } from 'drizzle-orm/pg-core'
import { chats, messageFiles, messages, participants } from '../tables.ts'

type Db = NodePgDatabase

/** A message that is not deleted, in a chat that is not. */
const holds = and(eq(messages.id, messageFiles.messageId), isNull(messages.deletedAt))
const inLivingChat = and(eq(chats.id, messageFiles.chatId), isNull(chats.deletedAt))

/** Ids of the files that each message holds, in their order; none when it is deleted. */
export async function filesOfMessages(db: Db, messageIds: readonly string[]): Promise<string[][]> {
  const rows = await db
    .select({ messageId: messageFiles.messageId, fileId: messageFiles.fileId })
    .from(messageFiles)
    .innerJoin(messages, holds)
    .where(inArray(messageFiles.messageId, [...messageIds]))
    .orderBy(asc(messageFiles.place))
  return messageIds.map(id => rows.filter(row => row.messageId === id).map(row => row.fileId))
}

/** Of some files, those that a message of a chat holds that one is in now. */
export async function filesSeenBy(db: Db, args: { userId: string; fileIds: readonly string[] }): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: messageFiles.fileId })
    .from(messageFiles)
    .innerJoin(messages, holds)
    .innerJoin(chats, inLivingChat)
    .innerJoin(
      participants,
      and(
        eq(participants.chatId, messageFiles.chatId),
        eq(participants.userId, args.userId),
        isNull(participants.leftAt),
      ),
    )
    .where(inArray(messageFiles.fileId, [...args.fileIds]))
  return rows.map(row => row.id)
}

/** Messages that hold a file, not deleted and in no deleted chat, the newest first. */
export async function messagesWith(
  db: Db,
  args: { fileId: string; limit: number },
): Promise<{ chatId: string; messageId: string }[]> {
  return db
    .select({ chatId: messageFiles.chatId, messageId: messageFiles.messageId })
    .from(messageFiles)
    .innerJoin(messages, holds)
    .innerJoin(chats, inLivingChat)
    .where(eq(messageFiles.fileId, args.fileId))
    .orderBy(desc(messages.createdAt))
    .limit(args.limit)
}

/** Whether files were ever sent in a message, and whether one holds them now. */
export async function holdsOf(db: Db, fileIds: readonly string[]): Promise<('never' | 'now' | 'before')[]> {
  const rows = await db
    .select({
      id: messageFiles.fileId,
      now: sql<boolean>`bool_or(${messages.deletedAt} is null and ${chats.deletedAt} is null)`,
    })
    .from(messageFiles)
    .innerJoin(messages, eq(messages.id, messageFiles.messageId))
    .innerJoin(chats, eq(chats.id, messageFiles.chatId))
    .where(inArray(messageFiles.fileId, [...fileIds]))
    .groupBy(messageFiles.fileId)
  const now = new Map(rows.map(row => [row.id, row.now]))
  return fileIds.map(id => (now.has(id) ? (now.get(id) ? 'now' : 'before') : 'never'))
}

/** Where a file stands in the list of a chat. */
export interface SharedFile {
  fileId: string
  sequence: number
  place: number
}

/** Files that messages of a chat hold, the newest first, each once: where it was sent last. */
export async function sharedFilesOf(
  db: Db,
  args: { chatId: string; after: { sequence: number; place: number } | null; limit: number },
): Promise<SharedFile[]> {
  const { chatId, after } = args
  const later = alias(messageFiles, 'later')
  const laterMessage = alias(messages, 'later_message')
  const sentAgain = db
    .select({ one: sql`1` })
    .from(later)
    .innerJoin(laterMessage, and(eq(laterMessage.id, later.messageId), isNull(laterMessage.deletedAt)))
    .where(
      and(
        eq(later.fileId, messageFiles.fileId),
        eq(later.chatId, messageFiles.chatId),
        gt(later.sequence, messageFiles.sequence),
      ),
    )
  return db
    .select({ fileId: messageFiles.fileId, sequence: messageFiles.sequence, place: messageFiles.place })
    .from(messageFiles)
    .innerJoin(messages, holds)
    .where(
      and(
        eq(messageFiles.chatId, chatId),
        not(exists(sentAgain)),
        after === null
          ? undefined
          : or(
              lt(messageFiles.sequence, after.sequence),
              and(eq(messageFiles.sequence, after.sequence), gt(messageFiles.place, after.place)),
            ),
      ),
    )
    .orderBy(desc(messageFiles.sequence), asc(messageFiles.place))
    .limit(args.limit)
}

/** Of some files, those that are the picture of a chat: of any, or of one that somebody is in now. */
export async function chatAvatars(
  db: Db,
  args: { fileIds: readonly string[]; userId: string | null },
): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: chats.avatarFileId })
    .from(chats)
    .innerJoin(
      participants,
      and(
        eq(participants.chatId, chats.id),
        isNull(participants.leftAt),
        args.userId === null ? undefined : eq(participants.userId, args.userId),
      ),
    )
    .where(and(inArray(chats.avatarFileId, [...args.fileIds]), isNull(chats.deletedAt)))
  return rows.flatMap(row => row.id ?? [])
}
