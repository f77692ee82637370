import { builder, type Types } from '../../../graph/builder.ts'
import { command } from '../../../graph/command-field.ts'
import { type AuthTokens, type Context, Refused } from '../../../graph/context.ts'
import { reject, rejectField } from '../../../kernel/reject.ts'
import { passwordProblem } from './password.ts'
import { Viewer, type ViewerView, viewerView } from './viewer.ts'

// What registering, logging in and renewing have in common.

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

/** What a signed-in device gets. */
export interface SignedIn {
  tokens: AuthTokens
  viewer: ViewerView
}
/** The fields of such a payload. */
export const signedIn = <P extends SignedIn>(t: PothosSchemaTypes.ObjectFieldBuilder<Types, P>) => ({
  tokens: t.field({ type: AuthTokensType, description: 'The tokens of the session.', resolve: p => p.tokens }),
  viewer: t.field({ type: Viewer, description: 'You.', resolve: p => p.viewer }),
})

export const wrong = () => new Refused(reject('INVALID_CREDENTIALS', 'The e-mail or the password is wrong.'))

/** Opens a session, writes it down in the log and makes its tokens. */
export async function signIn(ctx: Context, userId: string, deviceName: string | null): Promise<SignedIn> {
  const session = await ctx.sessions.open(userId, deviceName, ctx.place)
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

/** The account of somebody who has just been let in. Throws Refused. */
export async function me(ctx: Context, userId: string): Promise<ViewerView> {
  const viewer = await viewerView(ctx, userId)
  if (!viewer) throw wrong()
  return viewer
}

/** Throws Refused(INVALID_INPUT) for a password that is not good enough. `known`: what an attacker tries first. */
export function checkPassword(field: string, password: string, known: readonly string[]): void {
  const problem = passwordProblem(password, known)
  if (problem) throw new Refused(rejectField(field, problem))
}
