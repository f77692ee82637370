import { nobody, system } from '../../src/kernel/id.ts'
import type { Workshop } from '../workshop.ts'

// biome-ignore lint/suspicious/noExplicitAny: the log as it is, read without the code that wrote it
type Json = any

/** An event as it lies in the log. */
export interface Line {
  id: string
  stream: string
  type: string
  revision: number
  position: number
  actor: string
  command: string
  data: Json
  personal: Json
}

export async function logOf(shop: Workshop): Promise<Line[]> {
  const rows = await shop.query<Line & { revision: string; position: string; data: string; personal: string | null }>(
    'select id, stream, type, revision, position, actor, command, data, personal from events order by position',
  )
  return rows.map(row => ({
    ...row,
    ...{ revision: Number(row.revision), position: Number(row.position) },
    ...{ data: JSON.parse(row.data), personal: row.personal === null ? null : JSON.parse(row.personal) },
  }))
}

interface Part {
  role: string
  joined: number
}
interface ChatModel {
  kind: string
  companyId: string | null
  pair: string | null
  archived: boolean
  deleted: boolean
  avatar: string | null
  title: string | null
  /** The command that it began with. */
  begun: string
  people: Map<string, Part>
}
interface MessageModel {
  chatId: string
  by: string
  sequence: number
  body: string | null
  mentions: string[]
  files: string[]
  deleted: boolean
}

/** All that is so after some events, as plainly as it can be said: nothing here is shared with the code that is tested. */
export class Model {
  chats = new Map<string, ChatModel>()
  messages = new Map<string, MessageModel>()
  /** What the system notes, by the event that it tells of: `<kind> <title> <whom>`. */
  notes = new Map<string, { chatId: string; tells: string }>()
  /** By `<chat>.<user>`. */
  read = new Map<string, number>()
  muted = new Map<string, string | null>()
  companies = new Map<string, { inn: string | null; archived: boolean; people: Map<string, Part> }>()
  invitations = new Map<string, { companyId: string; email: string | null }>()
  templates = new Map<string, { companyId: string; removed: boolean }>()
  files = new Map<string, { owner: string; state: string; deleted: boolean }>()
  users = new Map<
    string,
    { email: string | null; handle: string | null; avatar: string | null; status: string; role: string }
  >()
  /** What people were told, in the order of their streams. */
  notices = new Map<string, { id: string; userId: string; category: string; inApp: boolean; read: boolean }>()
  /** Position at which somebody last lost something: `<what>.<whose>`. */
  lost = new Map<string, number>()

  private part(people: Map<string, Part> | undefined, of: string, line: Line): void {
    const { type, data, revision, position } = line
    const was = people?.get(data.userId)
    if (was) this.lost.set(`${of}.${data.userId}`, position)
    if (/Added$/.test(type)) people?.set(data.userId, { role: data.role, joined: revision })
    else if (/RoleChanged$/.test(type)) people?.set(data.userId, { role: data.role, joined: was?.joined ?? -1 })
    else people?.delete(data.userId)
  }

  /** What is noted of an event, by what was so before it. */
  private note({ id, stream, type, data, personal, actor, command }: Line, chat: ChatModel | undefined): void {
    const title = personal?.title ?? null
    const by = actor === system || actor === nobody ? null : actor
    const notes: Record<string, string | false> = {
      ChatCreated: data.kind !== 'DIRECT' && `CHAT_CREATED ${title} ${by}`,
      ChatUpdated: title !== chat?.title && `CHAT_RENAMED ${title} ${by}`,
      ChatArchived: `CHAT_ARCHIVED null ${by}`,
      ChatRestored: `CHAT_RESTORED null ${by}`,
      ParticipantAdded: command !== chat?.begun && `PARTICIPANT_ADDED null ${data.userId}`,
      ParticipantLeft: `PARTICIPANT_LEFT null ${data.userId}`,
      ParticipantRemoved: `PARTICIPANT_REMOVED null ${data.userId}`,
      MessagePinned: `MESSAGE_PINNED null ${by}`,
    }
    const tells = notes[type]
    if (tells) this.notes.set(id, { chatId: stream.slice('chat-'.length), tells })
  }

  apply(line: Line): void {
    const { type, data, personal, revision, position } = line
    const id = line.stream.slice(line.stream.indexOf('-') + 1)
    const chat = this.chats.get(id)
    const message = this.messages.get(data.messageId)
    const company = this.companies.get(id)
    const user = this.users.get(id)
    const file = this.files.get(id)
    this.note(line, chat)
    const title = personal?.title ?? null
    if (type === 'ChatCreated')
      this.chats.set(id, {
        ...{ ...data, title, begun: line.command },
        ...{ archived: false, deleted: false, avatar: null, people: new Map() },
      })
    else if (type === 'ChatUpdated' && chat) Object.assign(chat, { title, avatar: data.avatarFileId })
    else if (type === 'ChatArchived' && chat) chat.archived = true
    else if (type === 'ChatRestored' && chat) chat.archived = false
    else if (type === 'ChatHardDeleted' && chat) chat.deleted = true
    else if (/^Participant/.test(type)) this.part(chat?.people, id, line)
    else if (type === 'MessageSent')
      this.messages.set(data.messageId, {
        ...{ chatId: id, by: data.authorId, sequence: revision, deleted: false },
        ...{ body: personal?.body ?? null, mentions: data.mentions, files: data.fileIds },
      })
    else if (type === 'MessageEdited' && message)
      Object.assign(message, { body: personal?.body ?? null, mentions: data.mentions })
    else if (type === 'MessageDeleted' && message) message.deleted = true
    else if (type === 'MessagesMarkedAsRead') this.read.set(id, data.sequence)
    else if (type === 'ChatMuted') this.muted.set(id, data.until)
    else if (type === 'ChatUnmuted') this.muted.delete(id)
    else if (type === 'CompanyCreated')
      this.companies.set(id, { inn: personal?.inn ?? null, archived: false, people: new Map() })
    else if (type === 'CompanyArchived' && company) company.archived = true
    else if (/^CompanyMember(Added|RoleChanged|Removed)$/.test(type)) this.part(company?.people, id, line)
    else if (type === 'CompanyMemberInvited')
      this.invitations.set(data.invitationId, { companyId: id, email: personal?.email ?? null })
    else if (type === 'TemplateCreated') this.templates.set(id, { companyId: data.companyId, removed: false })
    else if (type === 'TemplateRemoved') this.templates.set(id, { companyId: data.companyId, removed: true })
    else if (type === 'FileUploadCreated') this.files.set(id, { owner: data.ownerId, state: 'PENDING', deleted: false })
    else if (type === 'FileReady' && file) file.state = 'READY'
    else if (type === 'FileRejected' && file) file.state = 'REJECTED'
    else if (type === 'FileDeleted' && file) file.deleted = true
    else if (type === 'NotificationCreated')
      this.notices.set(data.notificationId, { ...data, id: data.notificationId, read: false })
    else if (type === 'NotificationsRead')
      for (const notice of data.ids) Object.assign(this.notices.get(notice) ?? {}, { read: true })
    else if (type === 'UserAccountCreated')
      this.users.set(id, {
        email: null,
        handle: null,
        ...personal,
        avatar: null,
        status: 'ACTIVE',
        role: data.platformRole,
      })
    else if (type === 'UserProfileUpdated' && user)
      Object.assign(user, { handle: personal?.handle ?? null, avatar: data.avatarFileId })
    else if (type === 'UserPlatformRoleChanged' && user) user.role = data.role
    else if (type === 'UserDisabled' && user) user.status = 'DISABLED'
    else if (type === 'UserEnabled' && user) user.status = 'ACTIVE'
    else if (type === 'UserAccountDeleted' && user) Object.assign(user, { status: 'DELETED', avatar: null })
    if (['UserPlatformRoleChanged', 'UserDisabled', 'UserAccountDeleted'].includes(type))
      this.lost.set(`admin.${id}`, position)
  }

  /** Chats that somebody is in. */
  chatsOf = (userId: string) => [...this.chats].filter(([, chat]) => !chat.deleted && chat.people.has(userId))
  companiesOf = (userId: string) => [...this.companies].filter(([, { people }]) => people.has(userId))
  unread = (userId: string, chatId: string) => {
    const from = Math.max(
      this.chats.get(chatId)?.people.get(userId)?.joined ?? 0,
      this.read.get(`${chatId}.${userId}`) ?? -1,
    )
    return [...this.messages.values()].filter(
      m => m.chatId === chatId && m.by !== userId && !m.deleted && m.sequence > from,
    )
  }
}
