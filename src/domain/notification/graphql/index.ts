import './writes.ts'

export { NotificationCreated, NotificationsChanged, toNotificationEvent } from './events.ts'
export {
  myNotifications,
  Notification,
  NotificationFilter,
  NotificationList,
  NotificationPreference,
  preferenceList,
} from './notification.ts'
export { MarkNotificationsAsReadPayload, UpdateNotificationPreferencesPayload } from './writes.ts'
