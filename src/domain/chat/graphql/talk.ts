import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import type { Edge } from '../../../graph/connection.ts'
import { viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { atMost, idOf } from '../../../graph/node.ts'
import { newId } from '../../../kernel/id.ts'
import type { Commit } from '../../../port/event-store.ts'
import { type MessageView, messageAt } from '../queries/index.ts'
import { answeredChat, Chat, type ChatView } from './chat.ts'
import { entitiesOf, MessageEntityInput, mentionedOf } from './entity.ts'
import { answeredMessage, Message, MessageList, messageEdge, theMessage } from './message.ts'
import { stopTyping } from './typing.ts'

// What is said: send, edit, delete, read.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

const MessageContent = builder.inputType('MessageContent', {
  description: 'What a message is made of: exactly one of these.',
  isOneOf: true,
  fields: t => ({
    text: t.string({ description: 'Text, at most 16,384 characters.' }),
    files: t.field({
      type: builder.inputType('FileMessageContent', {
        description: 'Files, and what is said of them.',
        fields: f => ({
          fileIds: f.idList({ required: true, description: 'Ids of Files of yours that are READY, 1 to 10.' }),
          caption: f.string({ description: 'Text, at most 16,384 characters.' }),
        }),
      }),
      description: 'Files that you sent before. Each can be in many messages.',
    }),
    template: t.field({
      type: builder.inputType('TemplateMessageContent', {
        description: 'A template of a company of yours, filled in.',
        fields: f => ({
          templateId: f.id({ required: true, description: 'Id of the MessageTemplate.' }),
          variables: f.field({
            type: [
              builder.inputType('TemplateVariableInput', {
                description: 'What one variable stands for.',
                fields: v => ({
                  name: v.string({ required: true, description: 'The name of the variable.' }),
                  value: v.string({ required: true, description: 'The text in its place.' }),
                }),
              }),
            ],
            description: 'Each variable of the template once.',
          }),
        }),
      }),
      description: 'A text that a company keeps. The message holds what it says now.',
    }),
  }),
})

commandField('sendMessage', {
  description: 'Says something in a chat.',
  input: builder.inputType('SendMessageInput', {
    description: 'What to say, and where.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      content: t.field({ type: MessageContent, required: true, description: 'What to say.' }),
      entities: t.field({
        type: [MessageEntityInput],
        description: 'Parts of the text that mean something, at most 100.',
      }),
      mentionedUserIds: t.idList({
        description:
          'Ids of Users of the chat whom it mentions, at most 50; those of its entities are mentioned anyway.',
      }),
      replyToId: t.id({ description: 'Id of the Message of the same chat that this answers.' }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input send once.' }),
    }),
  }),
  payload: payloadType<{ chatId: string; edge: Edge<MessageView>; commit: Commit }>('SendMessagePayload', t => ({
    chat: t.field({
      type: Chat,
      description: 'The chat as it is now.',
      resolve: (p, _, ctx) => answeredChat(ctx, p.chatId),
    }),
    edge: t.field({
      type: MessageList.edge,
      description: 'The message, as an edge of the chat.',
      resolve: p => p.edge,
    }),
  })),
  errors,
  paths: ({ content }) => ({
    text: content.files ? ['content', 'files', 'caption'] : ['content', 'text'],
    fileIds: ['content', 'files', 'fileIds'],
    variables: ['content', 'template', 'variables'],
    template: ['content', 'template'],
  }),
  resolve: async (input, ctx) => {
    const chatId = idOf('Chat', input.chatId)
    const replyToId = input.replyToId == null ? null : idOf('Message', input.replyToId)
    const wanted = {
      ...{ chatId, messageId: newId(), replyToId, ...saidIn(input.content) },
      entities: entitiesOf(input.entities ?? []),
      mentionedUserIds: mentionedOf(input.mentionedUserIds ?? []),
    }
    const commit = await command(ctx, viewerOf(ctx).userId, 'SendMessage', wanted, input)
    stopTyping(ctx, chatId)
    if (commit.again) await answeredChat(ctx, chatId)
    const message = await ctx.ask(messageAt, { chatId, sequence: commit.first ?? -1 })
    if (!message) throw new Error('a message without its row')
    return { chatId, edge: messageEdge(ctx, message), commit }
  },
})

/** What is sent, as the command takes it. Throws Refused for ids that are none of files, and for too many. */
function saidIn({ text, files, template }: typeof MessageContent.$inferInput) {
  if (template) {
    const variables = template.variables ?? []
    return { template: { templateId: idOf('MessageTemplate', template.templateId), variables } }
  }
  if (!files) return { text: text ?? '' }
  const fileIds = atMost(10, 'fileIds', files.fileIds).map(id => idOf('File', id))
  return { text: files.caption ?? null, fileIds }
}

commandField('editMessage', {
  description: 'Changes what you said.',
  input: builder.inputType('EditMessageInput', {
    description: 'Which message, and its new text.',
    fields: t => ({
      messageId: t.id({ required: true, description: 'Id of the Message.' }),
      body: t.string({ required: true, description: 'Text, at most 16,384 characters.' }),
      entities: t.field({
        type: [MessageEntityInput],
        description: 'Those of the new text, at most 100; left out, they stay only if the text does.',
      }),
      mentionedUserIds: t.idList({
        description:
          'Whom the new text mentions, at most 50; left out, they stay only if the text and its entities do.',
      }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<{ editedMessage: MessageView; commit: Commit }>('EditMessagePayload', t => ({
    editedMessage: t.field({ type: Message, description: 'The message as it is now.', resolve: p => p.editedMessage }),
  })),
  errors,
  subject: input => input.messageId,
  paths: { text: ['body'] },
  resolve: async (input, ctx) => {
    const { id: messageId, chatId } = await theMessage(ctx, input.messageId)
    const wanted = {
      ...{ chatId, messageId, text: input.body, expectedVersion: input.expectedVersion ?? undefined },
      entities: entitiesOf(input.entities),
      mentionedUserIds: mentionedOf(input.mentionedUserIds),
    }
    const commit = await command(ctx, viewerOf(ctx).userId, 'EditMessage', wanted)
    return { editedMessage: await answeredMessage(ctx, messageId), commit }
  },
})

commandField('deleteMessage', {
  description: 'Deletes a message: a tombstone stays, its text goes.',
  input: builder.inputType('DeleteMessageInput', {
    description: 'Which message.',
    fields: t => ({ messageId: t.id({ required: true, description: 'Id of the Message.' }) }),
  }),
  payload: payloadType<{ deletedMessage: MessageView; commit: Commit }>('DeleteMessagePayload', t => ({
    deletedMessage: t.field({ type: Message, description: 'The tombstone.', resolve: p => p.deletedMessage }),
  })),
  errors,
  resolve: async (input, ctx) => {
    const { id: messageId, chatId } = await theMessage(ctx, input.messageId)
    const commit = await command(ctx, viewerOf(ctx).userId, 'DeleteMessage', { chatId, messageId })
    return { deletedMessage: await answeredMessage(ctx, messageId), commit }
  },
})

export const MarkMessagesAsReadPayload = payloadType<{ chat: ChatView; commit: Commit }>(
  'MarkMessagesAsReadPayload',
  t => ({
    chat: t.field({ type: Chat, description: 'The chat, with what is still unread.', resolve: p => p.chat }),
  }),
)
commandField('markMessagesAsRead', {
  description: 'Says that you have read up to a message. It never goes back.',
  input: builder.inputType('MarkMessagesAsReadInput', {
    description: 'How far you have read.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      upToMessageId: t.id({ required: true, description: 'Id of the last Message that you have read.' }),
    }),
  }),
  payload: MarkMessagesAsReadPayload,
  errors: [NotFoundError, ForbiddenError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const chatId = idOf('Chat', input.chatId)
    const messageId = idOf('Message', input.upToMessageId)
    const commit = await command(ctx, userId, 'MarkMessagesAsRead', { chatId, userId, messageId })
    return { chat: await answeredChat(ctx, chatId), commit }
  },
})
