import { and, eq, inArray, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { chatMutes } from '../tables.ts'
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
