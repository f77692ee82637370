import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import type { Edge } from '../../../graph/connection.ts'
import { viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { atMost, globalId, idOf } from '../../../graph/node.ts'
import type { Commit } from '../../../port/event-store.ts'
import type { ParticipantView } from '../queries/index.ts'
import { answeredChat, Chat, type ChatView } from './chat.ts'
import { ChatParticipant, ChatRoleEnum, ParticipantList, participantEdge, participantOf } from './participant.ts'

// Who is in: add, promote, remove.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

/** `<chat>.<user>` of a ChatParticipant's id. */
function partOf(id: string): { chatId: string; userId: string } {
  const [chatId = '', userId = ''] = idOf('ChatParticipant', id).split('.')
  return { chatId, userId }
}

commandField('addParticipants', {
  description: 'Adds people to a group. Those who are in it already keep their role.',
  input: builder.inputType('AddParticipantsInput', {
    description: 'Whom to add.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      userIds: t.idList({ required: true, description: 'Ids of Users, at most 100.' }),
      role: t.field({ type: ChatRoleEnum, defaultValue: 'MEMBER' as const, description: 'What they may do.' }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input add once.' }),
    }),
  }),
  payload: payloadType<{ chat: ChatView; edges: Edge<ParticipantView>[]; commit: Commit }>(
    'AddParticipantsPayload',
    t => ({
      chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
      edges: t.field({
        type: [ParticipantList.edge],
        description: 'Those people, in the order asked for.',
        resolve: p => p.edges,
      }),
    }),
  ),
  errors,
  paths: { participantIds: ['userIds'] },
  resolve: async (input, ctx) => {
    const chatId = idOf('Chat', input.chatId)
    const participantIds = atMost(100, 'userIds', input.userIds).map(id => idOf('User', id))
    const wanted = { chatId, participantIds, role: input.role ?? 'MEMBER' }
    const commit = await command(ctx, viewerOf(ctx).userId, 'AddParticipants', wanted, input)
    const people = await Promise.all([...new Set(participantIds)].map(userId => participantOf(ctx, chatId, userId)))
    return { chat: await answeredChat(ctx, chatId), edges: people.map(p => participantEdge(ctx, p)), commit }
  },
})

commandField('changeParticipantRole', {
  description: 'Changes what somebody may do in a group.',
  input: builder.inputType('ChangeParticipantRoleInput', {
    description: 'Whose role, and which.',
    fields: t => ({
      participantId: t.id({ required: true, description: 'Id of the ChatParticipant.' }),
      role: t.field({ type: ChatRoleEnum, required: true, description: 'What they may do from now on.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<{ participant: ParticipantView; commit: Commit }>('ChangeParticipantRolePayload', t => ({
    participant: t.field({ type: ChatParticipant, description: 'With the new role.', resolve: p => p.participant }),
  })),
  errors,
  subject: input => input.participantId,
  resolve: async (input, ctx) => {
    const part = partOf(input.participantId)
    const wanted = { ...part, role: input.role, expectedVersion: input.expectedVersion ?? undefined }
    const commit = await command(ctx, viewerOf(ctx).userId, 'ChangeParticipantRole', wanted)
    return { participant: await participantOf(ctx, part.chatId, part.userId), commit }
  },
})

commandField('removeParticipant', {
  description: 'Removes somebody from a group. Nothing that is said later reaches them.',
  input: builder.inputType('RemoveParticipantInput', {
    description: 'Whom to remove.',
    fields: t => ({ participantId: t.id({ required: true, description: 'Id of the ChatParticipant.' }) }),
  }),
  payload: payloadType<{ chat: ChatView; participantId: string; commit: Commit }>('RemoveParticipantPayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
    removedParticipantId: t.id({
      description: 'Who is gone.',
      resolve: p => globalId('ChatParticipant', p.participantId),
    }),
  })),
  errors,
  resolve: async (input, ctx) => {
    const part = partOf(input.participantId)
    const commit = await command(ctx, viewerOf(ctx).userId, 'RemoveParticipant', part)
    return { chat: await answeredChat(ctx, part.chatId), participantId: `${part.chatId}.${part.userId}`, commit }
  },
})
