import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Edge, edgeOf } from '../../../graph/connection.ts'
import { type Context, Refused, viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { atMost, globalId, idOf } from '../../../graph/node.ts'
import { newId } from '../../../kernel/id.ts'
import { idOf as idOfStream } from '../../../kernel/message.ts'
import { reject } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import { pairOf } from '../chat.ts'
import { directChat } from '../queries/index.ts'
import { answeredChat, Chat, ChatKindEnum, ChatList, type ChatView } from './chat.ts'
import { allMyChats, chatCursor } from './my-chats.ts'

// The life of a chat: create, update, archive, restore, delete, leave.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]
interface WithChat {
  chat: ChatView
  commit: Commit
}
interface Removed {
  chatId: string
  commit: Commit
}

export const chatEdge = (ctx: Context, node: ChatView): Edge<ChatView> =>
  edgeOf(ctx, allMyChats, node, chatCursor(node))

commandField('createChat', {
  description: 'Opens a chat with some people. A DIRECT chat that is there already is given back.',
  input: builder.inputType('CreateChatInput', {
    description: 'What kind of chat, and with whom.',
    fields: t => ({
      kind: t.field({
        type: ChatKindEnum,
        required: true,
        description: 'Between two people, a group, or of a company.',
      }),
      title: t.string({ description: 'Of a group or a company chat, at most 200 characters; a direct chat has none.' }),
      companyId: t.id({ description: 'Of a company chat: id of the Company. All who take part are its members.' }),
      participantIds: t.idList({ required: true, description: 'Ids of Users, at most 100; you are in anyway.' }),
      idempotencyKey: t.field({
        type: 'UUID',
        description: 'Made by the client: the same key and input give the same chat.',
      }),
    }),
  }),
  payload: payloadType<{ edge: Edge<ChatView>; commit: Commit }>('CreateChatPayload', t => ({
    edge: t.field({ type: ChatList.edge, description: 'The chat, as an edge of your list.', resolve: p => p.edge }),
  })),
  errors,
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const participantIds = atMost(100, 'participantIds', input.participantIds).map(id => idOf('User', id))
    const companyId = input.companyId == null ? null : idOf('Company', input.companyId)
    const wanted = { chatId: newId(), kind: input.kind, title: input.title ?? null, companyId, participantIds }
    const commit = await command(ctx, userId, 'CreateChat', wanted, input)
    const other = participantIds.find(id => id !== userId)
    const chatId =
      input.kind === 'DIRECT' && other ? await ctx.ask(directChat, pairOf(userId, other)) : idOfStream(commit.stream)
    // A key that is used again after its direct chat was deleted: what it made is gone.
    if (!chatId)
      throw new Refused(reject('STATE_CONFLICT', 'The chat that this key opened is deleted: use another key.'))
    return { edge: chatEdge(ctx, await answeredChat(ctx, chatId)), commit }
  },
})

commandField('updateChat', {
  description: 'Changes the title or the picture of a group.',
  input: builder.inputType('UpdateChatInput', {
    description: 'What changes; what is left out stays.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      title: t.string({ description: 'At most 200 characters.' }),
      avatarFileId: t.id({ description: 'Id of a File of yours that is a picture; null takes the picture away.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<WithChat>('UpdateChatPayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
  })),
  errors,
  subject: input => input.chatId,
  resolve: async (input, ctx) => {
    const chatId = idOf('Chat', input.chatId)
    const { title, expectedVersion } = input
    const avatarFileId = input.avatarFileId == null ? input.avatarFileId : idOf('File', input.avatarFileId)
    const wanted = { chatId, title, avatarFileId, expectedVersion: expectedVersion ?? undefined }
    return withChat(ctx, 'UpdateChat', wanted)
  },
})

async function withChat(ctx: Context, type: string, wanted: { chatId: string } & object): Promise<WithChat> {
  const commit = await command(ctx, viewerOf(ctx).userId, type, wanted)
  return { chat: await answeredChat(ctx, wanted.chatId), commit }
}

commandField('archiveChat', {
  description: 'Archives a chat: it can be read, and nobody writes.',
  input: builder.inputType('ArchiveChatInput', {
    description: 'Which chat.',
    fields: t => ({ chatId: t.id({ required: true, description: 'Id of the Chat.' }) }),
  }),
  payload: payloadType<WithChat>('ArchiveChatPayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
  })),
  errors,
  resolve: (input, ctx) => withChat(ctx, 'ArchiveChat', { chatId: idOf('Chat', input.chatId) }),
})

commandField('restoreChat', {
  description: 'Takes a chat out of the archive.',
  input: builder.inputType('RestoreChatInput', {
    description: 'Which chat.',
    fields: t => ({ chatId: t.id({ required: true, description: 'Id of the Chat.' }) }),
  }),
  payload: payloadType<WithChat>('RestoreChatPayload', t => ({
    chat: t.field({ type: Chat, description: 'The chat as it is now.', resolve: p => p.chat }),
  })),
  errors,
  resolve: (input, ctx) => withChat(ctx, 'RestoreChat', { chatId: idOf('Chat', input.chatId) }),
})

async function removed(
  ctx: Context,
  type: string,
  wanted: { chatId: string; expectedVersion?: number | undefined },
): Promise<Removed> {
  return { chatId: wanted.chatId, commit: await command(ctx, viewerOf(ctx).userId, type, wanted) }
}

export const DeleteChatPayload = payloadType<Removed>('DeleteChatPayload', t => ({
  removedChatId: t.id({ description: 'Its id, as it was.', resolve: p => globalId('Chat', p.chatId) }),
}))
commandField('deleteChat', {
  description: 'Deletes a chat for everybody: nobody sees any of it any more.',
  input: builder.inputType('DeleteChatInput', {
    description: 'Which chat.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: DeleteChatPayload,
  errors,
  subject: input => input.chatId,
  resolve: (input, ctx) =>
    removed(ctx, 'DeleteChat', {
      chatId: idOf('Chat', input.chatId),
      expectedVersion: input.expectedVersion ?? undefined,
    }),
})

export const LeaveChatPayload = payloadType<Removed>('LeaveChatPayload', t => ({
  removedChatId: t.id({ description: 'Its id.', resolve: p => globalId('Chat', p.chatId) }),
}))
commandField('leaveChat', {
  description: 'Leaves a group. Its last owner makes somebody else one first.',
  input: builder.inputType('LeaveChatInput', {
    description: 'Which chat.',
    fields: t => ({ chatId: t.id({ required: true, description: 'Id of the Chat.' }) }),
  }),
  payload: LeaveChatPayload,
  errors,
  resolve: (input, ctx) => removed(ctx, 'LeaveChat', { chatId: idOf('Chat', input.chatId) }),
})
