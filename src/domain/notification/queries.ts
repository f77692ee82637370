import { and, asc, count, desc, eq, gt, inArray, isNull, lt, lte, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { ReadTarget } from './commands.ts'
import type { NotificationCategory } from './events.ts'
import { type Preferences, toPreferences } from './notification.ts'
import { notificationPreferences, notifications } from './tables.ts'

type Db = NodePgDatabase

export interface NotificationView extends Readonly<typeof notifications.$inferSelect> {
  nodeType: 'Notification'
}
const toView = (row: typeof notifications.$inferSelect): NotificationView => ({ nodeType: 'Notification', ...row })
const shown = eq(notifications.inApp, true)

/** Notifications that are shown, by id; null where there is none. */
export async function notificationsByIds(db: Db, ids: readonly string[]): Promise<(NotificationView | null)[]> {
  const rows = await db
    .select()
    .from(notifications)
    .where(and(inArray(notifications.id, [...ids]), shown))
  const byId = new Map(rows.map(row => [row.id, toView(row)]))
  return ids.map(id => byId.get(id) ?? null)
}

/** What somebody was told, the newest first. */
export async function notificationsOf(
  db: Db,
  args: {
    userId: string
    unread: boolean | null
    categories: readonly NotificationCategory[] | null
    before: number | null
    limit: number
  },
): Promise<NotificationView[]> {
  const { userId, unread, categories, before, limit } = args
  const rows = await db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.userId, userId),
        shown,
        unread === null ? undefined : unread ? isNull(notifications.readAt) : sql`${notifications.readAt} is not null`,
        categories ? inArray(notifications.category, [...categories]) : undefined,
        before === null ? undefined : lt(notifications.sequence, before),
      ),
    )
    .orderBy(desc(notifications.sequence))
    .limit(limit)
  return rows.map(toView)
}

/** How many are shown and unread. */
export async function unreadNotificationCount(db: Db, userId: string): Promise<number> {
  const [row] = await db
    .select({ n: count() })
    .from(notifications)
    .where(and(eq(notifications.userId, userId), isNull(notifications.readAt), shown))
  return row?.n ?? 0
}

/** Ids of a target that are unread, the oldest first; at most 1,000. Those of others are none of one's own. */
export async function unreadNotifications(db: Db, args: { userId: string; target: ReadTarget }): Promise<string[]> {
  const { userId, target } = args
  const meant =
    'ids' in target
      ? inArray(notifications.id, [...target.ids])
      : 'chatId' in target
        ? eq(notifications.chatId, target.chatId)
        : lte(notifications.createdAt, new Date(target.createdUpTo))
  const rows = await db
    .select({ id: notifications.id })
    .from(notifications)
    .where(and(eq(notifications.userId, userId), isNull(notifications.readAt), meant))
    .orderBy(asc(notifications.sequence))
    .limit(1_000)
  return rows.map(row => row.id)
}

/** What somebody has not read and wants mailed, the oldest first, as far back as `since`. */
export async function unreadToMail(
  db: Db,
  args: { userId: string; since: Date; limit: number },
): Promise<NotificationView[]> {
  const rows = await db
    .select()
    .from(notifications)
    .where(
      and(
        eq(notifications.userId, args.userId),
        isNull(notifications.readAt),
        eq(notifications.mail, true),
        gt(notifications.createdAt, args.since),
      ),
    )
    .orderBy(asc(notifications.sequence))
    .limit(args.limit)
  return rows.map(toView)
}

/** What somebody has not read of what they were told of a chat, the oldest 1,000. */
export async function unreadOfChat(
  db: Db,
  args: { userId: string; chatId: string },
): Promise<{ id: string; subjectId: string | null }[]> {
  return db
    .select({ id: notifications.id, subjectId: notifications.subjectId })
    .from(notifications)
    .where(
      and(
        eq(notifications.userId, args.userId),
        isNull(notifications.readAt),
        eq(notifications.chatId, args.chatId),
        eq(notifications.subjectType, 'Message'),
      ),
    )
    .orderBy(asc(notifications.sequence))
    .limit(1_000)
}

/** Where somebody wants to hear of what. */
export async function preferencesOf(db: Db, userId: string): Promise<Preferences> {
  const [row] = await db.select().from(notificationPreferences).where(eq(notificationPreferences.userId, userId))
  return toPreferences(row?.preferences ?? [])
}
