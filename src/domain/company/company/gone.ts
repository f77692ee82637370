import { system } from '../../../kernel/id.ts'
import { companyEvents } from '../events.ts'
import { forbidden } from './refusals.ts'
import { type Founded, ownersOf, type Rules } from './state.ts'

const { CompanyArchived, CompanyMemberRemoved, CompanyMemberRoleChanged } = companyEvents.make
const { CompanyInvitationRevoked, CompanyInvitationForgotten } = companyEvents.make

/**
 * Who goes because their account is deleted: the last member archives the company, a last owner has an heir. And addresses
 * that are erased: nobody can accept such an invitation.
 */
export const gone: Rules<'RemoveDeletedMember' | 'ForgetCompanyInvitation'> = {
  ForgetCompanyInvitation: (company, { invitationId }, { actor }) => {
    if (actor !== system) return forbidden('Only the house itself does this.')
    const forgotten = CompanyInvitationForgotten({ invitationId })
    const invitation = company.is === 'absent' ? undefined : company.invitations[invitationId]
    if (company.is === 'absent' || invitation?.email === null) return []
    return !invitation || invitation.acceptedBy ? [forgotten] : [CompanyInvitationRevoked({ invitationId }), forgotten]
  },

  RemoveDeletedMember: (company, { userId }, { actor }) => {
    if (actor !== system) return forbidden('Only the house itself does this.')
    const member = company.is === 'absent' ? undefined : company.members[userId]
    if (company.is === 'absent' || !member) return []
    const removed = CompanyMemberRemoved({ userId })
    if (member.role !== 'OWNER' || ownersOf(company) > 1) return [removed]
    // `deleteAccount` refuses the last owner of others; two owners who go at once leave these without one all the same.
    const heir = heirOf(company, userId)
    if (heir) return [removed, CompanyMemberRoleChanged({ userId: heir, role: 'OWNER' })]
    return company.is === 'live' ? [removed, CompanyArchived({})] : [removed]
  },
}

/** Of the highest role whoever has had it for the longest; null when there is nobody else. */
function heirOf({ members }: Founded, userId: string): string | null {
  const others = Object.entries(members).filter(([id]) => id !== userId)
  const rank = (role: string) => (role === 'ADMIN' ? 0 : 1)
  const [first] = others.sort(([, a], [, b]) => rank(a.role) - rank(b.role) || a.version - b.version)
  return first?.[0] ?? null
}
