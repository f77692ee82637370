import { decider } from '../../kernel/decider.ts'
import { rejectField } from '../../kernel/reject.ts'
import { company } from './chat/company.ts'
import { gone } from './chat/gone.ts'
import { life } from './chat/life.ts'
import { marks } from './chat/marks.ts'
import { type Member, nobodyIn, withMember, withoutMember } from './chat/members.ts'
import { people } from './chat/people.ts'
import { noChat, noMessage } from './chat/refusals.ts'
import type { Chat, Room } from './chat/room.ts'
import { talk } from './chat/talk.ts'
import { chatCommands, muteCommands, readMarkerCommands } from './commands.ts'
import { chatEvents, muteEvents, readMarkerEvents } from './events.ts'

export { type MessageFacts, pairOf, permissionsOf, type ReactionFacts } from './chat/room.ts'

export const chat = decider(
  chatEvents,
  chatCommands,
)<Chat>({
  initial: { is: 'absent' },
  stateVersion: 6,
  decide: { ...life, ...people, ...company, ...gone, ...talk, ...marks },

  // Only what a decision needs: messages change nothing here.
  evolve: {
    ChatCreated: (_, { data, personal, revision }) => ({
      is: 'open',
      kind: data.kind,
      companyId: data.companyId,
      title: personal?.title ?? null,
      avatarFileId: null,
      version: revision,
      members: nobodyIn,
    }),
    ChatUpdated: (chat, { data, personal, revision }) =>
      change(chat, { title: personal?.title ?? null, avatarFileId: data.avatarFileId, version: revision }),
    ChatArchived: (chat, { revision }) => change(chat, { is: 'archived', version: revision }),
    ChatRestored: (chat, { revision }) => change(chat, { is: 'open', version: revision }),
    ChatHardDeleted: () => ({ is: 'deleted' }),
    ParticipantAdded: (chat, { data, revision }) => joined(chat, data.userId, { role: data.role, version: revision }),
    ParticipantRoleChanged: (chat, { data, revision }) =>
      joined(chat, data.userId, { role: data.role, version: revision }),
    ParticipantRemoved: (chat, { data }) => left(chat, data.userId),
    ParticipantLeft: (chat, { data }) => left(chat, data.userId),
  },

  tenant: (chat, { events: [first] }) =>
    isRoom(chat) ? chat.companyId : first?.type === 'ChatCreated' ? first.data.companyId : null,

  claims: {
    ChatCreated: ({ data }) => (data.pair ? [{ kind: 'direct', value: data.pair }] : []),
    ChatHardDeleted: () => [{ kind: 'direct', value: null }],
  },
})

const isRoom = (chat: Chat): chat is Room => chat.is === 'open' || chat.is === 'archived'
const change = (chat: Chat, to: Partial<Room>): Chat => (isRoom(chat) ? { ...chat, ...to } : chat)
const joined = (chat: Chat, userId: string, member: Member): Chat =>
  isRoom(chat) ? { ...chat, members: withMember(chat.members, userId, member) } : chat
const left = (chat: Chat, userId: string): Chat =>
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

/** Whether one person has muted one chat, and until when; `until` is null for good. */
export const mute = decider(
  muteEvents,
  muteCommands,
)<{ muted: boolean; until: string | null }>({
  initial: { muted: false, until: null },
  stateVersion: 1,
  decide: {
    MuteChat: (mute, { chatId, userId, until }, { now, facts: { participation } }) => {
      if (!participation) return noChat(chatId)
      if (mute.muted && mute.until === until) return []
      if (until !== null && new Date(until) <= now) return rejectField('until', 'It is in the past.')
      return [muteEvents.make.ChatMuted({ chatId, userId, until })]
    },
    UnmuteChat: (mute, { chatId, userId }, { facts: { participation } }) => {
      if (!participation) return noChat(chatId)
      return mute.muted ? [muteEvents.make.ChatUnmuted({ chatId, userId })] : []
    },
  },
  evolve: {
    ChatMuted: (_, { data }) => ({ muted: true, until: data.until }),
    ChatUnmuted: () => ({ muted: false, until: null }),
  },
})
