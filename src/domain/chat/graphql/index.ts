import './feed.ts'
import './marks.ts'
import './people.ts'
import './search.ts'
import './read-by.ts'
import './revision.ts'
import { ChatRemoved, UnreadCountChanged } from './events/inbox.ts'
import { MuteChatPayload, UnmuteChatPayload } from './mute.ts'
import { DeleteChatPayload, LeaveChatPayload } from './rooms.ts'
import { MarkMessagesAsReadPayload } from './talk.ts'

/** Types that carry the viewer's totals; the viewer is of another domain, so the edges add the field. */
export const withViewer = [
  DeleteChatPayload,
  LeaveChatPayload,
  MarkMessagesAsReadPayload,
  MuteChatPayload,
  UnmuteChatPayload,
  ChatRemoved,
  UnreadCountChanged,
] as const

export { Chat, ChatList } from './chat.ts'
export { MessageEntity } from './entity.ts'
export { ChatCreated, ChatRemoved, type ChatRemovedView, UnreadCountChanged } from './events/inbox.ts'
export { ChatArchived, ChatRestored, ChatUpdated, ParticipantRemoved } from './events/room.ts'
export { type ChatEventView, toChatEvent } from './events/view.ts'
export { reactorsPage } from './marks.ts'
export { Message } from './message.ts'
export { ChatFilter, myChats, unreadTotalsOf } from './my-chats.ts'
export { SystemNote } from './note.ts'
export { ChatParticipant, ParticipantFilter, ParticipantList, participantsPage } from './participant.ts'
export { TypingChanged } from './typing.ts'
