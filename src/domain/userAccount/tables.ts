import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = () => timestamp({ withTimezone: true })

/** One row an account, also of a deleted one: messages keep their author. What is personal is null when erased. */
export const userAccounts = pgTable(
  'user_accounts',
  {
    id: uuid().primaryKey(),
    version: bigint({ mode: 'number' }).notNull(),
    status: text({ enum: ['ACTIVE', 'DISABLED', 'DELETED'] }).notNull(),
    platformRole: text({ enum: ['ADMIN', 'MANAGER', 'AGENT', 'USER'] }).notNull(),
    email: text(),
    emailVerifiedAt: instant(),
    handle: text(),
    displayName: text(),
    avatarFileId: uuid(),
    locale: text(),
    timeZone: text(),
    createdAt: instant().notNull(),
    deletedAt: instant(),
  },
  t => [
    index('user_accounts_admins').on(t.id).where(sql`${t.platformRole} = 'ADMIN'`),
    index('user_accounts_email').on(t.email),
    index('user_accounts_avatar').on(t.avatarFileId),
    index('user_accounts_handle').on(t.handle.op('text_pattern_ops')),
    index('user_accounts_name').on(sql`lower(${t.displayName}) text_pattern_ops`),
  ],
)
