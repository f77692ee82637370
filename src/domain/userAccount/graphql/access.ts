import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { carryOut, Refused, viewerOf } from '../../../graph/context.ts'
import { ConflictError, CredentialsError, ValidationError } from '../../../graph/errors.ts'
import { globalId } from '../../../graph/node.ts'
import { reject, rejectField } from '../../../kernel/reject.ts'
import { line } from '../../../kernel/text.ts'
import type { Commit } from '../../../port/event-store.ts'
import { Email } from '../commands.ts'
import { accountIdByEmail } from '../queries.ts'
import { checkPassword, me, type SignedIn, signedIn, signIn } from './signing-in.ts'
import { tryLogin, tryOwn } from './tries.ts'
import { Viewer, type ViewerView } from './viewer.ts'

// Coming and going: log in, renew, log out, change the password, delete the account.

const DeviceName = line(1, 100)
function nameOfDevice(given: string | null | undefined): string | null {
  if (!given?.trim()) return null
  const { data, error } = DeviceName.safeParse(given)
  if (error) throw new Refused(rejectField('deviceName', error.issues[0]?.message ?? 'It is not a name.'))
  return data
}

commandField('login', {
  description: 'Signs in with e-mail and password. Answers alike for a wrong password and an unknown e-mail.',
  open: true,
  input: builder.inputType('LoginInput', {
    description: 'Your credentials.',
    fields: t => ({
      email: t.string({ required: true, description: 'Your e-mail address, in upper or lower case.' }),
      password: t.string({ required: true, description: 'Your password.' }),
      deviceName: t.string({ description: 'What the session is called in your list, at most 100 characters.' }),
    }),
  }),
  payload: builder
    .objectRef<SignedIn>('LoginPayload')
    .implement({ description: 'You are in.', fields: t => signedIn(t) }),
  errors: [ValidationError, CredentialsError],
  resolve: async (input, ctx) => {
    const deviceName = nameOfDevice(input.deviceName)
    const email = Email.safeParse(input.email)
    const userId = email.success ? await ctx.ask(accountIdByEmail, email.data) : null
    const account = await tryLogin(ctx, email.data ?? input.email.slice(0, 254), userId, input.password)
    return signIn(ctx, account, deviceName)
  },
})

commandField('refreshSession', {
  description:
    'Gives new tokens for a refresh token. The old one stays good until its successor is first used; used after that, it ends the session.',
  open: true,
  input: builder.inputType('RefreshSessionInput', {
    description: 'The refresh token.',
    fields: t => ({ refreshToken: t.string({ required: true, description: 'The last one you got.' }) }),
  }),
  payload: builder
    .objectRef<SignedIn>('RefreshSessionPayload')
    .implement({ description: 'Go on with these.', fields: t => signedIn(t) }),
  errors: [CredentialsError],
  resolve: async ({ refreshToken }, ctx) => {
    const refreshed = await ctx.refresh(refreshToken)
    if (!refreshed) throw new Refused(reject('TOKEN_EXPIRED', 'This refresh token is not valid any more: log in.'))
    const { tokens, userId, sessionId } = refreshed
    ctx.viewer = { userId, sessionId, expiresAt: tokens.accessTokenExpiresAt }
    return { tokens, viewer: await me(ctx, userId) }
  },
})

commandField('logout', {
  description: 'Ends this session, or all of yours. Their sockets close within a second.',
  input: builder.inputType('LogoutInput', {
    description: 'Which sessions.',
    fields: t => ({ allSessions: t.boolean({ defaultValue: false, description: 'All of them, not just this one.' }) }),
  }),
  payload: builder.objectRef<{ removedSessionIds: string[] }>('LogoutPayload').implement({
    description: 'You are out.',
    fields: t => ({
      removedSessionIds: t.exposeIDList('removedSessionIds', { description: 'The sessions that ended.' }),
    }),
  }),
  errors: [ValidationError],
  resolve: async ({ allSessions }, ctx) => {
    const { userId, sessionId } = viewerOf(ctx)
    const sessionIds = await ctx.sessions.end(userId, allSessions ? {} : { only: sessionId })
    await command(ctx, userId, 'Logout', { userId, sessionIds })
    return { removedSessionIds: sessionIds.map(id => globalId('Session', id)) }
  },
})

commandField('changePassword', {
  description: 'Sets another password and ends all other sessions.',
  input: builder.inputType('ChangePasswordInput', {
    description: 'The old and the new password.',
    fields: t => ({
      currentPassword: t.string({ required: true, description: 'The one you have.' }),
      newPassword: t.string({ required: true, description: '8 to 128 characters, and not a common one.' }),
    }),
  }),
  payload: payloadType<{ viewer: ViewerView; commit: Commit }>('ChangePasswordPayload', t => ({
    viewer: t.field({ type: Viewer, description: 'You.', resolve: p => p.viewer }),
  })),
  errors: [ValidationError, CredentialsError],
  resolve: async ({ currentPassword, newPassword }, ctx) => {
    const { userId, sessionId } = viewerOf(ctx)
    const viewer = await me(ctx, userId)
    await tryOwn(ctx, userId, currentPassword)
    checkPassword('newPassword', newPassword, [viewer.email])
    await ctx.passwords.set(userId, newPassword)
    await ctx.accountTokens.drop(userId, 'RESET_PASSWORD')
    await ctx.sessions.end(userId, { except: sessionId })
    return { commit: await command(ctx, userId, 'ChangePassword', { userId }), viewer }
  },
})

commandField('deleteAccount', {
  description:
    'Deletes your account: your name goes, your sessions end, you leave all chats and companies, your messages stay without a name. Refused while a company with other people has no owner but you.',
  input: builder.inputType('DeleteAccountInput', {
    description: 'To be sure that it is you.',
    fields: t => ({ password: t.string({ required: true, description: 'Your password.' }) }),
  }),
  payload: payloadType<{ userId: string; commit: Commit }>('DeleteAccountPayload', t => ({
    removedUserId: t.id({ description: 'Your id, as it was.', resolve: p => globalId('User', p.userId) }),
  })),
  errors: [CredentialsError, ConflictError],
  resolve: async ({ password }, ctx) => {
    const { userId } = viewerOf(ctx)
    await tryOwn(ctx, userId, password)
    const commit = await carryOut(ctx, { type: 'DeleteAccount', input: { userId }, actor: userId }, async () => {
      await ctx.passwords.remove(userId)
      await ctx.accountTokens.drop(userId)
      await ctx.sessions.end(userId, {})
    })
    return { userId, commit }
  },
})
