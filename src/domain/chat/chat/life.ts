import { Rejection, rejectField } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { archived, direct, forbidden, moved, noFiles, noUsers } from './refusals.ts'
import { pairOf, type Rules, seenBy } from './room.ts'

const { ChatCreated, ChatUpdated, ChatArchived, ChatRestored, ChatHardDeleted, ParticipantAdded } = chatEvents.make

/** The life of a chat: opened, changed, archived, restored, deleted. */
export const life: Rules<'CreateChat' | 'UpdateChat' | 'ArchiveChat' | 'RestoreChat' | 'DeleteChat'> = {
  CreateChat: (chat, { kind, title, participantIds }, { actor, facts }) => {
    if (chat.is !== 'absent') return []
    const others = [...new Set(participantIds)].filter(id => id !== actor)
    const missing = others.filter(id => !facts.knownUsers.includes(id))
    if (missing.length) return noUsers(missing)
    const [other] = others
    if (kind === 'DIRECT') {
      if (!other || others.length > 1) return rejectField('participantIds', 'A direct chat has one other person.')
      if (title !== null) return rejectField('title', 'A direct chat has no title: each sees the name of the other.')
      if (facts.directChat) return []
      return [
        ChatCreated({ kind, pair: pairOf(actor, other) }, { title }),
        ParticipantAdded({ userId: actor, role: 'OWNER' }),
        ParticipantAdded({ userId: other, role: 'OWNER' }),
      ]
    }
    if (title === null) return rejectField('title', 'A group has a title.')
    return [
      ChatCreated({ kind, pair: null }, { title }),
      ParticipantAdded({ userId: actor, role: 'OWNER' }),
      ...others.map(userId => ParticipantAdded({ userId, role: 'MEMBER' })),
    ]
  },

  UpdateChat: (chat, { chatId, expectedVersion, ...to }, { actor, facts }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (seen.kind === 'DIRECT') return direct()
    if (seen.role !== 'OWNER' && seen.role !== 'ADMIN') return forbidden('Only owners and admins change a chat.')
    const { title = seen.title, avatarFileId = seen.avatarFileId } = to
    const samePicture = avatarFileId === seen.avatarFileId
    if (title === seen.title && samePicture) return []
    if (title === null) return rejectField('title', 'A group has a title.')
    if (seen.is === 'archived') return archived()
    if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
    if (avatarFileId && !samePicture && !facts.ownPicture) return noFiles([avatarFileId])
    return [ChatUpdated({ avatarFileId }, { title })]
  },

  ArchiveChat: (chat, { chatId }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canArchive) return forbidden('Only owners and admins archive a chat.')
    return seen.is === 'archived' ? [] : [ChatArchived({})]
  },

  RestoreChat: (chat, { chatId }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canArchive) return forbidden('Only owners and admins restore a chat.')
    return seen.is === 'open' ? [] : [ChatRestored({})]
  },

  DeleteChat: (chat, { chatId, expectedVersion }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canDelete) return forbidden('Only owners delete a chat.')
    if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
    return [ChatHardDeleted({})]
  },
}
