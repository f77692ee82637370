import { Rejection, reject } from '../../../kernel/reject.ts'
import { companyEvents } from '../events.ts'
import { full, isFull } from './people.ts'
import { archived, forbidden, noInvitation } from './refusals.ts'
import { type Invitation, ledBy, membersOf, type Rules } from './state.ts'

const { CompanyMemberAdded, CompanyMemberInvited, CompanyInvitationRevoked, CompanyInvitationAccepted } =
  companyEvents.make

const goodForMs = 7 * 24 * 3_600_000
const maxOpen = 100

/** Who is asked to belong to it, by e-mail. */
export const invitations: Rules<'InviteCompanyMember' | 'RevokeCompanyInvitation' | 'AcceptCompanyInvitation'> = {
  InviteCompanyMember: (company, { companyId, invitationId, email, role, tokenHash }, { actor, now, facts }) => {
    const seen = ledBy(company, companyId, actor, 'invite people')
    if (seen instanceof Rejection) return seen
    if (role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner makes owners.')
    if (facts.accountOfEmail && seen.members[facts.accountOfEmail])
      return reject('ALREADY_EXISTS', 'The person of this e-mail address is a member already.')
    const open = Object.values(seen.invitations).filter(invitation => isOpen(invitation, now))
    const same = open.find(invitation => invitation.email === email)
    if (same?.role === role) return []
    if (same)
      return reject('ALREADY_EXISTS', 'This e-mail address is invited already, in another role: revoke that first.')
    if (open.length >= maxOpen) return reject('LIMIT_EXCEEDED', `At most ${maxOpen} invitations are open at a time.`)
    const expiresAt = new Date(now.getTime() + goodForMs).toISOString()
    return [CompanyMemberInvited({ invitationId, role, tokenHash, expiresAt }, { email })]
  },

  RevokeCompanyInvitation: (company, { companyId, invitationId }, { actor }) => {
    const seen = ledBy(company, companyId, actor, 'revoke invitations')
    if (seen instanceof Rejection && seen.code !== 'NOT_FOUND') return seen
    if (seen instanceof Rejection) return noInvitation(`${companyId}.${invitationId}`)
    const invitation = seen.invitations[invitationId]
    if (!invitation) return []
    if (invitation.acceptedBy) return reject('STATE_CONFLICT', 'This invitation was accepted: remove the member.')
    return [CompanyInvitationRevoked({ invitationId })]
  },

  AcceptCompanyInvitation: (company, { token: { invitationId, hash } }, { actor, now, facts }) => {
    const invitation = company.is === 'absent' ? undefined : company.invitations[invitationId]
    if (company.is === 'absent' || invitation?.tokenHash !== hash) return notGood()
    // Once is once; but who accepted it, and asks again because the answer was lost, is told that it is done.
    if (invitation.acceptedBy) return invitation.acceptedBy === actor && company.members[actor] ? [] : notGood()
    if (!isOpen(invitation, now)) return reject('TOKEN_EXPIRED', 'This invitation has expired: ask for another.')
    if (invitation.email === null || facts.emailOfActor !== invitation.email)
      return reject('INVALID_CREDENTIALS', 'This invitation is for another e-mail address: sign in with that account.')
    if (company.is === 'archived') return archived()
    const accepted = CompanyInvitationAccepted({ invitationId, userId: actor })
    if (company.members[actor]) return [accepted]
    return isFull(membersOf(company))
      ? full()
      : [accepted, CompanyMemberAdded({ userId: actor, role: invitation.role })]
  },
}

/** Never good, revoked, used by somebody else: all the same. */
const notGood = () =>
  reject('INVALID_CREDENTIALS', 'This invitation is not good: it was used, or revoked, or never was.')

const isOpen = ({ acceptedBy, expiresAt }: Invitation, now: Date): boolean =>
  acceptedBy === null && new Date(expiresAt) > now
