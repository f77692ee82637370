import { builder } from '../../../../graph/builder.ts'
import { globalId } from '../../../../graph/node.ts'
import { Chat, ChatList, chatOf } from '../chat.ts'
import { chatEdge } from '../rooms.ts'
import { type ChatEventView, interfaces } from './view.ts'

// What inboxes hear of chats.

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
