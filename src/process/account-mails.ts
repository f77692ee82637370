import { invitationToken } from '../domain/company/commands/index.ts'
import { companyEvents } from '../domain/company/events.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import { eventId, nobody } from '../kernel/id.ts'
import { idOf } from '../kernel/message.ts'
import { reactor, reactsTo, task } from '../kernel/reactor.ts'
import type { Seal } from '../kernel/seal.ts'
import type { AccountMails, AccountTokens, TokenPurpose } from '../port/account-mails.ts'
import type { Tasks } from '../port/tasks.ts'
import type { Throttle } from '../port/throttle.ts'
import { invitationLetter, tokenLetter } from './account-letters.ts'
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
  /** An invitation that can be accepted now; null for all others. */
  invitation: (of: InvitationOf) => Promise<OpenInvitation | null>
  /** Makes the secret part of an invitation's token. */
  derive: (purpose: string, of: string) => Buffer
  throttle: Throttle
}

interface InvitationOf {
  companyId: string
  invitationId: string
}

export interface OpenInvitation {
  email: string
  companyName: string
  /** Null for somebody who is gone. */
  inviter: { name: string; locale: string | null } | null
}

/** Who invites the same address again and again, from whatever companies, is not heard more often than this. */
const toOneAddress = { name: 'invitationMails', points: 10, seconds: 86_400 }

const name = 'accountMails'

/**
 * Mails with tokens: to confirm an address, to choose a new password, to join a company. A token is made when its mail is, so that it is
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
      reactsTo(companyEvents, {
        CompanyMemberInvited: ({ stream, data: { invitationId } }) => [
          task('invite', { companyId: idOf(stream), invitationId }),
        ],
      }),
    ],
    do: {
      mailTo: async ({ userId, purpose }: { userId: string; purpose: TokenPurpose }, { id }) =>
        mailTo(needs, userId, purpose, id),
      invite: async (of: InvitationOf, { id }) => invite(needs, of, id),
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

async function invite(needs: AccountMailNeeds, of: InvitationOf, id: string): Promise<undefined> {
  await sendOnce(needs.mailing, id, async () => {
    const invitation = await needs.invitation(of)
    if (!invitation) return null
    const { email, inviter } = invitation
    if (await needs.throttle.take(toOneAddress, email)) {
      needs.mailing.log.warn({ mail: id }, 'an invitation is not mailed: its address was invited too often today')
      return null
    }
    const userId = await needs.accountIdByEmail(email)
    const locale = userId ? ((await needs.account(userId))?.locale ?? null) : (inviter?.locale ?? null)
    const { token } = invitationToken(needs.derive, of)
    return written(email, invitationLetter(languageOf(locale), needs.appUrl(), token, invitation))
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
