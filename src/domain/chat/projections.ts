import { idOf } from '../../kernel/message.ts'
import { patch, projection, put } from '../../kernel/projection.ts'
import { chatEvents, type MessageEntity, muteEvents, readMarkerEvents } from './events.ts'
import { doer, note } from './projections/notes.ts'
import {
  chatMutes,
  chats,
  messageEdits,
  messageFiles,
  messages,
  participants,
  reactions,
  readMarkers,
} from './tables.ts'

export const chatList = projection('chatList', chatEvents, [chats, participants], {
  ChatCreated: ({ stream, data, personal, revision, at, position }) => [
    put(chats, {
      id: idOf(stream),
      kind: data.kind,
      title: personal?.title ?? null,
      pair: data.pair,
      companyId: data.companyId,
      version: revision,
      createdAt: at,
      lastActivityAt: at,
      activityPosition: position,
    }),
  ],
  ChatUpdated: ({ stream, data, personal, revision }) => [
    patch(chats, {
      id: idOf(stream),
      title: personal?.title ?? null,
      avatarFileId: data.avatarFileId,
      version: revision,
    }),
  ],
  ChatArchived: ({ stream, revision, at }) => [patch(chats, { id: idOf(stream), archivedAt: at, version: revision })],
  ChatRestored: ({ stream, revision }) => [patch(chats, { id: idOf(stream), archivedAt: null, version: revision })],
  ChatHardDeleted: ({ stream, revision, at }) => [
    patch(chats, { id: idOf(stream), deletedAt: at, title: null, avatarFileId: null, version: revision }),
  ],
  ParticipantAdded: ({ stream, data, revision, at }) => [
    put(participants, {
      chatId: idOf(stream),
      userId: data.userId,
      role: data.role,
      version: revision,
      joinedAt: at,
      joinedSequence: revision,
    }),
  ],
  ParticipantRoleChanged: ({ stream, data, revision }) => [
    patch(participants, { chatId: idOf(stream), userId: data.userId, role: data.role, version: revision }),
  ],
  ParticipantRemoved: ({ stream, data, revision, at }) => [
    patch(participants, { chatId: idOf(stream), userId: data.userId, leftAt: at, version: revision }),
  ],
  ParticipantLeft: ({ stream, data, revision, at }) => [
    patch(participants, { chatId: idOf(stream), userId: data.userId, leftAt: at, version: revision }),
  ],
  MessageSent: ({ stream, at, position }) => [
    patch(chats, { id: idOf(stream), lastActivityAt: at, activityPosition: position }),
  ],
  MessageEdited: ({ stream, position }) => [patch(chats, { id: idOf(stream), activityPosition: position })],
  MessageDeleted: ({ stream, position }) => [patch(chats, { id: idOf(stream), activityPosition: position })],
  MessageFileRemoved: ({ stream, position }) => [patch(chats, { id: idOf(stream), activityPosition: position })],
})

const unpinned = { pinnedAt: null, pinnedSequence: null }
const nothing = { body: null, fileNames: null, entities: null, mentions: null, ...unpinned }
const onOneLine = (name: string): string => name.replace(/\s+/g, ' ')
const said = (
  { mentions }: { mentions: readonly string[] },
  personal: { body: string | null; entities: readonly MessageEntity[] } | null,
) => ({
  body: personal?.body ?? null,
  entities: personal?.entities.length ? personal.entities : null,
  mentions: mentions.length ? [...mentions] : null,
})

export const messageStore = projection('messages', chatEvents, [messages, messageEdits, messageFiles], {
  ChatCreated: e =>
    e.data.kind === 'DIRECT' ? [] : [note(e, 'CHAT_CREATED', doer(e), { noteText: e.personal?.title ?? null })],
  ChatUpdated: e => (e.data.renamed ? [note(e, 'CHAT_RENAMED', doer(e), { noteText: e.personal?.title ?? null })] : []),
  ChatArchived: e => [note(e, 'CHAT_ARCHIVED', doer(e))],
  ChatRestored: e => [note(e, 'CHAT_RESTORED', doer(e))],
  ParticipantAdded: e => (e.data.founding ? [] : [note(e, 'PARTICIPANT_ADDED', e.data.userId)]),
  ParticipantLeft: e => [note(e, 'PARTICIPANT_LEFT', e.data.userId)],
  ParticipantRemoved: e => [note(e, 'PARTICIPANT_REMOVED', e.data.userId)],
  MessageSent: ({ stream, data, personal, revision, at, command }) => [
    put(messages, {
      id: data.messageId,
      chatId: idOf(stream),
      sequence: revision,
      version: revision,
      authorId: data.authorId,
      commandId: command,
      contentKind: data.fileIds.length ? 'FILES' : 'TEXT',
      hasImage: data.imageFileIds.length > 0,
      fileNames: personal?.fileNames.length ? personal.fileNames.map(onOneLine).join('\n') : null,
      ...said(data, personal),
      replyToId: data.replyToId,
      createdAt: at,
    }),
    ...data.fileIds.map((fileId, place) =>
      put(messageFiles, { messageId: data.messageId, fileId, chatId: idOf(stream), sequence: revision, place }),
    ),
  ],
  MessageEdited: ({ id, data, personal, revision, at }) => [
    patch(messages, { id: data.messageId, ...said(data, personal), version: revision, editedAt: at }),
    put(messageEdits, { id, messageId: data.messageId, revision, editedAt: at }),
  ],
  MessagePinned: e => [
    patch(messages, { id: e.data.messageId, pinnedAt: e.at, pinnedSequence: e.revision }),
    note(e, 'MESSAGE_PINNED', doer(e), { replyToId: e.data.messageId }),
  ],
  MessageUnpinned: ({ data }) => [patch(messages, { id: data.messageId, ...unpinned })],
  // A tombstone: an edit that lost the race against the deletion may still write a body, which the views do not show.
  MessageDeleted: ({ data, revision, at }) => [
    patch(messages, { id: data.messageId, ...nothing, version: revision, deletedAt: at }),
  ],
})

export const reactionList = projection('reactions', chatEvents, [reactions], {
  ReactionAdded: ({ data: { messageId, userId, emoji }, revision, at }) => [
    put(reactions, { messageId, userId, emoji, sequence: revision, reactedAt: at }),
  ],
  ReactionRemoved: ({ data: { messageId, userId, emoji }, at }) => [
    patch(reactions, { messageId, userId, emoji, removedAt: at }),
  ],
})

export const readMarkerList = projection('readMarkers', readMarkerEvents, [readMarkers], {
  MessagesMarkedAsRead: ({ data, at, position }) => [
    put(readMarkers, { chatId: data.chatId, userId: data.userId, sequence: data.sequence, readAt: at, position }),
  ],
})

export const muteList = projection('chatMutes', muteEvents, [chatMutes], {
  ChatMuted: ({ data: { chatId, userId, until }, position }) => [
    put(chatMutes, { chatId, userId, muted: true, until: until === null ? null : new Date(until), position }),
  ],
  ChatUnmuted: ({ data: { chatId, userId }, position }) => [
    put(chatMutes, { chatId, userId, muted: false, until: null, position }),
  ],
})

const ofChat = ({ stream }: { stream: string }) => [`chat:${idOf(stream)}`]
const ofUser = ({ data }: { data: { userId: string } }) => [`user:${data.userId}`]

/** Whose inbox hears of it: who comes or goes, and for the life of the chat all who are in it. */
export const chatAudience = {
  events: chatEvents,
  on: {
    ChatUpdated: ofChat,
    ChatArchived: ofChat,
    ChatRestored: ofChat,
    ChatHardDeleted: ofChat,
    ParticipantAdded: ofUser,
    ParticipantRemoved: ofUser,
    ParticipantLeft: ofUser,
  },
}
