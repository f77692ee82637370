import { sql } from 'drizzle-orm'
import { bigint, boolean, index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type { NotificationKind, Preference } from './events.ts'

const instant = () => timestamp({ withTimezone: true })

export const notifications = pgTable(
  'notifications',
  {
    id: uuid().primaryKey(),
    userId: uuid().notNull(),
    /** Revision in the person's stream: the order of the list. */
    sequence: bigint({ mode: 'number' }).notNull(),
    category: text({ enum: ['MENTION', 'MESSAGE', 'COMPANY', 'SYSTEM'] }).notNull(),
    kind: text().$type<NotificationKind>().notNull(),
    inApp: boolean().notNull(),
    mail: boolean().notNull(),
    byId: uuid(),
    subjectType: text({ enum: ['Message', 'Company'] }),
    subjectId: uuid(),
    chatId: uuid(),
    createdAt: instant().notNull(),
    readAt: instant(),
  },
  t => [
    index('notifications_user').on(t.userId, t.sequence),
    index('notifications_unread').on(t.userId, t.sequence).where(sql`${t.readAt} is null`),
  ],
)

/** What somebody has chosen; no row: the defaults. */
export const notificationPreferences = pgTable('notification_preferences', {
  userId: uuid().primaryKey(),
  preferences: jsonb().$type<readonly Preference[]>().notNull(),
})
