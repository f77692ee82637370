import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { CredentialsError, ValidationError } from '../../../graph/errors.ts'
import { notTooOften } from '../../../graph/often.ts'
import type { Commit } from '../../../port/event-store.ts'
import { accountById } from '../queries.ts'
import { checkPassword, type SignedIn, signedIn, signIn } from './signing-in.ts'
import { mailsOf } from './tries.ts'
import { badToken, emailOf } from './verification.ts'

// A password that was forgotten.

commandField('requestPasswordReset', {
  description:
    'Has a mail sent by which a new password can be chosen. Once a minute at most. Answers alike, and as fast, when nobody has this address.',
  open: true,
  input: builder.inputType('RequestPasswordResetInput', {
    description: 'Who forgot it.',
    fields: t => ({ email: t.string({ required: true, description: 'The address of the account.' }) }),
  }),
  payload: builder.objectRef<{ accepted: boolean }>('RequestPasswordResetPayload').implement({
    description: 'A mail is on its way, if there is somebody to get it.',
    fields: t => ({ accepted: t.exposeBoolean('accepted', { description: 'True.' }) }),
  }),
  errors: [ValidationError],
  resolve: async ({ email }, ctx) => {
    const address = emailOf(email)
    await notTooOften(ctx, mailsOf(ctx))
    await ctx.accountMails.ask('RESET_PASSWORD', address)
    return { accepted: true }
  },
})

commandField('resetPassword', {
  description:
    'Sets a new password by the token that was mailed, ends all sessions and signs in. It confirms the address as well: the mail came there.',
  open: true,
  input: builder.inputType('ResetPasswordInput', {
    description: 'The token and the new password.',
    fields: t => ({
      token: t.string({ required: true, description: 'As it stands in the link. It is good once.' }),
      newPassword: t.string({ required: true, description: '8 to 128 characters, and not a common one.' }),
    }),
  }),
  payload: payloadType<SignedIn & { commit: Commit }>('ResetPasswordPayload', t => signedIn(t)),
  errors: [ValidationError, CredentialsError],
  resolve: async ({ token, newPassword }, ctx) => {
    const userId = await ctx.accountTokens.owner('RESET_PASSWORD', token)
    const account = userId && (await ctx.ask(accountById, userId))
    if (!account) throw badToken()
    checkPassword('newPassword', newPassword, [account.email]) // before the token is used: it may be tried again
    if (!(await ctx.accountTokens.use('RESET_PASSWORD', token))) throw badToken()
    await ctx.passwords.set(account.id, newPassword)
    await ctx.sessions.end(account.id, {})
    const commit = await command(ctx, account.id, 'ResetPassword', { userId: account.id })
    return { ...(await signIn(ctx, account.id, null)), commit }
  },
})
