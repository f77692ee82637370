import { builder } from '../../../../graph/builder.ts'
import { Chat, chatOf } from '../chat.ts'
import { pinEdge } from '../marks.ts'
import { Message, MessageList, messageEdge, messageOf } from '../message.ts'
import { ChatParticipant, participantOf } from '../participant.ts'
import { type ChatEventView, interfaces } from './view.ts'

// What happens to messages, as subscribers see it: idempotent upserts by node id.

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
  description: 'A message was edited, or the owner of one of its files deleted the file.',
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
