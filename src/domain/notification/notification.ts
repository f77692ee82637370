import { decider } from '../../kernel/decider.ts'
import { rejectField } from '../../kernel/reject.ts'
import { notificationCommands } from './commands.ts'
import { type NotificationCategory, type NotificationChannel, notificationEvents, type Preference } from './events.ts'

declare module '../../kernel/decider.ts' {
  interface Facts {
    /** Ids of the notifications of a target that are unread, the oldest first; at most 1,000. */
    unreadNotifications: readonly string[]
  }
}

/** Where one hears of what. */
export type Preferences = Record<NotificationCategory, readonly NotificationChannel[]>

/** As long as one has chosen nothing. Unread counts show messages already. */
export const defaults: Preferences = {
  MENTION: ['IN_APP', 'EMAIL'],
  MESSAGE: ['EMAIL'],
  COMPANY: ['IN_APP', 'EMAIL'],
  SYSTEM: ['IN_APP', 'EMAIL'],
}

export const toPreferences = (chosen: readonly Preference[]): Preferences => ({
  ...defaults,
  ...Object.fromEntries(chosen.map(({ category, channels }) => [category, channels])),
})

const { NotificationCreated, NotificationsRead, NotificationPreferencesUpdated } = notificationEvents.make

const listed = (preferences: Preferences): Preference[] =>
  (Object.keys(defaults) as NotificationCategory[]).map(category => ({
    category,
    channels: [...preferences[category]].sort(),
  }))

export const notification = decider(
  notificationEvents,
  notificationCommands,
)<{ preferences: Preferences }>({
  initial: { preferences: defaults },
  stateVersion: 1,

  decide: {
    Notify: ({ preferences }, about) => {
      const channels = preferences[about.category]
      const [inApp, mail] = [channels.includes('IN_APP'), channels.includes('EMAIL')]
      return inApp || mail ? [NotificationCreated({ ...about, inApp, mail })] : []
    },

    MarkNotificationsAsRead: (_, { userId, target }, { facts }) => {
      const ids = [...facts.unreadNotifications]
      return ids.length
        ? [NotificationsRead({ userId, ids, upTo: 'createdUpTo' in target ? target.createdUpTo : null })]
        : []
    },

    UpdateNotificationPreferences: ({ preferences }, { userId, preferences: chosen }) => {
      if (new Set(chosen.map(({ category }) => category)).size < chosen.length)
        return rejectField('preferences', 'Each category once.')
      if (chosen.some(({ channels }) => channels.includes('TELEGRAM')))
        return rejectField('preferences', 'Telegram is not connected.')
      if (chosen.some(({ category, channels }) => category === 'MESSAGE' && channels.includes('IN_APP')))
        return rejectField(
          'preferences',
          'Unread messages are counted at their chats: MESSAGE can be EMAIL, or nothing.',
        )
      const next = listed({ ...preferences, ...toOnce(chosen) })
      return JSON.stringify(next) === JSON.stringify(listed(preferences))
        ? []
        : [NotificationPreferencesUpdated({ userId, preferences: next })]
    },
  },

  evolve: {
    NotificationPreferencesUpdated: (_, { data }) => ({ preferences: toPreferences(data.preferences) }),
  },
})

const toOnce = (chosen: readonly Preference[]): Partial<Preferences> =>
  Object.fromEntries(chosen.map(({ category, channels }) => [category, [...new Set(channels)]]))
