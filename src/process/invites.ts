import { openInvitationToken } from '../domain/company/commands/index.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId } from '../kernel/id.ts'
import { reactor } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'
import type { Seal } from '../kernel/seal.ts'
import type { Invites } from '../port/invites.ts'
import type { Tasks } from '../port/tasks.ts'
import type { OpenInvitation } from './account-mails.ts'

export interface JoinNeeds {
  dispatch: Dispatch
  /** An account in use, by its id. */
  account: (userId: string) => Promise<{ email: string } | null>
}

export interface InvitesNeeds extends JoinNeeds {
  tasks: Tasks
  seal: Seal
  /** An invitation that can be accepted now, with the hash of its token; null for all others. */
  invitation: (of: {
    companyId: string
    invitationId: string
  }) => Promise<(OpenInvitation & { tokenHash: string }) | null>
  wake: () => void
}

const name = 'invited'

/** Who registered with an invitation and was cut off before the company knew: the command is given once more. */
export const invited = (needs: JoinNeeds & { seal: Seal }) =>
  reactor({
    name,
    start: 'now',
    on: [],
    do: {
      join: async ({ userId, sealed }: { userId: string; sealed: string }, { at }) => {
        if (await needs.account(userId)) await join(needs, userId, needs.seal.open(sealed))
        else if (Date.now() - at.getTime() < patienceMs) return { again: new Date(Date.now() + 2_000) }
        return undefined
      },
    },
  })

/** An account that is not there by then was refused. */
const patienceMs = 60_000

/** Accepting is refused when the invitation was revoked a moment ago: then there is an account without the company, and it is told why. */
async function join({ dispatch, account }: JoinNeeds, userId: string, token: string): Promise<Rejection | null> {
  const key = eventId(userId, userId, 0)
  const accepted = await dispatch({ type: 'AcceptCompanyInvitation', input: { token }, actor: userId, key })
  if (accepted instanceof Rejection) return accepted
  if (!(await account(userId))) return null
  const verified = await dispatch({ type: 'VerifyEmail', input: { userId }, actor: userId, key: null })
  if (verified instanceof Rejection) throw new Error(`an invited account is not confirmed: ${verified.code}`)
  return null
}

/** What `register` asks of invitations. */
export const invitesFrom = (needs: InvitesNeeds): Invites => ({
  async problem(token, email) {
    const opened = openInvitationToken(token)
    const invitation = opened && (await needs.invitation(opened))
    if (!invitation || invitation.tokenHash !== opened.hash)
      return 'This invitation is not good: it was used or revoked, has expired, or never was.'
    return invitation.email === email ? null : 'This invitation is for another e-mail address: register with that one.'
  },
  async keep(userId, token) {
    const input = { userId, sealed: needs.seal.close(token) }
    await needs.tasks.add({ id: eventId(userId, userId, 1), reactor: name, kind: 'join', input })
    needs.wake()
  },
  join: (userId, token) => join(needs, userId, token),
})
