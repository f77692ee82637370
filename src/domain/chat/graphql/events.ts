import { builder } from '../../../graph/builder.ts'
import { globalId } from '../../../graph/node.ts'
import { DomainEvent, type EventView, frameType } from '../../../graph/stream.ts'
import { type AnyEvent, idOf } from '../../../kernel/message.ts'
import { Chat, ChatList, chatOf } from './chat.ts'
import { pinEdge } from './marks.ts'
import { Message, MessageList, messageEdge, messageOf } from './message.ts'
import { ChatParticipant, ParticipantList, participantEdge, participantOf } from './participant.ts'
import { chatEdge } from './rooms.ts'

// What happens in a chat, as subscribers see it: idempotent upserts by node id.

/** `chatId`: where. `userId`, `messageId`: whom and what it is about, where it is about somebody or something. */
export interface ChatEventView extends EventView {
  chatId: string
  userId: string
  messageId: string
  /** Of a reaction. */
  emoji?: string
  added?: boolean
}

const interfaces = [DomainEvent]

export const MessageSent = builder.objectRef<ChatEventView>('MessageSent').implement({
  description: 'Something was said.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    edge: t.field({
      type: MessageList.edge,
      description: 'What, as an edge of the chat.',
      resolve: async (e, _, ctx) => messageEdge(ctx, await messageOf(ctx, e.messageId)),
    }),
  }),
})
export const MessageEdited = builder.objectRef<ChatEventView>('MessageEdited').implement({
  description: 'A message was edited.',
  interfaces,
  fields: t => ({
    message: t.field({
      type: Message,
      description: 'As it is now.',
      resolve: (e, _, ctx) => messageOf(ctx, e.messageId),
    }),
  }),
})
export const MessageDeleted = builder.objectRef<ChatEventView>('MessageDeleted').implement({
  description: 'A message was deleted.',
  interfaces,
  fields: t => ({
    message: t.field({
      type: Message,
      description: 'The tombstone.',
      resolve: (e, _, ctx) => messageOf(ctx, e.messageId),
    }),
  }),
})
export const MessagePinned = builder.objectRef<ChatEventView>('MessagePinned').implement({
  description: 'A message was pinned.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    edge: t.field({
      type: MessageList.edge,
      description: 'Which, as an edge of the pinned ones.',
      resolve: async (e, _, ctx) => pinEdge(ctx, await messageOf(ctx, e.messageId)),
    }),
  }),
})
export const MessageUnpinned = builder.objectRef<ChatEventView>('MessageUnpinned').implement({
  description: 'A message is not pinned any more.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    message: t.field({
      type: Message,
      description: 'As it is now.',
      resolve: (e, _, ctx) => messageOf(ctx, e.messageId),
    }),
  }),
})
export const ReactionsChanged = builder.objectRef<ChatEventView>('ReactionsChanged').implement({
  description: 'Somebody reacted to a message, or took it back.',
  interfaces,
  fields: t => ({
    message: t.field({
      type: Message,
      description: 'With the reactions as they are now.',
      resolve: (e, _, ctx) => messageOf(ctx, e.messageId),
    }),
    emoji: t.string({ description: 'With what.', resolve: e => e.emoji ?? '' }),
    added: t.boolean({ description: 'Whether it was added, or taken back.', resolve: e => e.added ?? false }),
  }),
})
export const MessagesMarkedAsRead = builder.objectRef<ChatEventView>('MessagesMarkedAsRead').implement({
  description: 'Somebody read on. Only the latest is told: it is state, not history.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    participant: t.field({
      type: ChatParticipant,
      description: 'Who, and how far.',
      resolve: (e, _, ctx) => participantOf(ctx, e.chatId, e.userId),
    }),
  }),
})
const lifecycle = (name: string, description: string) =>
  builder.objectRef<ChatEventView>(name).implement({
    description,
    interfaces,
    fields: t => ({
      chat: t.field({ type: Chat, description: 'As it is now.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    }),
  })
export const ChatUpdated = lifecycle('ChatUpdated', 'The title of the chat was changed.')
export const ChatArchived = lifecycle('ChatArchived', 'The chat was archived.')
export const ChatRestored = lifecycle('ChatRestored', 'The chat was taken out of the archive.')

export const ParticipantAdded = builder.objectRef<ChatEventView>('ParticipantAdded').implement({
  description: 'Somebody was added.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    edge: t.field({
      type: ParticipantList.edge,
      description: 'Who, as an edge of the chat.',
      resolve: async (e, _, ctx) => participantEdge(ctx, await participantOf(ctx, e.chatId, e.userId)),
    }),
  }),
})
export const ParticipantRoleChanged = builder.objectRef<ChatEventView>('ParticipantRoleChanged').implement({
  description: 'Somebody may do more or less than before.',
  interfaces,
  fields: t => ({
    participant: t.field({
      type: ChatParticipant,
      description: 'Who, with the role as it is now.',
      resolve: (e, _, ctx) => participantOf(ctx, e.chatId, e.userId),
    }),
  }),
})
export const ParticipantRemoved = builder.objectRef<ChatEventView>('ParticipantRemoved').implement({
  description: 'Somebody left or was removed.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'Where.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    removedParticipantId: t.id({
      description: 'Who is gone.',
      resolve: e => globalId('ChatParticipant', `${e.chatId}.${e.userId}`),
    }),
  }),
})

export const ChatFrame = frameType({
  name: 'Chat',
  frame: 'One step of a chat feed. Without an event it is a heartbeat, or an event that is not for you.',
  events: 'What can happen in a chat.',
  types: [
    MessageSent,
    MessageEdited,
    MessageDeleted,
    MessagePinned,
    MessageUnpinned,
    ReactionsChanged,
    MessagesMarkedAsRead,
    ChatUpdated,
    ChatArchived,
    ChatRestored,
    ParticipantAdded,
    ParticipantRoleChanged,
    ParticipantRemoved,
  ],
})

/** What inboxes hear of chats. */
export const ChatCreated = builder.objectRef<ChatEventView>('ChatCreated').implement({
  description: 'You are in a chat that you were not in before.',
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'The chat.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    edge: t.field({
      type: ChatList.edge,
      description: 'The chat, as an edge of your list.',
      resolve: async (e, _, ctx) => chatEdge(ctx, await chatOf(ctx, e.chatId)),
    }),
  }),
})
const ChatRemovalCause = builder.enumType('ChatRemovalCause', {
  description: 'Why a chat is gone for you.',
  values: {
    DELETED: { description: 'It was deleted for everybody.' },
    LEFT: { description: 'You left it.' },
    REMOVED: { description: 'You were removed.' },
  },
})
export interface ChatRemovedView extends ChatEventView {
  cause: 'DELETED' | 'LEFT' | 'REMOVED'
}
export const ChatRemoved = builder.objectRef<ChatRemovedView>('ChatRemoved').implement({
  description: 'A chat is gone for you.',
  interfaces,
  fields: t => ({
    removedChatId: t.id({ description: 'Which.', resolve: e => globalId('Chat', e.chatId) }),
    cause: t.field({ type: ChatRemovalCause, description: 'Why.', resolve: e => e.cause }),
  }),
})
export const UnreadCountChanged = builder.objectRef<ChatEventView>('UnreadCountChanged').implement({
  description:
    "A chat's line in your list changed: its last message, what you have not read, or whether you muted it. State, not history.",
  interfaces,
  fields: t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: (e, _, ctx) => chatOf(ctx, e.chatId) }),
    edge: t.field({
      type: ChatList.edge,
      description: 'The chat, as an edge of your list.',
      resolve: async (e, _, ctx) => chatEdge(ctx, await chatOf(ctx, e.chatId)),
    }),
  }),
})

const text = (data: unknown, name: string): string => {
  const value = (data as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : ''
}
const names: Record<string, string> = {
  ParticipantLeft: 'ParticipantRemoved',
  ReactionAdded: 'ReactionsChanged',
  ReactionRemoved: 'ReactionsChanged',
}

/** A stored event of a chat's stream as subscribers see it. */
export function toChatEvent(event: AnyEvent): ChatEventView {
  return {
    eventType: names[event.type] ?? event.type,
    at: event.at,
    actorId: event.actor,
    chatId: idOf(event.stream),
    userId: text(event.data, 'userId'),
    messageId: text(event.data, 'messageId'),
    emoji: text(event.data, 'emoji'),
    added: event.type === 'ReactionAdded',
  }
}
