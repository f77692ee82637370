import { Rejection, reject } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { countOf, memberOf, ownersOf } from './members.ts'
import { archived, direct, forbidden, lastOwner, moved, noChat, noParticipant, noUsers } from './refusals.ts'
import { mayTakePart, type Rules, type Seen, seenBy } from './room.ts'

const { ParticipantAdded, ParticipantRoleChanged, ParticipantRemoved, ParticipantLeft } = chatEvents.make

const maxMembers = 5_000

/** Who is in. */
export const people: Rules<'AddParticipants' | 'ChangeParticipantRole' | 'RemoveParticipant' | 'LeaveChat'> = {
  AddParticipants: (chat, { chatId, participantIds, role }, { actor, facts }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    const refused = mayManage(seen)
    if (refused) return refused
    if (role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner makes owners.')
    const added = [...new Set(participantIds)].filter(id => !memberOf(seen.members, id))
    // Who is not in the company any more is about to be removed: to them the chat is not there.
    if (seen.companyId && !facts.company?.members.includes(actor)) return noChat(chatId)
    const missing = added.filter(id => !mayTakePart(id, seen.companyId, facts))
    if (missing.length) return noUsers(missing)
    if (countOf(seen.members) + added.length > maxMembers)
      return reject('LIMIT_EXCEEDED', `A chat has at most ${maxMembers} people.`)
    const of = seen.companyId ? { companyId: seen.companyId } : {}
    return added.map(userId => ParticipantAdded({ userId, role, ...of }))
  },

  ChangeParticipantRole: (chat, { chatId, userId, role, expectedVersion }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noParticipant(`${chatId}.${userId}`)
    const member = memberOf(seen.members, userId)
    if (!member) return noParticipant(`${chatId}.${userId}`)
    const refused = mayManage(seen)
    if (refused) return refused
    if (seen.role !== 'OWNER' && (member.role === 'OWNER' || role === 'OWNER'))
      return forbidden('Only an owner changes who is an owner.')
    if (member.role === role) return []
    if (expectedVersion !== undefined && expectedVersion !== member.version) return moved(member.version)
    if (member.role === 'OWNER' && ownersOf(seen.members) === 1) return lastOwner()
    return [ParticipantRoleChanged({ userId, role })]
  },

  RemoveParticipant: (chat, { chatId, userId }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return noParticipant(`${chatId}.${userId}`)
    const refused = mayManage(seen)
    if (refused) return refused
    const member = memberOf(seen.members, userId)
    if (!member) return []
    if (userId === actor) return reject('STATE_CONFLICT', 'To leave a chat yourself, use leaveChat.')
    if (member.role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner removes an owner.')
    return [ParticipantRemoved({ userId })]
  },

  LeaveChat: (chat, { chatId }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (seen.kind === 'DIRECT') return direct()
    if (seen.role === 'OWNER' && ownersOf(seen.members) === 1 && countOf(seen.members) > 1) return lastOwner()
    return [ParticipantLeft({ userId: actor })]
  },
}

function mayManage(seen: Seen): Rejection | null {
  if (seen.kind === 'DIRECT') return direct()
  if (seen.role !== 'OWNER' && seen.role !== 'ADMIN') return forbidden('Only owners and admins manage participants.')
  return seen.is === 'archived' ? archived() : null
}
