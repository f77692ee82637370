import { Rejection, reject } from '../../../kernel/reject.ts'
import { companyEvents } from '../events.ts'
import { archived, forbidden, lastOwner, moved, noMember, noUser } from './refusals.ts'
import { ledBy, membersOf, ownersOf, type Rules, seenBy } from './state.ts'

const { CompanyMemberAdded, CompanyMemberRoleChanged, CompanyMemberRemoved } = companyEvents.make

const maxMembers = 1_000
export const full = () => reject('LIMIT_EXCEEDED', `A company has at most ${maxMembers} people.`)
export const isFull = (members: number): boolean => members >= maxMembers

/** Who belongs to it. */
export const people: Rules<'AddCompanyMember' | 'ChangeCompanyMemberRole' | 'RemoveCompanyMember'> = {
  AddCompanyMember: (company, { companyId, userId, role }, { actor, facts }) => {
    const seen = ledBy(company, companyId, actor, 'add people')
    if (seen instanceof Rejection) return seen
    if (role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner makes owners.')
    if (userId !== null && seen.members[userId]) return []
    if (userId === null || !facts.isKnownUser) return noUser()
    return isFull(membersOf(seen)) ? full() : [CompanyMemberAdded({ userId, role })]
  },

  ChangeCompanyMemberRole: (company, { companyId, userId, role, expectedVersion }, { actor }) => {
    const seen = seenBy(company, companyId, actor)
    const member = seen instanceof Rejection ? undefined : seen.members[userId]
    if (seen instanceof Rejection || !member) return noMember(`${companyId}.${userId}`)
    if (seen.role === 'MEMBER') return forbidden('Only owners and admins change roles.')
    if (seen.is === 'archived') return archived()
    if (seen.role !== 'OWNER' && (member.role === 'OWNER' || role === 'OWNER'))
      return forbidden('Only an owner changes who is an owner.')
    if (member.role === role) return []
    if (expectedVersion !== undefined && expectedVersion !== member.version) return moved(member.version)
    if (member.role === 'OWNER' && ownersOf(seen) === 1) return lastOwner()
    return [CompanyMemberRoleChanged({ userId, role })]
  },

  // Also of an archived company: whoever wants to go, goes.
  RemoveCompanyMember: (company, { companyId, userId }, { actor }) => {
    const seen = seenBy(company, companyId, actor)
    if (seen instanceof Rejection) return noMember(`${companyId}.${userId}`)
    const member = seen.members[userId]
    if (userId !== actor && seen.role === 'MEMBER') return forbidden('Only owners and admins remove others.')
    if (!member) return []
    if (member.role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner removes an owner.')
    if (member.role === 'OWNER' && ownersOf(seen) === 1) return lastOwner()
    return [CompanyMemberRemoved({ userId })]
  },
}
