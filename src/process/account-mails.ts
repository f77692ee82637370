import { userAccountEvents } from '../domain/userAccount/events.ts'
import { eventId, nobody } from '../kernel/id.ts'
import { reactor, reactsTo, task } from '../kernel/reactor.ts'
import type { Seal } from '../kernel/seal.ts'
import type { AccountMails, AccountTokens, TokenPurpose } from '../port/account-mails.ts'
import type { Tasks } from '../port/tasks.ts'
import { tokenLetter } from './account-letters.ts'
import { languageOf, written } from './letters.ts'
import { type Mailing, sendOnce } from './mailing.ts'

export interface AccountMailNeeds {
  mailing: Mailing
  tokens: AccountTokens
  seal: Seal
  /** Where links lead to. */
  appUrl: () => string
  /** An account in use, by its id. */
  account: (
    userId: string,
  ) => Promise<{ id: string; email: string; emailVerifiedAt: Date | null; locale: string | null } | null>
  accountIdByEmail: (email: string) => Promise<string | null>
}

const name = 'accountMails'

/**
 * Mails with tokens: to confirm an address, to choose a new password. A token is made when its mail is, so that it is
 * nowhere but in the mail.
 */
export const accountMails = (needs: AccountMailNeeds) =>
  reactor({
    name,
    start: 'now',
    on: [
      reactsTo(userAccountEvents, {
        UserAccountCreated: ({ data: { userId } }) => [task('mailTo', { userId, purpose: 'VERIFY_EMAIL' })],
      }),
    ],
    do: {
      mailTo: async ({ userId, purpose }: { userId: string; purpose: TokenPurpose }, { id }) =>
        mailTo(needs, userId, purpose, id),
      mailToAddress: async ({ sealed, purpose }: { sealed: string; purpose: TokenPurpose }, { id }) => {
        const userId = await needs.accountIdByEmail(needs.seal.open(sealed))
        return userId ? mailTo(needs, userId, purpose, id) : undefined
      },
    },
  })

async function mailTo(needs: AccountMailNeeds, userId: string, purpose: TokenPurpose, id: string): Promise<undefined> {
  const account = await needs.account(userId)
  if (!account?.email || (purpose === 'VERIFY_EMAIL' && account.emailVerifiedAt)) return
  await sendOnce(needs.mailing, id, async () => {
    const token = await needs.tokens.mint(userId, purpose)
    return written(account.email, tokenLetter(purpose, languageOf(account.locale), needs.appUrl(), token))
  })
}

/** Asks for such mails by address: a task, made alike for every address, that holds none in the clear. */
export const askedMails = (tasks: Tasks, seal: Seal, wake: () => void): AccountMails => ({
  async ask(purpose, email) {
    const minute = Math.floor(Date.now() / 60_000)
    const id = eventId(seal.mark(`${purpose} ${email}`), nobody, minute)
    await tasks.add({ id, reactor: name, kind: 'mailToAddress', input: { sealed: seal.close(email), purpose } })
    wake()
  },
})
