import { builder, type Types } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type AuthTokens, type Context, carryOut, Refused, viewerOf } from '../../../graph/context.ts'
import { ConflictError, CredentialsError, ValidationError } from '../../../graph/errors.ts'
import { globalId } from '../../../graph/node.ts'
import { newId, nobody } from '../../../kernel/id.ts'
import { idOf } from '../../../kernel/message.ts'
import { reject, rejectField } from '../../../kernel/reject.ts'
import { line } from '../../../kernel/text.ts'
import type { Commit } from '../../../port/event-store.ts'
import { Email } from '../commands.ts'
import { accountIdByEmail } from '../queries.ts'
import { deriveHandle } from './handle.ts'
import { passwordProblem } from './password.ts'
import { Viewer, type ViewerView, viewerView } from './viewer.ts'

// Coming and going: register, log in, renew, log out, change the password, delete the account.

const AuthTokensType = builder.objectRef<AuthTokens>('AuthTokens').implement({
  description: 'The tokens of a signed-in device.',
  fields: t => ({
    accessToken: t.exposeString('accessToken', { description: 'Send it as `Authorization: Bearer …`.' }),
    accessTokenExpiresAt: t.field({
      type: 'DateTime',
      description: 'When it runs out: renew it before then.',
      resolve: a => a.accessTokenExpiresAt,
    }),
    refreshToken: t.exposeString('refreshToken', { description: 'For `refreshSession`, once. Keep it secret.' }),
    refreshTokenExpiresAt: t.field({
      type: 'DateTime',
      description: 'When it runs out: after that, log in again.',
      resolve: a => a.refreshTokenExpiresAt,
    }),
  }),
})

interface SignedIn {
  tokens: AuthTokens
  viewer: ViewerView
}
const signedIn = <P extends SignedIn>(t: PothosSchemaTypes.ObjectFieldBuilder<Types, P>) => ({
  tokens: t.field({ type: AuthTokensType, description: 'The tokens of the session.', resolve: p => p.tokens }),
  viewer: t.field({ type: Viewer, description: 'You.', resolve: p => p.viewer }),
})

const wrong = () => new Refused(reject('INVALID_CREDENTIALS', 'The e-mail or the password is wrong.'))
const wrongPassword = () => new Refused(reject('INVALID_CREDENTIALS', 'The password is wrong.'))

/** Opens a session, writes it down in the log and makes its tokens. */
async function signIn(ctx: Context, userId: string, deviceName: string | null): Promise<SignedIn> {
  const session = await ctx.sessions.open(userId, deviceName)
  try {
    await command(ctx, userId, 'AuthenticateUser', { userId, sessionId: session.id })
    const tokens = await ctx.issue(session)
    ctx.viewer = { userId, sessionId: session.id, expiresAt: tokens.accessTokenExpiresAt }
    return { tokens, viewer: await me(ctx, userId) }
  } catch (error) {
    await ctx.sessions.end(userId, { only: session.id })
    throw error
  }
}

async function me(ctx: Context, userId: string): Promise<ViewerView> {
  const viewer = await viewerView(ctx, userId)
  if (!viewer) throw wrong()
  return viewer
}

function checkPassword(field: string, password: string, known: readonly string[]): void {
  const problem = passwordProblem(password, known)
  if (problem) throw new Refused(rejectField(field, problem))
}

commandField('register', {
  description: 'Makes an account and signs it in.',
  open: true,
  input: builder.inputType('RegisterInput', {
    description: 'Who you are.',
    fields: t => ({
      email: t.string({ required: true, description: 'Unique; upper and lower case are the same.' }),
      password: t.string({ required: true, description: '8 to 128 characters, and not a common one.' }),
      displayName: t.string({ required: true, description: 'The name to show, at most 100 characters.' }),
      handle: t.string({ description: 'Unique: 3 to 32 of a-z, 0-9, "_" and ".". Made from the name when left out.' }),
      idempotencyKey: t.field({
        type: 'UUID',
        description: 'Made by the client: the same key and input give the same account.',
      }),
    }),
  }),
  payload: payloadType<SignedIn & { commit: Commit }>('RegisterPayload', t => signedIn(t)),
  errors: [ValidationError, ConflictError],
  resolve: async (input, ctx) => {
    checkPassword('password', input.password, [input.email, input.displayName, input.handle ?? ''])
    const userId = newId()
    await ctx.passwords.set(userId, input.password)
    const commit = await create(ctx, userId, input).catch(async error => {
      // Refused: nobody came to be. After anything else the account may be there, and its owner comes back for it.
      if (error instanceof Refused) await ctx.passwords.remove(userId)
      throw error
    })
    const account = idOf(commit.stream)
    if (account !== userId) {
      // The key was used before. The hash in its receipt does not hold the password: it has to be shown again.
      await ctx.passwords.remove(userId)
      if (!(await ctx.passwords.verify(account, input.password)))
        throw new Refused(reject('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used before, with other input.'))
    }
    return { ...(await signIn(ctx, account, null)), commit }
  },
})

interface NewAccount {
  email: string
  displayName: string
  handle?: string | null | undefined
  idempotencyKey?: string | null | undefined
}

/** A handle made from the name may be taken: then it gets a number. One that was asked for is refused. */
async function create(ctx: Context, userId: string, input: NewAccount) {
  const { email, displayName } = input
  for (let tries = 0; ; tries++) {
    const handle = input.handle ?? deriveHandle(displayName, tries)
    try {
      return await command(ctx, nobody, 'CreateUserAccount', { userId, email, displayName, handle }, input, [
        'password',
      ])
    } catch (error) {
      const taken = error instanceof Refused && error.rejection.detail.issues?.some(i => i.path[0] === 'handle')
      const ours = input.handle == null && error instanceof Refused && error.rejection.code === 'ALREADY_EXISTS'
      if (!taken || !ours || tries > 5) throw error
    }
  }
}

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
    const right = input.password.length <= 128 && (await ctx.passwords.verify(userId, input.password))
    if (!userId || !right) throw wrong()
    return signIn(ctx, userId, deviceName)
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
    if (!(await ctx.passwords.verify(userId, currentPassword))) throw wrongPassword()
    checkPassword('newPassword', newPassword, [viewer.email])
    await ctx.passwords.set(userId, newPassword)
    await ctx.sessions.end(userId, { except: sessionId })
    return { commit: await command(ctx, userId, 'ChangePassword', { userId }), viewer }
  },
})

commandField('deleteAccount', {
  description: 'Deletes your account: your name goes, your sessions end, your messages stay without a name.',
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
    if (!(await ctx.passwords.verify(userId, password))) throw wrongPassword()
    const commit = await carryOut(ctx, { type: 'DeleteAccount', input: { userId }, actor: userId }, async () => {
      await ctx.passwords.remove(userId)
      await ctx.sessions.end(userId, {})
    })
    return { userId, commit }
  },
})
