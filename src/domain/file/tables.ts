import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = () => timestamp({ withTimezone: true })

/** One row a file, also of a deleted one. The name is null when erased or deleted. */
export const files = pgTable(
  'files',
  {
    id: uuid().primaryKey(),
    ownerId: uuid().notNull(),
    state: text({ enum: ['PENDING', 'READY', 'REJECTED'] }).notNull(),
    name: text(),
    contentType: text().notNull(),
    size: integer().notNull(),
    sha256: text(),
    width: integer(),
    height: integer(),
    durationMs: integer(),
    thumbnail: boolean().notNull().default(false),
    previewHash: text(),
    rejectionReason: text(),
    createdAt: instant().notNull(),
    /** When it became READY or REJECTED. */
    settledAt: instant(),
    deletedAt: instant(),
  },
  t => [
    index('files_open').on(t.ownerId, t.createdAt).where(sql`${t.state} = 'PENDING' and ${t.deletedAt} is null`),
    index('files_owner').on(t.ownerId, t.id).where(sql`${t.deletedAt} is null`),
  ],
)
