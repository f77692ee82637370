import { builder } from '../../../graph/builder.ts'
import type { Context } from '../../../graph/context.ts'
import { DomainEvent, type EventView } from '../../../graph/stream.ts'
import type { AnyEvent } from '../../../kernel/message.ts'
import type { NotificationView } from '../queries.ts'
import { myNotification, Notification, NotificationList, notificationEdge } from './notification.ts'

/** An event of one's notifications, as the inbox tells it. */
export interface NotificationEventView extends EventView {
  userId: string
  ids: readonly string[]
  upTo: string | null
}

/** The notifications of an event that are shown. */
async function shownIn(ctx: Context, { ids }: { ids: readonly string[] }): Promise<NotificationView[]> {
  const found = await Promise.all(ids.map(id => myNotification(ctx, id)))
  return found.filter(n => n !== null)
}

export const NotificationCreated = builder.objectRef<NotificationEventView>('NotificationCreated').implement({
  description: 'You are told of something.',
  interfaces: [DomainEvent],
  fields: t => ({
    edge: t.field({
      type: NotificationList.edge,
      description: 'What, and its place in the list.',
      resolve: async (e, _, ctx) => {
        const [node] = await shownIn(ctx, e)
        if (!node) throw new Error('a notification without its row')
        return notificationEdge(ctx, node)
      },
    }),
  }),
})

export const NotificationsChanged = builder.objectRef<NotificationEventView>('NotificationsChanged').implement({
  description: 'You have read notifications, on this device or another.',
  interfaces: [DomainEvent],
  fields: t => ({
    notifications: t.field({
      type: [Notification],
      complexity: { field: 1, multiplier: 20 },
      description: 'Those that are read now.',
      resolve: (e, _, ctx) => shownIn(ctx, e),
    }),
    readUpTo: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Up to when all were read, if it was said so.',
      resolve: e => (e.upTo ? new Date(e.upTo) : null),
    }),
  }),
})

export function toNotificationEvent(event: AnyEvent, userId: string): NotificationEventView {
  const base = { at: event.at, actorId: event.actor, userId }
  const data = event.data as { notificationId?: string; ids?: string[]; upTo?: string | null }
  return data.notificationId
    ? { eventType: 'NotificationCreated', ...base, ids: [data.notificationId], upTo: null }
    : { eventType: 'NotificationsChanged', ...base, ids: data.ids ?? [], upTo: data.upTo ?? null }
}
