import { chatEvents } from '../events.ts'
import { goneFrom } from './gone.ts'
import { memberOf } from './members.ts'
import type { Rules } from './room.ts'

const { ChatArchived } = chatEvents.make

/** What follows for a COMPANY chat from its company. Each looks at the company as it is now: late or twice is no harm. */
export const company: Rules<'RemoveFormerMember' | 'ArchiveWithCompany'> = {
  RemoveFormerMember: (chat, { userId }, { facts }) => {
    if (chat.is === 'absent' || chat.is === 'deleted' || !chat.companyId) return []
    if (!memberOf(chat.members, userId) || !facts.company || facts.company.members.includes(userId)) return []
    return goneFrom(chat, userId)
  },

  ArchiveWithCompany: (chat, _, { facts }) =>
    chat.is === 'open' && chat.companyId && facts.company?.archived ? [ChatArchived({})] : [],
}
