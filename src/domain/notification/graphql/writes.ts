import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { Refused, viewerOf } from '../../../graph/context.ts'
import { ValidationError } from '../../../graph/errors.ts'
import { atMost, parseGlobalId } from '../../../graph/node.ts'
import { rejectField } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import type { ReadTarget } from '../commands.ts'
import type { NotificationView } from '../queries.ts'
import { unreadNotifications } from '../queries.ts'
import { Category, Channel, myNotification, Notification } from './notification.ts'

interface Read {
  userId: string
  notifications: readonly NotificationView[]
  readUpTo: Date | null
  commit: Commit
}

const Target = builder.inputType('NotificationReadTarget', {
  description: 'Which notifications: one of these. At most 1,000 at a time, the oldest first.',
  isOneOf: true,
  fields: t => ({
    ids: t.idList({ description: 'These, at most 100. What is not yours is passed over.' }),
    createdUpTo: t.field({ type: 'DateTime', description: 'All up to this moment.' }),
    chatId: t.id({ description: 'All that is about this chat.' }),
  }),
})

interface TargetInput {
  ids?: string[] | null | undefined
  createdUpTo?: Date | null | undefined
  chatId?: string | null | undefined
}

const inner = (type: string, id: string): string[] => {
  const parsed = parseGlobalId(id)
  return parsed?.type === type ? [parsed.id] : []
}

function targetOf({ ids, createdUpTo, chatId }: TargetInput): ReadTarget {
  if (ids) return { ids: atMost(100, 'ids', ids).flatMap(id => inner('Notification', id)) }
  if (createdUpTo) return { createdUpTo: createdUpTo.toISOString() }
  const [chat] = inner('Chat', chatId ?? '')
  return chat ? { chatId: chat } : { ids: [] }
}

export const MarkNotificationsAsReadPayload = payloadType<Read>('MarkNotificationsAsReadPayload', t => ({
  notifications: t.field({
    type: [Notification],
    complexity: { field: 1, multiplier: 20 },
    description: 'Those that are read now and were not before.',
    resolve: p => [...p.notifications],
  }),
  readUpTo: t.field({
    type: 'DateTime',
    nullable: true,
    description: 'Up to when, if you said so.',
    resolve: p => p.readUpTo,
  }),
}))

commandField('markNotificationsAsRead', {
  description: 'Says that you have read notifications.',
  input: builder.inputType('MarkNotificationsAsReadInput', {
    description: 'Which.',
    fields: t => ({ target: t.field({ type: Target, required: true, description: 'Which notifications.' }) }),
  }),
  payload: MarkNotificationsAsReadPayload,
  errors: [ValidationError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const target = targetOf(input.target as TargetInput)
    const ids = await ctx.ask(unreadNotifications, { userId, target })
    const commit = await command(ctx, userId, 'MarkNotificationsAsRead', { userId, target })
    const read = await Promise.all(ids.map(id => myNotification(ctx, id)))
    const readUpTo = 'createdUpTo' in target ? new Date(target.createdUpTo) : null
    return { userId, notifications: read.filter(n => n !== null), readUpTo, commit }
  },
})

export const UpdateNotificationPreferencesPayload = payloadType<{ userId: string; commit: Commit }>(
  'UpdateNotificationPreferencesPayload',
  () => ({}),
)

commandField('updateNotificationPreferences', {
  description: 'Chooses where you hear of what. It holds for what happens from then on.',
  input: builder.inputType('UpdateNotificationPreferencesInput', {
    description: 'What changes.',
    fields: t => ({
      preferences: t.field({
        type: [
          builder.inputType('NotificationPreferenceInput', {
            description: 'Where you want to hear of what.',
            fields: f => ({
              category: f.field({ type: Category, required: true, description: 'Of what.' }),
              channels: f.field({ type: [Channel], required: true, description: 'Where; empty: nowhere.' }),
            }),
          }),
        ],
        required: true,
        description: 'Each category once; those left out stay as they are.',
      }),
    }),
  }),
  payload: UpdateNotificationPreferencesPayload,
  errors: [ValidationError],
  resolve: async ({ preferences }, ctx) => {
    const { userId } = viewerOf(ctx)
    if (preferences.some(({ channels }) => channels.length > 3))
      throw new Refused(rejectField('preferences', 'Each channel once.'))
    return { userId, commit: await command(ctx, userId, 'UpdateNotificationPreferences', { userId, preferences }) }
  },
})
