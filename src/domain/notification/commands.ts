import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { About, Preference } from './events.ts'

const userId = z.uuid()
const ofUser = (c: { userId: string }) => `notification-${c.userId}`

/** Which notifications were read: some, all up to a moment, or all of a chat. */
export const ReadTarget = z.union([
  z.object({ ids: z.array(z.uuid()).max(100, 'At most 100 at a time.') }),
  z.object({ createdUpTo: z.iso.datetime() }),
  z.object({ chatId: z.uuid() }),
])
export type ReadTarget = z.infer<typeof ReadTarget>

export const notificationCommands = defineCommands({
  Notify: { input: About.extend({ userId }), stream: ofUser },
  MarkNotificationsAsRead: {
    input: z.object({ userId, target: ReadTarget }),
    stream: ofUser,
    facts: ['unreadNotifications'],
  },
  UpdateNotificationPreferences: {
    input: z.object({ userId, preferences: z.array(Preference).max(4, 'Each category once.') }),
    stream: ofUser,
  },
})
