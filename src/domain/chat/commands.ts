import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { line, paragraph } from '../../kernel/text.ts'
import { Emoji } from './commands/emoji.ts'
import { Entities, fitting } from './commands/entities.ts'
import { ChatKind, ChatRole } from './events.ts'

const chatId = z.uuid()
const userId = z.uuid()
const messageId = z.uuid()
const people = z.array(userId).max(100, 'At most 100 people at a time.')
const mentionedUserIds = z.array(userId).max(50, 'At most 50 people at a time.')
const expectedVersion = z.int().optional()
const inChat = (c: { chatId: string }) => `chat-${c.chatId}`

const onReactions = { stream: inChat, facts: ['message', 'reactions'], exact: () => true } as const

export const Title = line(1, 200)
export const Text = paragraph(16_384)

/** A text that is kept, and what is put in place of its variables. */
const Template = z.object({
  templateId: z.uuid(),
  variables: z
    .array(z.object({ name: z.string().max(50, 'It has at most 50 characters.'), value: z.string().max(16_384) }))
    .max(100, 'At most 100 variables.'),
})

export const chatCommands = defineCommands({
  CreateChat: {
    input: z.object({
      chatId,
      kind: ChatKind,
      title: Title.nullable(),
      companyId: z.uuid().nullable().default(null),
      participantIds: people,
    }),
    stream: inChat,
    facts: ['knownUsers', 'directChat', 'company'],
  },
  UpdateChat: {
    input: z.object({
      chatId,
      title: Title.nullable().optional(),
      avatarFileId: z.uuid().nullable().optional(),
      expectedVersion,
    }),
    stream: inChat,
    facts: ['ownPicture'],
  },
  ArchiveChat: { input: z.object({ chatId }), stream: inChat },
  RestoreChat: { input: z.object({ chatId }), stream: inChat, facts: ['company'] },
  DeleteChat: { input: z.object({ chatId, expectedVersion }), stream: inChat },
  AddParticipants: {
    input: z.object({ chatId, participantIds: people.min(1, 'Name at least one person.'), role: ChatRole }),
    stream: inChat,
    facts: ['knownUsers', 'company'],
  },
  ChangeParticipantRole: {
    input: z.object({ chatId, userId, role: ChatRole, expectedVersion }),
    stream: inChat,
  },
  RemoveParticipant: { input: z.object({ chatId, userId }), stream: inChat },
  /** What follows for a COMPANY chat from what happens to its company: nobody's wish, so nobody is asked for a right. */
  RemoveFormerMember: { input: z.object({ chatId, userId }), stream: inChat, facts: ['company'] },
  ArchiveWithCompany: { input: z.object({ chatId }), stream: inChat, facts: ['company'] },
  LeaveChat: { input: z.object({ chatId }), stream: inChat },
  /** Of the house itself: the account of a participant is deleted. */
  RemoveDeletedAccount: { input: z.object({ chatId, userId }), stream: inChat },
  /** Of the house itself: the owner of a file has deleted it. */
  NoteRemovedFile: { input: z.object({ chatId, messageId, fileId: z.uuid() }), stream: inChat },
  SendMessage: {
    input: z
      .object({
        chatId,
        messageId,
        text: Text.nullable().default(null),
        replyToId: z.uuid().nullable(),
        entities: Entities.default([]),
        mentionedUserIds: mentionedUserIds.default([]),
        fileIds: z.array(z.uuid()).max(10, 'At most 10 files at a time.').default([]),
        template: Template.nullable().default(null),
      })
      .refine(c => c.text !== null || c.template || c.fileIds.length, {
        path: ['fileIds'],
        message: 'Name at least one file.',
      })
      .superRefine(fitting),
    stream: inChat,
    facts: ['replyTo', 'sendableFiles', 'template'],
  },
  EditMessage: {
    // Entities and mentions that are left out stay as they are when the text does, and go with it when it changes.
    input: z
      .object({
        chatId,
        messageId,
        text: Text,
        entities: Entities.optional(),
        mentionedUserIds: mentionedUserIds.optional(),
        expectedVersion,
      })
      .superRefine(fitting),
    stream: inChat,
    facts: ['message'],
    exact: (c: { expectedVersion?: number | undefined }) => c.expectedVersion !== undefined,
  },
  DeleteMessage: { input: z.object({ chatId, messageId }), stream: inChat, facts: ['message'] },
  // Exact: what is there already and how many there are is told by rows, and others may be adding at the same moment.
  AddReaction: { input: z.object({ chatId, messageId, emoji: Emoji }), ...onReactions },
  RemoveReaction: { input: z.object({ chatId, messageId, emoji: Emoji }), ...onReactions },
  PinMessage: {
    input: z.object({ chatId, messageId }),
    stream: inChat,
    facts: ['message', 'pinCount'],
    exact: () => true,
  },
  UnpinMessage: { input: z.object({ chatId, messageId }), stream: inChat, facts: ['message'], exact: () => true },
})

export const readMarkerCommands = defineCommands({
  MarkMessagesAsRead: {
    input: z.object({ chatId, userId, messageId }),
    stream: (c: { chatId: string; userId: string }) => `readMarker-${c.chatId}.${c.userId}`,
    facts: ['message', 'participation'],
  },
})

const ofMute = {
  stream: (c: { chatId: string; userId: string }) => `chatMute-${c.chatId}.${c.userId}`,
  facts: ['participation'],
} as const
export const muteCommands = defineCommands({
  MuteChat: { input: z.object({ chatId, userId, until: z.iso.datetime().nullable() }), ...ofMute },
  UnmuteChat: { input: z.object({ chatId, userId }), ...ofMute },
})
