import { chat } from '../../src/domain/chat/chat.ts'
import { type ChatRole, chatEvents } from '../../src/domain/chat/events.ts'
import { given } from '../../src/kernel/given.ts'
import { newId } from '../../src/kernel/id.ts'

// A group with somebody of each role, for given/when/then.

export const { ChatCreated, ChatUpdated, ChatArchived, ChatRestored, ChatHardDeleted } = chatEvents.make
export const { ParticipantAdded, ParticipantRoleChanged, ParticipantRemoved, ParticipantLeft } = chatEvents.make

export const chatId = newId()
export const owner = newId()
export const admin = newId()
export const member = newId()
export const reader = newId()
export const stranger = newId()

export type Event = ReturnType<(typeof chatEvents.make)[keyof typeof chatEvents.make]>
const joined = (userId: string, role: ChatRole) => ParticipantAdded({ userId, role, founding: true })

/** Revisions 0 to 4. */
export const groupEvents: readonly Event[] = [
  ChatCreated({ kind: 'GROUP', pair: null, companyId: null }, { title: 'Room' }),
  joined(owner, 'OWNER'),
  joined(admin, 'ADMIN'),
  joined(member, 'MEMBER'),
  joined(reader, 'READER'),
]
export const pair = [owner, member].sort().join('.')
export const directEvents: readonly Event[] = [
  ChatCreated({ kind: 'DIRECT', pair, companyId: null }, { title: null }),
  joined(owner, 'OWNER'),
  joined(member, 'OWNER'),
]

/** A group after some more events. */
export const group = (...more: readonly Event[]) => given(chat, [...groupEvents, ...more])
export const direct = (...more: readonly Event[]) => given(chat, [...directEvents, ...more])
export const nothing = given(chat, [])
export const archivedGroup = group(ChatArchived({}))
export const deletedGroup = group(ChatHardDeleted({}))

/** Who asks, and what is known besides. */
export const by = (actor: string, facts: Parameters<ReturnType<typeof group>['when']>[2]['facts'] = {}) => ({
  actor,
  facts,
})
