import { patch, projection, put } from '../../kernel/projection.ts'
import { notificationEvents } from './events.ts'
import { notificationPreferences, notifications } from './tables.ts'

export const notificationList = projection(
  'notifications',
  notificationEvents,
  [notifications, notificationPreferences],
  {
    NotificationCreated: ({ data: { notificationId, by, subject, ...data }, revision, at }) => [
      put(notifications, {
        id: notificationId,
        sequence: revision,
        byId: by,
        subjectType: subject?.type ?? null,
        subjectId: subject?.id ?? null,
        ...data,
        createdAt: at,
      }),
    ],
    NotificationsRead: ({ data, at }) => data.ids.map(id => patch(notifications, { id, readAt: at })),
    NotificationPreferencesUpdated: ({ data: { userId, preferences } }) => [
      put(notificationPreferences, { userId, preferences }),
    ],
  },
)

const ofUser = ({ data }: { data: { userId: string } }) => [`user:${data.userId}`]

/** Whose inbox hears of it: one's own. What is only mailed is not shown. */
export const notificationAudience = {
  events: notificationEvents,
  on: {
    NotificationCreated: ({ data }: { data: { userId: string; inApp: boolean } }) =>
      data.inApp ? ofUser({ data }) : [],
    NotificationsRead: ofUser,
  },
}
