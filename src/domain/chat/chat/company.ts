import { chatEvents } from '../events.ts'
import { heirOf, memberOf, ownersOf, withoutMember } from './members.ts'
import type { Rules } from './room.ts'

const { ChatArchived, ParticipantRemoved, ParticipantRoleChanged } = chatEvents.make

/** What follows for a COMPANY chat from its company. Each looks at the company as it is now: late or twice is no harm. */
export const company: Rules<'RemoveFormerMember' | 'ArchiveWithCompany'> = {
  RemoveFormerMember: (chat, { userId }, { facts }) => {
    if (chat.is === 'absent' || chat.is === 'deleted' || !chat.companyId) return []
    const member = memberOf(chat.members, userId)
    if (!member || !facts.company || facts.company.members.includes(userId)) return []
    const removed = ParticipantRemoved({ userId })
    if (member.role !== 'OWNER' || ownersOf(chat.members) > 1) return [removed]
    // A chat needs an owner, and here nobody can be asked to choose one first.
    const heir = heirOf(withoutMember(chat.members, userId))
    return heir ? [removed, ParticipantRoleChanged({ userId: heir, role: 'OWNER' })] : [removed]
  },

  ArchiveWithCompany: (chat, _, { facts }) =>
    chat.is === 'open' && chat.companyId && facts.company?.archived ? [ChatArchived({})] : [],
}
