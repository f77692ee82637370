import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

export const ChatKind = z.enum(['DIRECT', 'GROUP', 'COMPANY'])
export const ChatRole = z.enum(['OWNER', 'ADMIN', 'MEMBER', 'READER'])
export type ChatKind = z.infer<typeof ChatKind>
export type ChatRole = z.infer<typeof ChatRole>

const userId = z.uuid()
const Title = z.object({ title: z.string().nullable() })
const messageId = z.uuid()

export const MessageEntityKind = z.enum([
  'BOLD',
  'ITALIC',
  'UNDERLINE',
  'STRIKETHROUGH',
  'SPOILER',
  'CODE',
  'PRE',
  'LINK',
  'MENTION',
  'QUOTE',
])
/** A part of a text that means something: `offset` and `length` in UTF-16 units. `url`: of a LINK; `userId`: of a MENTION. */
export const MessageEntity = z.object({
  kind: MessageEntityKind,
  offset: z.int(),
  length: z.int(),
  url: z.string().nullable(),
  userId: z.uuid().nullable(),
})
export type MessageEntity = z.infer<typeof MessageEntity>

const Body = z.object({ body: z.string(), entities: z.array(MessageEntity) })
const mentions = z.array(userId)
const fileIds = z.array(z.uuid())
/** Version 2 knew no files. */
const withoutFiles = ({ data, personal }: { data: unknown; personal: unknown }) => ({
  data: { ...(data as object), fileIds: [] },
  personal,
})
/** Version 3 did not know what files are called, nor which are pictures. */
const withoutNames = ({ data, personal }: { data: unknown; personal: unknown }) => ({
  data: { ...(data as object), imageFileIds: [] },
  personal: personal && { ...personal, fileNames: [] },
})
/** Version 1 knew neither mentions nor entities. */
const plain = ({ data, personal }: { data: unknown; personal: unknown }) => ({
  data: { ...(data as object), mentions: [] },
  personal: personal && { ...personal, entities: [] },
})

/** Version 1 knew no companies. */
const ofNoCompany = ({ data, personal }: { data: unknown; personal: unknown }) => ({
  data: { ...(data as object), companyId: null },
  personal,
})

/** Version 1 knew no pictures. */
const withoutPicture = ({ data, personal }: { data: unknown; personal: unknown }) => ({
  data: { ...(data as object), avatarFileId: null },
  personal,
})
/** Version 2 did not tell what was changed: where there is a picture, that is taken to be it. */
const oneOfBoth = ({ data, personal }: { data: unknown; personal: unknown }) => {
  const { avatarFileId } = data as { avatarFileId: string | null }
  return { data: { avatarFileId, renamed: avatarFileId === null }, personal }
}

/** A room: one stream holds its life, its people and its messages, in order. Its revision is what clients resume from. */
export const chatEvents = defineEvents('chat', {
  /**
   * `pair`: the two people of a DIRECT chat, sorted and joined by a dot; null for other kinds. `companyId`: of a COMPANY
   * chat; null for other kinds.
   */
  ChatCreated: {
    v: 2,
    bump: true,
    data: z.object({ kind: ChatKind, pair: z.string().nullable(), companyId: z.uuid().nullable() }),
    personal: Title,
    upcast: { 1: ofNoCompany },
  },
  /** `renamed`: the title is another one, and not the picture alone. */
  ChatUpdated: {
    v: 3,
    bump: true,
    data: z.object({ avatarFileId: z.uuid().nullable(), renamed: z.boolean() }),
    personal: Title,
    upcast: { 1: withoutPicture, 2: oneOfBoth },
  },
  ChatArchived: { v: 1, bump: true, data: z.object({}) },
  ChatRestored: { v: 1, bump: true, data: z.object({}) },
  ChatHardDeleted: { v: 1, bump: true, data: z.object({}) },
  /**
   * `companyId`: of a COMPANY chat, whose members alone take part; absent for other kinds. `founding`: they came with the
   * chat itself; versions before 3 did not tell.
   */
  ParticipantAdded: {
    v: 3,
    bump: true,
    data: z.object({ userId, role: ChatRole, companyId: z.uuid().optional(), founding: z.boolean().optional() }),
    upcast: { 1: old => old, 2: old => old },
  },
  ParticipantRoleChanged: { v: 1, bump: true, data: z.object({ userId, role: ChatRole }) },
  ParticipantRemoved: { v: 1, bump: true, data: z.object({ userId }) },
  ParticipantLeft: { v: 1, bump: true, data: z.object({ userId }) },
  /**
   * `body`: null where there are files and nothing is said of them. `imageFileIds`: which of the files are pictures.
   * `fileNames`: what they were called when sent, to be found by.
   */
  MessageSent: {
    v: 4,
    data: z.object({
      ...{ messageId, authorId: userId, replyToId: z.uuid().nullable(), mentions, fileIds },
      imageFileIds: fileIds,
    }),
    personal: Body.extend({ body: z.string().nullable(), fileNames: z.array(z.string()) }),
    key: (data: { authorId: string }) => data.authorId,
    upcast: { 1: plain, 2: withoutFiles, 3: withoutNames },
  },
  MessageEdited: { v: 2, data: z.object({ messageId, mentions }), personal: Body, upcast: { 1: plain } },
  MessageDeleted: { v: 1, data: z.object({ messageId }) },
  MessagePinned: { v: 1, data: z.object({ messageId }) },
  MessageUnpinned: { v: 1, data: z.object({ messageId }) },
  /** The owner of a file deleted it: it is in this message no more. */
  MessageFileRemoved: { v: 1, data: z.object({ messageId, fileId: z.uuid() }) },
  ReactionAdded: { v: 1, data: z.object({ messageId, userId, emoji: z.string() }) },
  ReactionRemoved: { v: 1, data: z.object({ messageId, userId, emoji: z.string() }) },
})

/** Whether one person wants to be left alone by a chat: `chatMute-<chat>.<user>`. */
export const muteEvents = defineEvents('chatMute', {
  /** `until`: null for good. */
  ChatMuted: {
    v: 1,
    bump: true,
    data: z.object({ chatId: z.uuid(), userId, until: z.iso.datetime().nullable() }),
  },
  ChatUnmuted: { v: 1, bump: true, data: z.object({ chatId: z.uuid(), userId }) },
})

/** How far one person has read one chat: `readMarker-<chat>.<user>`, only ever forward. */
export const readMarkerEvents = defineEvents('readMarker', {
  /** `sequence`: of the last message read. */
  MessagesMarkedAsRead: { v: 1, bump: true, data: z.object({ chatId: z.uuid(), userId, sequence: z.int() }) },
})
