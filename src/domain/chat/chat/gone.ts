import { system } from '../../../kernel/id.ts'
import { chatEvents } from '../events.ts'
import { heirOf, memberOf, ownersOf, withoutMember } from './members.ts'
import { forbidden } from './refusals.ts'
import type { Room, Rules } from './room.ts'

const { ChatArchived, ParticipantRemoved, ParticipantRoleChanged, MessageFileRemoved } = chatEvents.make

/**
 * What follows when somebody is out who cannot be asked to choose a new owner first: the last owner has an heir, and where
 * nobody can be one, the chat is archived. Also of a DIRECT chat, which its other person then has alone.
 */
export function goneFrom(chat: Room, userId: string) {
  const member = memberOf(chat.members, userId)
  if (!member) return []
  const removed = ParticipantRemoved({ userId })
  if (member.role !== 'OWNER' || ownersOf(chat.members) > 1) return [removed]
  const heir = heirOf(withoutMember(chat.members, userId))
  if (heir) return [removed, ParticipantRoleChanged({ userId: heir, role: 'OWNER' })]
  return chat.is === 'open' ? [removed, ChatArchived({})] : [removed]
}

export const gone: Rules<'RemoveDeletedAccount' | 'NoteRemovedFile'> = {
  RemoveDeletedAccount: (chat, { userId }, { actor }) => {
    if (actor !== system) return forbidden('Only the house itself does this.')
    return chat.is === 'open' || chat.is === 'archived' ? goneFrom(chat, userId) : []
  },

  NoteRemovedFile: (chat, { messageId, fileId }, { actor }) => {
    if (actor !== system) return forbidden('Only the house itself does this.')
    return chat.is === 'open' || chat.is === 'archived' ? [MessageFileRemoved({ messageId, fileId })] : []
  },
}
