import { sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { messageEdits } from '../tables.ts'

/** One page of a message's edits: those after a revision of its chat. */
export interface EditsPage {
  messageId: string
  after: number
  limit: number
}

/** Edits of messages, for each page asked for, the first ones first. */
export async function editsOf(
  db: NodePgDatabase,
  pages: readonly EditsPage[],
): Promise<{ revision: number; editedAt: Date }[][]> {
  const { rows } = await db.execute<{ n: number; revision: string; edited_at: Date | string }>(sql`
    select n, e.revision, e.edited_at
    from jsonb_to_recordset(${JSON.stringify(pages.map((page, n) => ({ ...page, n })))}::jsonb)
      as page(n int, "messageId" uuid, "after" bigint, "limit" bigint),
    lateral (select * from ${messageEdits} where message_id = page."messageId" and revision > page."after"
      order by revision limit page."limit") e order by n, e.revision`)
  const found: { revision: number; editedAt: Date }[][] = pages.map(() => [])
  for (const row of rows) found[row.n]?.push({ revision: Number(row.revision), editedAt: new Date(row.edited_at) })
  return found
}
