import { Rejection, reject, rejectField } from '../../../kernel/reject.ts'
import { chatEvents } from '../events.ts'
import { archived, direct, forbidden, moved, noCompany, noFiles, noUsers } from './refusals.ts'
import { mayTakePart, pairOf, type Rules, seenBy } from './room.ts'

const { ChatCreated, ChatUpdated, ChatArchived, ChatRestored, ChatHardDeleted, ParticipantAdded } = chatEvents.make

/** The life of a chat: opened, changed, archived, restored, deleted. */
export const life: Rules<'CreateChat' | 'UpdateChat' | 'ArchiveChat' | 'RestoreChat' | 'DeleteChat'> = {
  CreateChat: (chat, { kind, title, companyId, participantIds }, { actor, facts }) => {
    if (chat.is !== 'absent') return []
    const others = [...new Set(participantIds)].filter(id => id !== actor)
    if (kind !== 'COMPANY' && companyId) return rejectField('companyId', 'Only a company chat is of a company.')
    if (kind === 'COMPANY') {
      if (!companyId) return rejectField('companyId', 'A company chat is of a company.')
      if (!facts.company?.members.includes(actor)) return noCompany(companyId)
      if (facts.company.archived) return reject('STATE_CONFLICT', 'This company is archived.')
    }
    const missing = others.filter(id => !mayTakePart(id, companyId, facts))
    if (missing.length) return noUsers(missing)
    const [other] = others
    if (kind === 'DIRECT') {
      if (!other || others.length > 1) return rejectField('participantIds', 'A direct chat has one other person.')
      if (title !== null) return rejectField('title', 'A direct chat has no title: each sees the name of the other.')
      if (facts.directChat) return []
      return [
        ChatCreated({ kind, pair: pairOf(actor, other), companyId: null }, { title }),
        ParticipantAdded({ userId: actor, role: 'OWNER', founding: true }),
        ParticipantAdded({ userId: other, role: 'OWNER', founding: true }),
      ]
    }
    if (title === null) return rejectField('title', 'A group has a title.')
    const of = companyId ? { companyId } : {}
    return [
      ChatCreated({ kind, pair: null, companyId }, { title }),
      ParticipantAdded({ userId: actor, role: 'OWNER', founding: true, ...of }),
      ...others.map(userId => ParticipantAdded({ userId, role: 'MEMBER', founding: true, ...of })),
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
    return [ChatUpdated({ avatarFileId, renamed: title !== seen.title }, { title })]
  },

  ArchiveChat: (chat, { chatId }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canArchive) return forbidden('Only owners and admins archive a chat.')
    return seen.is === 'archived' ? [] : [ChatArchived({})]
  },

  RestoreChat: (chat, { chatId }, { actor, facts }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canArchive) return forbidden('Only owners and admins restore a chat.')
    if (seen.is === 'open') return []
    if (seen.companyId && facts.company?.archived)
      return reject('STATE_CONFLICT', 'The company of this chat is archived.')
    return [ChatRestored({})]
  },

  DeleteChat: (chat, { chatId, expectedVersion }, { actor }) => {
    const seen = seenBy(chat, chatId, actor)
    if (seen instanceof Rejection) return seen
    if (!seen.may.canDelete) return forbidden('Only owners delete a chat.')
    if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
    return [ChatHardDeleted({})]
  },
}
