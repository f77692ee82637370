import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { chatMutes, chats, messages, participants, readMarkers } from '../tables.ts'
import { byKey } from './rows.ts'

/** Until when a chat is muted; null for good. */
export interface MuteView {
  until: Date | null
}

/** Which of some chats somebody has muted now, and until when; null for those that are not. */
export async function mutesOf(
  db: NodePgDatabase,
  args: { userId: string; chatIds: readonly string[] },
): Promise<(MuteView | null)[]> {
  const rows = await db
    .select({ chatId: chatMutes.chatId, until: chatMutes.until })
    .from(chatMutes)
    .where(
      and(
        eq(chatMutes.userId, args.userId),
        inArray(chatMutes.chatId, [...args.chatIds]),
        chatMutes.muted,
        sql`(${chatMutes.until} is null or ${chatMutes.until} > now())`,
      ),
    )
  return args.chatIds.map(
    byKey(
      rows,
      row => row.chatId,
      ({ until }) => ({ until }),
    ),
  )
}

/**
 * Of some messages, those that somebody may still be told of: they are there, written by another, not read, and of a chat
 * that the person is in now and has not muted.
 */
export async function messagesToTell(
  db: NodePgDatabase,
  args: { userId: string; ids: readonly string[] },
): Promise<{ id: string; body: string | null; chatId: string; sequence: number }[]> {
  if (!args.ids.length) return []
  const mine = (of: typeof participants | typeof readMarkers | typeof chatMutes) =>
    and(eq(of.chatId, messages.chatId), eq(of.userId, args.userId))
  return db
    .select({ id: messages.id, body: messages.body, chatId: messages.chatId, sequence: messages.sequence })
    .from(messages)
    .innerJoin(chats, and(eq(chats.id, messages.chatId), isNull(chats.deletedAt)))
    .innerJoin(participants, and(mine(participants), isNull(participants.leftAt)))
    .leftJoin(readMarkers, mine(readMarkers))
    .leftJoin(
      chatMutes,
      and(mine(chatMutes), chatMutes.muted, sql`(${chatMutes.until} is null or ${chatMutes.until} > now())`),
    )
    .where(
      and(
        inArray(messages.id, [...args.ids]),
        isNull(messages.deletedAt),
        isNull(chatMutes.userId),
        sql`${messages.authorId} <> ${args.userId}`,
        sql`${messages.sequence} > coalesce(${readMarkers.sequence}, -1)`,
      ),
    )
}
