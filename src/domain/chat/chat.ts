import { decider } from '../../kernel/decider.ts'
import { Rejection, reject, rejectField } from '../../kernel/reject.ts'
import { countOf, type Member, type Members, memberOf, ownersOf, withMember, withoutMember } from './chat/members.ts'
import { chatCommands, readMarkerCommands } from './commands.ts'
import { type ChatKind, type ChatRole, chatEvents, readMarkerEvents } from './events.ts'

type Room = {
  is: 'open' | 'archived'
  kind: ChatKind
  title: string | null
  /** Revision of the last event that changed the chat itself. */
  version: number
  members: Members
}
export type Chat = { is: 'absent' } | { is: 'deleted' } | Room

/** What is known of one message besides the room's state. */
export interface MessageFacts {
  chatId: string
  authorId: string
  body: string | null
  sequence: number
  version: number
  deleted: boolean
}

declare module '../../kernel/decider.ts' {
  interface Facts {
    /** Which of the command's `participantIds` are accounts that can take part. */
    knownUsers: readonly string[]
    /** The DIRECT chat of the actor and the one other person, if there is one. */
    directChat: string | null
    /** The message of the command's `messageId`, in whatever chat it is. */
    message: MessageFacts | null
    /** The message of the command's `replyToId`. */
    replyTo: MessageFacts | null
    /** The actor's role in the command's chat, if the actor is in it now. */
    participation: ChatRole | null
  }
}

const {
  ChatCreated,
  ChatUpdated,
  ChatArchived,
  ChatRestored,
  ChatHardDeleted,
  ParticipantAdded,
  ParticipantRoleChanged,
  ParticipantRemoved,
  ParticipantLeft,
  MessageSent,
  MessageEdited,
  MessageDeleted,
} = chatEvents.make

const maxMembers = 5_000
// What is not there, what is somebody else's and what was never an id are refused in the same words (graph/node.ts, idOf).
const notThere = (type: string, name: string) => (id: string) =>
  reject('NOT_FOUND', `There is no such ${name}.`, { missing: [{ type, id }] })
const noChat = notThere('Chat', 'chat')
const noMessage = notThere('Message', 'message')
const noParticipant = notThere('ChatParticipant', 'chat participant')
const archived = () => reject('STATE_CONFLICT', 'This chat is archived: restore it first.')
const direct = () => reject('STATE_CONFLICT', 'A direct chat stays as it is, between its two people.')
const moved = (currentVersion: number) =>
  reject('VERSION_CONFLICT', 'It was changed meanwhile: look at it again, and send its current version.', {
    currentVersion,
  })

/** What a role may do in a chat: the one place where it is said. */
export function permissionsOf(chat: { kind: ChatKind; archived: boolean }, role: ChatRole) {
  const leads = role === 'OWNER' || role === 'ADMIN'
  const group = chat.kind === 'GROUP'
  return {
    canSend: role !== 'READER' && !chat.archived,
    canDeleteMessages: leads && group,
    canEdit: leads && group && !chat.archived,
    canManageParticipants: leads && group && !chat.archived,
    canArchive: leads,
    canDelete: role === 'OWNER',
  }
}

/** The pair of a DIRECT chat, the same whoever begins. */
export const pairOf = (one: string, other: string): string => [one, other].sort().join('.')

type Seen = Room & { role: ChatRole; may: ReturnType<typeof permissionsOf> }
/** The chat as one of its members sees it; anybody else is told that it is not there. */
function seenBy(chat: Chat, chatId: string, user: string): Seen | Rejection {
  if (chat.is === 'absent' || chat.is === 'deleted') return noChat(chatId)
  const role = memberOf(chat.members, user)?.role
  if (!role) return noChat(chatId)
  return { ...chat, role, may: permissionsOf({ kind: chat.kind, archived: chat.is === 'archived' }, role) }
}

export const chat = decider(
  chatEvents,
  chatCommands,
)<Chat>({
  initial: { is: 'absent' },
  stateVersion: 2,

  decide: {
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

    UpdateChat: (chat, { chatId, title, expectedVersion }, { actor }) => {
      const seen = seenBy(chat, chatId, actor)
      if (seen instanceof Rejection) return seen
      if (seen.kind === 'DIRECT') return direct()
      if (seen.role !== 'OWNER' && seen.role !== 'ADMIN') return forbidden('Only owners and admins change a chat.')
      if (title === undefined || title === seen.title) return []
      if (title === null) return rejectField('title', 'A group has a title.')
      if (seen.is === 'archived') return archived()
      if (expectedVersion !== undefined && expectedVersion !== seen.version) return moved(seen.version)
      return [ChatUpdated({}, { title })]
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

    AddParticipants: (chat, { chatId, participantIds, role }, { actor, facts }) => {
      const seen = seenBy(chat, chatId, actor)
      if (seen instanceof Rejection) return seen
      const refused = mayManage(seen)
      if (refused) return refused
      if (role === 'OWNER' && seen.role !== 'OWNER') return forbidden('Only an owner makes owners.')
      const added = [...new Set(participantIds)].filter(id => !memberOf(seen.members, id))
      const missing = added.filter(id => !facts.knownUsers.includes(id))
      if (missing.length) return noUsers(missing)
      if (countOf(seen.members) + added.length > maxMembers)
        return reject('LIMIT_EXCEEDED', `A chat has at most ${maxMembers} people.`)
      return added.map(userId => ParticipantAdded({ userId, role }))
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

    SendMessage: (chat, { chatId, messageId, text, replyToId }, { actor, facts }) => {
      const seen = seenBy(chat, chatId, actor)
      if (seen instanceof Rejection) return seen
      if (seen.is === 'archived') return archived()
      if (!seen.may.canSend) return forbidden('Readers cannot write.')
      if (replyToId && facts.replyTo?.chatId !== chatId) return noMessage(replyToId)
      return [MessageSent({ messageId, authorId: actor, replyToId }, { body: text })]
    },

    EditMessage: (chat, { chatId, text, messageId, expectedVersion }, { actor, facts: { message } }) => {
      const seen = seenBy(chat, chatId, actor)
      if (seen instanceof Rejection) return noMessage(messageId)
      if (message?.chatId !== chatId) return noMessage(messageId)
      if (message.authorId !== actor) return forbidden('Only its author edits a message.')
      if (message.deleted) return reject('STATE_CONFLICT', 'This message is deleted.')
      if (message.body === text) return []
      if (seen.is === 'archived') return archived()
      if (!seen.may.canSend) return forbidden('Readers cannot write.')
      if (expectedVersion !== undefined && expectedVersion !== message.version) return moved(message.version)
      return [MessageEdited({ messageId }, { body: text })]
    },

    DeleteMessage: (chat, { chatId, messageId }, { actor, facts: { message } }) => {
      const seen = seenBy(chat, chatId, actor)
      if (seen instanceof Rejection) return noMessage(messageId)
      if (message?.chatId !== chatId) return noMessage(messageId)
      if (message.authorId !== actor && !seen.may.canDeleteMessages)
        return forbidden('Only its author, an admin or an owner deletes a message.')
      return message.deleted ? [] : [MessageDeleted({ messageId })]
    },
  },

  // Only what a decision needs: messages change nothing here.
  evolve: {
    ChatCreated: (_, { data, personal, revision }) => ({
      is: 'open',
      kind: data.kind,
      title: personal?.title ?? null,
      version: revision,
      members: {},
    }),
    ChatUpdated: (chat, { personal, revision }) => change(chat, { title: personal?.title ?? null, version: revision }),
    ChatArchived: (chat, { revision }) => change(chat, { is: 'archived', version: revision }),
    ChatRestored: (chat, { revision }) => change(chat, { is: 'open', version: revision }),
    ChatHardDeleted: () => ({ is: 'deleted' }),
    ParticipantAdded: (chat, { data, revision }) => joined(chat, data.userId, { role: data.role, version: revision }),
    ParticipantRoleChanged: (chat, { data, revision }) =>
      joined(chat, data.userId, { role: data.role, version: revision }),
    ParticipantRemoved: (chat, { data }) => gone(chat, data.userId),
    ParticipantLeft: (chat, { data }) => gone(chat, data.userId),
  },

  claims: {
    ChatCreated: ({ data }) => (data.pair ? [{ kind: 'direct', value: data.pair }] : []),
    ChatHardDeleted: () => [{ kind: 'direct', value: null }],
  },
})

const forbidden = (message: string) => reject('FORBIDDEN', message)
const lastOwner = () => reject('STATE_CONFLICT', 'A chat needs an owner: make somebody else one first.')
const noUsers = (ids: readonly string[]) =>
  reject('NOT_FOUND', 'There are no such people.', { missing: ids.map(id => ({ type: 'User', id })) })

function mayManage(seen: Seen): Rejection | null {
  if (seen.kind === 'DIRECT') return direct()
  if (seen.role !== 'OWNER' && seen.role !== 'ADMIN') return forbidden('Only owners and admins manage participants.')
  return seen.is === 'archived' ? archived() : null
}

const isRoom = (chat: Chat): chat is Room => chat.is === 'open' || chat.is === 'archived'
const change = (chat: Chat, to: Partial<Room>): Chat => (isRoom(chat) ? { ...chat, ...to } : chat)
const joined = (chat: Chat, userId: string, member: Member): Chat =>
  isRoom(chat) ? { ...chat, members: withMember(chat.members, userId, member) } : chat
const gone = (chat: Chat, userId: string): Chat =>
  isRoom(chat) ? { ...chat, members: withoutMember(chat.members, userId) } : chat

/** How far one person has read; -1: nothing yet. */
export const readMarker = decider(
  readMarkerEvents,
  readMarkerCommands,
)<{ sequence: number }>({
  initial: { sequence: -1 },
  stateVersion: 1,
  decide: {
    MarkMessagesAsRead: (marker, { chatId, userId, messageId }, { facts: { message, participation } }) => {
      if (!participation) return noChat(chatId)
      if (message?.chatId !== chatId) return noMessage(messageId)
      if (message.sequence <= marker.sequence) return []
      return [readMarkerEvents.make.MessagesMarkedAsRead({ chatId, userId, sequence: message.sequence })]
    },
  },
  evolve: { MessagesMarkedAsRead: (_, { data }) => ({ sequence: data.sequence }) },
})
