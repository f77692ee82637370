import type { Decider, Facts } from '../../../kernel/decider.ts'
import type { Rejection } from '../../../kernel/reject.ts'
import type { chatCommands } from '../commands.ts'
import type { ChatKind, ChatRole, chatEvents, MessageEntity } from '../events.ts'
import { type Members, memberOf } from './members.ts'
import { noChat } from './refusals.ts'

export type Room = {
  is: 'open' | 'archived'
  kind: ChatKind
  /** Of a COMPANY chat: whose. */
  companyId: string | null
  title: string | null
  avatarFileId: string | null
  /** Revision of the last event that changed the chat itself. */
  version: number
  members: Members
}
export type Chat = { is: 'absent' } | { is: 'deleted' } | Room

/** What is known of one message besides the room's state. */
export interface MessageFacts {
  chatId: string
  /** Null for what the system notes. */
  authorId: string | null
  body: string | null
  entities: readonly MessageEntity[]
  /** Ids of the users whom it mentions. */
  mentions: readonly string[]
  sequence: number
  version: number
  deleted: boolean
  pinned: boolean
}

/** Reactions to one message. */
export interface ReactionFacts {
  /** Emojis that the actor has reacted with. */
  mine: readonly string[]
  /** Emojis that anybody has reacted with. */
  all: readonly string[]
}

/** A file that can be sent: what a message keeps of it, to be found by. `name`: null when erased. */
export interface SendableFile {
  id: string
  name: string | null
  contentType: string
}

/** What is known of the company of a chat. */
export interface CompanyFacts {
  archived: boolean
  /** Of the actor and whom the command names, the ones who are members of it now. */
  members: readonly string[]
}

declare module '../../../kernel/decider.ts' {
  interface Facts {
    /** Which of the command's `participantIds` are accounts that can take part. */
    knownUsers: readonly string[]
    /** The company of the command's chat, or of its `companyId`; null where there is none. */
    company: CompanyFacts | null
    /** The DIRECT chat of the actor and the one other person, if there is one. */
    directChat: string | null
    /** The message of the command's `messageId`, in whatever chat it is. */
    message: MessageFacts | null
    /** The message of the command's `replyToId`. */
    replyTo: MessageFacts | null
    /** Whether the command's `avatarFileId` is a picture of the actor's own that can be shown. */
    ownPicture: boolean
    /** Which of the command's `fileIds` are files of the actor's own that can be sent. */
    sendableFiles: readonly SendableFile[]
    /** Reactions to the message of the command's `messageId`. */
    reactions: ReactionFacts
    /** How many messages of the command's chat are pinned. */
    pinCount: number
    /** The text of the command's template, if the actor may use it. */
    template: { body: string } | null
    /** The actor's role in the command's chat, if the actor is in it now. */
    participation: ChatRole | null
  }
}

/** What a role may do in a chat: the one place where it is said. */
export function permissionsOf(chat: { kind: ChatKind; archived: boolean }, role: ChatRole) {
  const leads = role === 'OWNER' || role === 'ADMIN'
  const group = chat.kind !== 'DIRECT'
  return {
    canSend: role !== 'READER' && !chat.archived,
    canPin: leads && !chat.archived,
    canDeleteMessages: leads && group,
    canEdit: leads && group && !chat.archived,
    canManageParticipants: leads && group && !chat.archived,
    canArchive: leads,
    canDelete: role === 'OWNER',
  }
}

/** The pair of a DIRECT chat, the same whoever begins. */
export const pairOf = (one: string, other: string): string => [one, other].sort().join('.')

/** Whether somebody can be in a chat: an account in use, and for a chat of a company a member of it. */
export const mayTakePart = (
  userId: string,
  companyId: string | null,
  facts: Pick<Facts, 'knownUsers' | 'company'>,
): boolean => facts.knownUsers.includes(userId) && (!companyId || Boolean(facts.company?.members.includes(userId)))

export type Seen = Room & { role: ChatRole; may: ReturnType<typeof permissionsOf> }

/** The chat as one of its members sees it; anybody else is told that it is not there. */
export function seenBy(chat: Chat, chatId: string, user: string): Seen | Rejection {
  if (chat.is === 'absent' || chat.is === 'deleted') return noChat(chatId)
  const role = memberOf(chat.members, user)?.role
  if (!role) return noChat(chatId)
  return { ...chat, role, may: permissionsOf({ kind: chat.kind, archived: chat.is === 'archived' }, role) }
}

/** The rules of some commands. */
export type Rules<Commands extends keyof typeof chatCommands> = Pick<
  Decider<typeof chatEvents.shapes, typeof chatCommands, Chat>['decide'],
  Commands
>
