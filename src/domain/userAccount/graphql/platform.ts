import { builder, type Types } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Context, carryOut, load, viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { idOf } from '../../../graph/node.ts'
import type { Commit } from '../../../port/event-store.ts'
import type { UserView } from '../queries.ts'
import { User, users } from './user.ts'
import { PlatformRoleEnum } from './viewer.ts'

// What only an ADMIN of the platform does.

interface Changed {
  user: UserView
  commit: Commit
}
const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]
const changed = (t: PothosSchemaTypes.ObjectFieldBuilder<Types, Changed>) => ({
  user: t.field({ type: User, description: 'The account, as it is now.', resolve: p => p.user }),
})

async function after(ctx: Context, userId: string, commit: Commit): Promise<Changed> {
  const user = await load(ctx, users, userId)
  if (!user) throw new Error('an account without its row')
  return { user, commit }
}

commandField('changePlatformRole', {
  description: 'Gives an account another role on the platform. ADMIN only; the last ADMIN stays one.',
  input: builder.inputType('ChangePlatformRoleInput', {
    description: 'Who becomes what.',
    fields: t => ({
      userId: t.id({ required: true, description: 'Id of a User.' }),
      role: t.field({ type: PlatformRoleEnum, required: true, description: 'What they may do from now on.' }),
    }),
  }),
  payload: payloadType<Changed>('ChangePlatformRolePayload', changed),
  errors,
  resolve: async (input, ctx) => {
    const userId = idOf('User', input.userId)
    const { userId: actor } = viewerOf(ctx)
    return after(ctx, userId, await command(ctx, actor, 'ChangePlatformRole', { userId, role: input.role }))
  },
})

commandField('disableUser', {
  description:
    'Closes an account: it is signed out everywhere within a second and cannot sign in. What it wrote stays under its name. ADMIN only; not for oneself, nor for the last ADMIN.',
  input: builder.inputType('DisableUserInput', {
    description: 'Whose account.',
    fields: t => ({
      userId: t.id({ required: true, description: 'Id of a User.' }),
      reason: t.string({ description: 'Why, for the log; at most 1,000 characters. The API does not show it.' }),
    }),
  }),
  payload: payloadType<Changed>('DisableUserPayload', changed),
  errors,
  resolve: async ({ userId: id, reason = null }, ctx) => {
    const userId = idOf('User', id)
    const { userId: actor } = viewerOf(ctx)
    const request = { type: 'DisableUser', input: { userId, reason }, actor }
    // Once more by a process, for a server that dies here.
    const commit = await carryOut(ctx, request, async () => void (await ctx.sessions.end(userId, {})))
    return after(ctx, userId, commit)
  },
})

commandField('enableUser', {
  description: 'Opens a disabled account again: its owner can sign in with the old password. ADMIN only.',
  input: builder.inputType('EnableUserInput', {
    description: 'Whose account.',
    fields: t => ({ userId: t.id({ required: true, description: 'Id of a User.' }) }),
  }),
  payload: payloadType<Changed>('EnableUserPayload', changed),
  errors,
  resolve: async (input, ctx) => {
    const userId = idOf('User', input.userId)
    const { userId: actor } = viewerOf(ctx)
    return after(ctx, userId, await command(ctx, actor, 'EnableUser', { userId }))
  },
})
