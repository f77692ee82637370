import { builder } from '../../../graph/builder.ts'
import { connectionType, type Edge, edgeOf, type PageArgs, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load, viewerOf } from '../../../graph/context.ts'
import { Node, nodeType } from '../../../graph/node.ts'
import type { NotificationCategory, NotificationChannel } from '../events.ts'
import type { Preferences } from '../notification.ts'
import { type NotificationView, notificationsByIds, notificationsOf } from '../queries.ts'

// What somebody is told beside what they look at. Title, subject and actor are of other domains: the edges add them.

export const Category = builder.enumType('NotificationCategory', {
  description: 'What a notification is about.',
  values: {
    MENTION: { description: 'Somebody named you in a message.' },
    MESSAGE: { description: 'A message. In the app unread counts show it; there is no notification for each.' },
    COMPANY: { description: 'You came into a company, left it, or your role changed.' },
    SYSTEM: { description: 'Something about your account, such as a new password.' },
  } satisfies Record<NotificationCategory, { description: string }>,
})
export const Channel = builder.enumType('NotificationChannel', {
  description: 'Where one hears of it.',
  values: {
    IN_APP: { description: 'In the list of notifications and the inbox.' },
    EMAIL: { description: 'By mail, collected for a while, if it is still unread then and your address is confirmed.' },
    TELEGRAM: { description: 'By Telegram, once it is connected.' },
  } satisfies Record<NotificationChannel, { description: string }>,
})

export const Notification = builder.objectRef<NotificationView>('Notification').implement({
  description: 'Something that you were told. Only you see it.',
  interfaces: [Node],
  fields: t => ({
    category: t.field({ type: Category, description: 'What it is about.', resolve: n => n.category }),
    createdAt: t.field({ type: 'DateTime', description: 'When it happened.', resolve: n => n.createdAt }),
    readAt: t.field({ type: 'DateTime', nullable: true, description: 'When you read it.', resolve: n => n.readAt }),
  }),
})
export const NotificationList = connectionType('Notification', Notification)

const byId: Batch<string, NotificationView | null> = (ctx, ids) => ctx.ask(notificationsByIds, ids)

/** A notification of one's own; null for all others. */
export async function myNotification(ctx: Context, id: string): Promise<NotificationView | null> {
  const { userId } = viewerOf(ctx)
  const found = await load(ctx, byId, id)
  return found?.userId === userId ? found : null
}
nodeType('Notification', myNotification)

export const NotificationFilter = builder.inputType('NotificationFilter', {
  description: 'Which notifications.',
  fields: t => ({
    unread: t.boolean({ description: 'True: only unread ones; false: only read ones.' }),
    category: t.field({ type: [Category], description: 'Only of these categories.' }),
  }),
})

interface Filter {
  unread?: boolean | null | undefined
  category?: readonly NotificationCategory[] | null | undefined
}
const list = 'notifications'

/** A page of one's notifications, the newest first. */
export async function myNotifications(
  ctx: Context,
  userId: string,
  { filter, ...args }: PageArgs & { filter?: Filter | null | undefined },
) {
  const page = pageOf(ctx, list, args)
  const rows = await ctx.ask(notificationsOf, {
    userId,
    unread: filter?.unread ?? null,
    categories: filter?.category ?? null,
    before: page.from ? Number(page.from[0]) : null,
    limit: page.limit + 1,
  })
  return toConnection(ctx, list, page, rows.slice(0, page.limit), rows.length > page.limit, n => [n.sequence])
}
export const notificationEdge = (ctx: Context, node: NotificationView): Edge<NotificationView> =>
  edgeOf(ctx, list, node, [node.sequence])

export interface PreferenceView {
  category: NotificationCategory
  channels: readonly NotificationChannel[]
}
export const NotificationPreference = builder.objectRef<PreferenceView>('NotificationPreference').implement({
  description: 'Where you hear of what.',
  fields: t => ({
    category: t.field({ type: Category, description: 'Of what.', resolve: p => p.category }),
    channels: t.field({ type: [Channel], description: 'Where; empty: nowhere.', resolve: p => [...p.channels] }),
  }),
})
export const preferenceList = (of: Preferences): PreferenceView[] =>
  (Object.keys(of) as NotificationCategory[]).map(category => ({ category, channels: of[category] }))
