import { Chat, Message } from '../../domain/chat/graphql/index.ts'
import type { MessageView } from '../../domain/chat/queries/index.ts'
import { Company } from '../../domain/company/graphql/index.ts'
import {
  MarkNotificationsAsReadPayload,
  myNotifications,
  Notification,
  NotificationCreated,
  NotificationFilter,
  NotificationList,
  NotificationPreference,
  NotificationsChanged,
  preferenceList,
  UpdateNotificationPreferencesPayload,
} from '../../domain/notification/graphql/index.ts'
import { type NotificationView, preferencesOf, unreadNotificationCount } from '../../domain/notification/queries.ts'
import { User, users, Viewer, viewerView } from '../../domain/userAccount/graphql/index.ts'
import { builder } from '../../graph/builder.ts'
import { type Context, load, unauthenticated, viewerOf } from '../../graph/context.ts'
import { findNode, globalId, type NodeView } from '../../graph/node.ts'
import { languageOf } from '../../process/letters.ts'
import { titleOf } from '../../process/notification-words.ts'

// What notifications are about, and what one has of them.

const Subject = builder.unionType('NotificationSubject', {
  description: 'What a notification is about.',
  types: [Chat, Message, Company],
  resolveType: view => (view as NodeView).nodeType as never,
})

/** As its own typed field would answer: null when it is gone, or not for this person any more. */
const subjectOf = (ctx: Context, { subjectType, subjectId }: NotificationView) =>
  subjectType && subjectId ? findNode(ctx, globalId(subjectType, subjectId)) : Promise.resolve(null)

builder.objectFields(Notification, t => ({
  actor: t.field({
    type: User,
    nullable: true,
    description: 'Who did it.',
    resolve: (n, _, ctx) => (n.byId ? load(ctx, users, n.byId) : null),
  }),
  title: t.string({
    description: 'What happened, in one line and in your language.',
    resolve: async (n, _, ctx) => {
      const by = n.byId ? await load(ctx, users, n.byId) : null
      const viewer = await viewerView(ctx, viewerOf(ctx).userId)
      return titleOf(n.kind, languageOf(viewer?.locale ?? null), by?.displayName ?? null)
    },
  }),
  body: t.string({
    nullable: true,
    description: 'More of it: the text of the message, as it is now.',
    resolve: async (n, _, ctx) => {
      const subject = await subjectOf(ctx, n)
      return subject?.nodeType === 'Message' ? (subject as MessageView).body : null
    },
  }),
  subject: t.field({
    type: Subject,
    nullable: true,
    description: 'What it is about; null when it is gone, or not for you any more.',
    resolve: (n, _, ctx) => subjectOf(ctx, n) as never,
  }),
}))

builder.objectFields(Viewer, t => ({
  notifications: t.field({
    type: NotificationList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'What you were told, the newest first.',
    args: {
      filter: t.arg({ type: NotificationFilter, description: 'Which notifications.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (v, args, ctx) => myNotifications(ctx, v.id, args),
  }),
  unreadNotificationCount: t.int({
    description: 'How many you have not read.',
    resolve: (v, _, ctx) => ctx.ask(unreadNotificationCount, v.id),
  }),
  notificationPreferences: t.field({
    type: [NotificationPreference],
    complexity: { field: 1, multiplier: 4 },
    description: 'Where you hear of what.',
    resolve: async (v, _, ctx) => preferenceList(await ctx.ask(preferencesOf, v.id)),
  }),
}))

/** What moves the count gives the viewer, who holds it. */
for (const type of [
  MarkNotificationsAsReadPayload,
  UpdateNotificationPreferencesPayload,
  NotificationCreated,
  NotificationsChanged,
] as const)
  builder.objectField(type as typeof NotificationCreated, 'viewer', t =>
    t.field({
      type: Viewer,
      description: 'You.',
      resolve: async (p, _, ctx) => {
        const viewer = await viewerView(ctx, p.userId)
        if (!viewer) throw unauthenticated('This account is deleted.')
        return viewer
      },
    }),
  )
