import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Context, Refused, viewerOf } from '../../../graph/context.ts'
import { ConflictError, CredentialsError, ValidationError } from '../../../graph/errors.ts'
import { notTooOften } from '../../../graph/often.ts'
import { reject, rejectField } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import { Email } from '../commands.ts'
import { accountById } from '../queries.ts'
import { me } from './signing-in.ts'
import { mailsOf } from './tries.ts'
import { Viewer, type ViewerView, viewerView } from './viewer.ts'

// That an e-mail address is somebody's: a token is mailed to it, and comes back.

/** An address as it is kept. Throws Refused(INVALID_INPUT). */
export function emailOf(given: string): string {
  const { data, error } = Email.safeParse(given)
  if (error) throw new Refused(rejectField('email', error.issues[0]?.message ?? 'This is not an e-mail address.'))
  return data
}

export const badToken = () =>
  new Refused(reject('TOKEN_EXPIRED', 'This link was used, is too old, or a newer one was sent: ask for another.'))

commandField('requestEmailVerification', {
  description:
    'Has a mail sent that proves an address: yours, or with `email` that of whoever has it. Once a minute at most. Answers alike when nobody has it.',
  open: true,
  input: builder.inputType('RequestEmailVerificationInput', {
    description: 'Whose address.',
    fields: t => ({ email: t.string({ description: 'When left out, your own: then you have to be signed in.' }) }),
  }),
  payload: builder.objectRef<{ viewer: ViewerView | null }>('RequestEmailVerificationPayload').implement({
    description: 'A mail is on its way, if there is somebody to get it.',
    fields: t => ({
      accepted: t.boolean({ description: 'True.', resolve: () => true }),
      viewer: t.field({ type: Viewer, nullable: true, description: 'You, if signed in.', resolve: p => p.viewer }),
    }),
  }),
  errors: [ValidationError, ConflictError],
  resolve: async ({ email }, ctx) => {
    const given = email == null ? null : emailOf(email)
    const viewer = given === null || ctx.viewer ? await me(ctx, viewerOf(ctx).userId) : null
    if (given === null && viewer?.emailVerifiedAt)
      throw new Refused(reject('STATE_CONFLICT', 'Your address is confirmed already.'))
    await notTooOften(ctx, mailsOf(ctx))
    await ctx.accountMails.ask('VERIFY_EMAIL', given ?? viewer?.email ?? '')
    return { viewer }
  },
})

commandField('verifyEmail', {
  description: 'Confirms an address by the token that was mailed to it. One need not be signed in.',
  open: true,
  input: builder.inputType('VerifyEmailInput', {
    description: 'The token.',
    fields: t => ({ token: t.string({ required: true, description: 'As it stands in the link. It is good once.' }) }),
  }),
  payload: payloadType<{ email: string; viewer: ViewerView | null; commit: Commit }>('VerifyEmailPayload', t => ({
    email: t.exposeString('email', { description: 'The address.' }),
    viewer: t.field({
      type: Viewer,
      nullable: true,
      description: 'You, if you are signed in to this account.',
      resolve: p => p.viewer,
    }),
  })),
  errors: [CredentialsError, ConflictError],
  resolve: async ({ token }, ctx) => {
    const userId = await ctx.accountTokens.use('VERIFY_EMAIL', token)
    const account = userId && (await ctx.ask(accountById, userId))
    if (!account) throw badToken()
    const commit = await command(ctx, account.id, 'VerifyEmail', { userId: account.id })
    return { email: account.email, viewer: await ifSignedIn(ctx, account.id), commit }
  },
})

const ifSignedIn = (ctx: Context, userId: string) => (ctx.viewer?.userId === userId ? viewerView(ctx, userId) : null)
