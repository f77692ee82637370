import { builder } from '../../../graph/builder.ts'
import { command, commandField, notNull, payloadType } from '../../../graph/command-field.ts'
import { load, viewerOf } from '../../../graph/context.ts'
import { ConflictError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { globalId, idOf } from '../../../graph/node.ts'
import { DomainEvent, type EventView } from '../../../graph/stream.ts'
import type { Commit } from '../../../port/event-store.ts'
import type { UserView } from '../queries.ts'
import { User, users } from './user.ts'

commandField('updateProfile', {
  description: 'Changes your name, handle or picture.',
  input: builder.inputType('UpdateProfileInput', {
    description: 'What changes; what is left out stays.',
    fields: t => ({
      displayName: t.string({ description: 'The name to show, at most 100 characters.' }),
      handle: t.string({ description: 'Unique: 3 to 32 of a-z, 0-9, "_" and ".".' }),
      avatarFileId: t.id({ description: 'Id of a File of yours that is a picture; null takes the picture away.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<{ user: UserView; commit: Commit }>('UpdateProfilePayload', t => ({
    user: t.field({ type: User, description: 'You, as others see you now.', resolve: p => p.user }),
  })),
  errors: [ValidationError, NotFoundError, ConflictError],
  subject: (_, ctx) => globalId('User', viewerOf(ctx).userId),
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const commit = await command(ctx, userId, 'UpdateProfile', {
      userId,
      displayName: notNull('displayName', input.displayName),
      handle: notNull('handle', input.handle),
      avatarFileId: input.avatarFileId == null ? input.avatarFileId : idOf('File', input.avatarFileId),
      expectedVersion: input.expectedVersion ?? undefined,
    })
    const user = await load(ctx, users, userId)
    if (!user) throw new Error('an account without its row')
    return { user, commit }
  },
})

/** In inboxes: somebody's profile changed. */
export const ProfileUpdated = builder.objectRef<EventView & { userId: string }>('ProfileUpdated').implement({
  description: 'A profile changed.',
  interfaces: [DomainEvent],
  fields: t => ({
    user: t.field({
      type: User,
      description: 'Whose.',
      resolve: async (e, _, ctx) => {
        const user = await load(ctx, users, e.userId)
        if (!user) throw new Error('an account without its row')
        return user
      },
    }),
  }),
})

/** Where it is told that somebody's profile changed. */
export const profileFeed = (userId: string): string => `profile:${userId}`
