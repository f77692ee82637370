import { builder } from '../../../../graph/builder.ts'
import { globalId } from '../../../../graph/node.ts'
import { Chat, chatOf } from '../chat.ts'
import { ChatParticipant, ParticipantList, participantEdge, participantOf } from '../participant.ts'
import { type ChatEventView, interfaces } from './view.ts'

// What happens to a chat and its people, as subscribers see it.

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
