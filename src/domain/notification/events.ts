import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

export const NotificationCategory = z.enum(['MENTION', 'MESSAGE', 'COMPANY', 'SYSTEM'])
export type NotificationCategory = z.infer<typeof NotificationCategory>
export const NotificationChannel = z.enum(['IN_APP', 'EMAIL', 'TELEGRAM'])
export type NotificationChannel = z.infer<typeof NotificationChannel>
/** What happened: the words for it are made when it is read, in the reader's language. */
export const NotificationKind = z.enum([
  'MENTIONED',
  'COMPANY_JOINED',
  'COMPANY_LEFT',
  'COMPANY_ROLE_CHANGED',
  'PASSWORD_CHANGED',
])
export type NotificationKind = z.infer<typeof NotificationKind>

const userId = z.uuid()
/** What it is about, and who did it: ids alone, so that nothing of it is personal. */
export const About = z.object({
  notificationId: z.uuid(),
  category: NotificationCategory,
  kind: NotificationKind,
  by: z.uuid().nullable(),
  subject: z.object({ type: z.enum(['Message', 'Company']), id: z.uuid() }).nullable(),
  chatId: z.uuid().nullable(),
})
export const Preference = z.object({ category: NotificationCategory, channels: z.array(NotificationChannel) })
export type Preference = z.infer<typeof Preference>

/** What somebody was told: one stream a person, `notification-<user>`. */
export const notificationEvents = defineEvents('notification', {
  /** `inApp`, `mail`: where the person wanted to hear of it. */
  NotificationCreated: { v: 1, data: About.extend({ userId, inApp: z.boolean(), mail: z.boolean() }) },
  NotificationsRead: {
    v: 1,
    data: z.object({ userId, ids: z.array(z.uuid()), upTo: z.iso.datetime().nullable() }),
  },
  NotificationPreferencesUpdated: {
    v: 1,
    bump: true,
    data: z.object({ userId, preferences: z.array(Preference) }),
  },
})
