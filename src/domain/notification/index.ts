import type { Domain } from '../../kernel/domain.ts'
import { notification } from './notification.ts'
import { notificationAudience, notificationList } from './projections.ts'

/** What people are told beside what they look at, and where they want to hear of it. */
export const notificationDomain: Domain = {
  name: 'notification',
  deciders: [notification],
  projections: [notificationList],
  audience: [notificationAudience],
}
