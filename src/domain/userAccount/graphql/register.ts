import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Context, Refused } from '../../../graph/context.ts'
import { ConflictError, ErrorInterface, errorBeside, ValidationError } from '../../../graph/errors.ts'
import { notTooOften } from '../../../graph/often.ts'
import { newId, nobody } from '../../../kernel/id.ts'
import { idOf } from '../../../kernel/message.ts'
import { type Rejection, reject, rejectField } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import { deriveHandle } from './handle.ts'
import { checkPassword, type SignedIn, signedIn, signIn } from './signing-in.ts'

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
      inviteToken: t.string({
        description:
          'Of an invitation to a company, as it was mailed to `email`: you are in the company at once, and the address is confirmed.',
      }),
      idempotencyKey: t.field({
        type: 'UUID',
        description: 'Made by the client: the same key and input give the same account.',
      }),
    }),
  }),
  payload: payloadType<SignedIn & { invitation: Rejection | null; commit: Commit }>('RegisterPayload', t => ({
    ...signedIn(t),
    invitationError: t.field({
      type: ErrorInterface,
      nullable: true,
      description:
        'Why you are not in the company of `inviteToken` after all: it may have been revoked in that very moment. The account is made all the same. Null when nothing went wrong.',
      resolve: p => p.invitation && errorBeside(p.invitation),
    }),
  })),
  errors: [ValidationError, ConflictError],
  resolve: async (input, ctx) => {
    checkPassword('password', input.password, [input.email, input.displayName, input.handle ?? ''])
    await notTooOften(ctx, { name: 'register', points: ctx.limits.register, seconds: 3_600 })
    const { inviteToken, idempotencyKey: key } = input
    const again = key ? await ctx.store.receipt(nobody, key) : null
    if (inviteToken != null && !again) await checkInvite(ctx, inviteToken, input.email)
    const userId = newId()
    // Kept before the account is: whatever happens between the two, the account joins the company.
    if (inviteToken != null && !again) await ctx.invites.keep(userId, inviteToken)
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
    const invitation = inviteToken == null ? null : await ctx.invites.join(account, inviteToken)
    ctx.loaders.clear()
    return { ...(await signIn(ctx, account, null)), invitation, commit }
  },
})

/** Throws Refused for an invitation that this address cannot accept now. */
async function checkInvite(ctx: Context, token: string, email: string): Promise<void> {
  const problem = await ctx.invites.problem(token, email.trim().toLowerCase())
  if (problem) throw new Refused(rejectField('inviteToken', problem))
}

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
