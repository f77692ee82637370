import { nobody, system } from '../../src/kernel/id.ts'
import type { Line, Model } from './log.ts'

/** What was told of a command before it was carried out. */
export interface Told {
  type: string
  input: Record<string, unknown>
  actor: string
  /** A log position that was reached when it was told. */
  since: number
}

const leads = ['OWNER', 'ADMIN']
const writes = ['OWNER', 'ADMIN', 'MEMBER']

/** Says what nobody should have been able to do, and what should never be so; empty when all is well. */
export function broken(model: Model, command: readonly Line[], told: Told | undefined): string[] {
  const wrong = command.flatMap(line =>
    may(model, line, command, told) ? [] : [`${line.type} by who may not: ${show(line, told)}`],
  )
  const before = { admins: adminsIn(model) }
  for (const line of command) model.apply(line)
  const id = command[0]?.stream.slice(command[0].stream.indexOf('-') + 1) ?? ''
  const owners = (people: Map<string, { role: string }>) => [...people.values()].filter(p => p.role === 'OWNER').length
  const [chat, company] = [model.chats.get(id), model.companies.get(id)]
  const say = (what: string) => wrong.push(`${what}: ${command[0] && show(command[0], told)}`)
  const alone = company?.archived && company.people.size === 0 // all accounts are deleted
  if (company && !alone && owners(company.people) === 0) say('a company without an owner')
  const onlyRead = chat?.archived && [...chat.people.values()].every(part => part.role === 'READER')
  if (chat && !onlyRead && chat.people.size > 0 && owners(chat.people) === 0) say('a chat without an owner')
  const away = (chat?.pair?.split('.') ?? []).filter(user => !chat?.people.has(user))
  if (away.some(user => model.users.get(user)?.status !== 'DELETED')) say('a direct chat that is not of its two')
  if (before.admins > 0 && adminsIn(model) === 0) say('a platform without an admin')
  for (const [what, values] of claimed(model))
    for (const value of values.filter((one, i) => values.indexOf(one) !== i)) say(`the ${what} ${value} is of two`)
  return wrong
}

const show = ({ stream, revision, actor }: Line, told: Told | undefined) =>
  `${stream}@${revision} by ${actor}, ${told?.type} ${JSON.stringify(told?.input)}`
const adminsIn = ({ users }: Model) =>
  [...users.values()].filter(u => u.role === 'ADMIN' && u.status === 'ACTIVE').length

/** What only one of the living may have, by the kind of its claim. */
export function claimed({ users, companies, chats }: Model): [string, string[]][] {
  const people = [...users.values()].filter(user => user.status !== 'DELETED')
  const given = (values: (string | null)[]) => values.filter(value => value !== null)
  return [
    ['email', given(people.map(user => user.email))],
    ['handle', given(people.map(user => user.handle))],
    ['inn', given([...companies.values()].filter(one => !one.archived).map(one => one.inn))],
    ['direct', given([...chats.values()].filter(one => !one.deleted).map(one => one.pair))],
  ]
}

/** Whether who did it might: rows that a decision looked at may be as old as the moment in which it was told. */
function may(model: Model, line: Line, command: readonly Line[], told: Told | undefined): boolean {
  const { type, data, actor, stream } = line
  const id = stream.slice(stream.indexOf('-') + 1)
  const lately = (what: string) => (model.lost.get(what) ?? -1) > (told?.since ?? 0)
  const category = stream.slice(0, stream.indexOf('-'))
  if (category === 'chat') return mayInChat(model, id, line, command, told, lately)
  if (category === 'readMarker' || category === 'chatMute') {
    const isIn = model.chats.get(data.chatId)?.people.has(actor) || lately(`${data.chatId}.${actor}`)
    return (
      data.userId === actor &&
      Boolean(isIn) &&
      data.sequence !== (model.read.get(id) ?? -1) &&
      !(data.sequence < (model.read.get(id) ?? -1))
    )
  }
  if (category === 'company') return mayInCompany(model, id, line, command)
  if (category === 'messageTemplate') {
    const role = model.companies.get(data.companyId)?.people.get(actor)?.role ?? ''
    const same = (model.templates.get(id)?.companyId ?? data.companyId) === data.companyId
    return same && (leads.includes(role) || lately(`${data.companyId}.${actor}`))
  }
  if (category === 'notification') return actor === id || type === 'NotificationCreated'
  if (category === 'file')
    return actor === nobody || actor === system ? type !== 'FileReady' : (model.files.get(id)?.owner ?? actor) === actor
  if (/PlatformRoleChanged|Disabled|Enabled/.test(type))
    return actor === system || model.users.get(actor)?.role === 'ADMIN' || lately(`admin.${actor}`)
  if (type === 'UserAccountCreated' && data.platformRole !== 'USER') return actor === system
  const picture = data.avatarFileId && data.avatarFileId !== model.users.get(id)?.avatar
  if (picture && model.files.get(data.avatarFileId)?.owner !== actor) return false
  return actor === id || (actor === system && type === 'UserAccountCreated')
}

function mayInChat(
  model: Model,
  id: string,
  line: Line,
  command: readonly Line[],
  told: Told | undefined,
  lately: (what: string) => boolean,
): boolean {
  const { type, data, actor } = line
  const chat = model.chats.get(id)
  const message = model.messages.get(data.messageId)
  if (!chat) return command[0]?.type === 'ChatCreated'
  if (chat.deleted) return false
  if (actor === system && data.userId && type === 'ParticipantRemoved')
    return model.users.get(data.userId)?.status === 'DELETED'
  if (actor === system && type === 'MessageFileRemoved')
    return message?.chatId === id && model.files.get(data.fileId)?.deleted === true
  if (actor === system) return type === 'ChatArchived' || type === 'ParticipantRoleChanged'
  if (actor === nobody)
    return chat.companyId !== null && ['ParticipantRemoved', 'ParticipantRoleChanged', 'ChatArchived'].includes(type)
  const role = chat.people.get(actor)?.role ?? ''
  const whose = chat.people.get(data.userId)?.role ?? ''
  const isLead = leads.includes(role)
  const open = !chat.archived
  if (type === 'ChatRestored' || type === 'ChatArchived') return isLead
  if (type === 'ChatHardDeleted') return role === 'OWNER'
  if (type === 'ParticipantLeft') return role !== '' && data.userId === actor && chat.kind !== 'DIRECT'
  if (type === 'ChatUpdated') {
    const picture = data.avatarFileId !== null && data.avatarFileId !== chat.avatar
    return isLead && open && chat.kind !== 'DIRECT' && (!picture || model.files.get(data.avatarFileId)?.owner === actor)
  }
  if (/^Participant/.test(type)) {
    const owners = data.role === 'OWNER' || whose === 'OWNER'
    return isLead && open && chat.kind !== 'DIRECT' && (!owners || role === 'OWNER')
  }
  if (type === 'MessageSent') {
    const template = told?.input.template as { templateId: string } | undefined
    const companyId = template && model.templates.get(template.templateId)?.companyId
    const mine = !template || model.companies.get(companyId ?? '')?.people.has(actor) || lately(`${companyId}.${actor}`)
    const ownFiles = data.fileIds.every(
      (file: string) => model.files.get(file)?.owner === actor && model.files.get(file)?.state === 'READY',
    )
    const here = data.replyToId === null || model.messages.get(data.replyToId)?.chatId === id
    const known = data.mentions.every((user: string) => chat.people.has(user))
    return writes.includes(role) && open && data.authorId === actor && Boolean(mine) && ownFiles && here && known
  }
  if (!message || message.chatId !== id) return false
  if (type === 'MessageEdited') {
    const known = data.mentions.every((user: string) => chat.people.has(user) || message.mentions.includes(user))
    return writes.includes(role) && open && message.by === actor && known
  }
  const deletes = role !== '' && (message.by === actor || (isLead && chat.kind !== 'DIRECT'))
  if (type === 'MessageDeleted') return deletes
  if (type === 'MessageUnpinned' && command.some(one => one.type === 'MessageDeleted')) return deletes
  if (type === 'ReactionAdded') return writes.includes(role) && open && data.userId === actor
  if (type === 'ReactionRemoved') return role !== '' && open && data.userId === actor
  return isLead && open // pins
}

function mayInCompany(model: Model, id: string, line: Line, command: readonly Line[]): boolean {
  const { type, data, actor } = line
  const company = model.companies.get(id)
  if (!company) return command[0]?.type === 'CompanyCreated'
  if (actor === system && type === 'CompanyMemberRemoved') return model.users.get(data.userId)?.status === 'DELETED'
  // Invitations go with the account of their address.
  if (actor === system && /^CompanyInvitation(Revoked|Forgotten)$/.test(type))
    return model.invitations.has(data.invitationId)
  if (actor === system) return type === 'CompanyArchived' || type === 'CompanyMemberRoleChanged'
  const role = company.people.get(actor)?.role ?? ''
  const whose = company.people.get(data.userId)?.role ?? ''
  const accepted = command.find(one => one.type === 'CompanyInvitationAccepted')
  if (accepted) {
    const invitation = model.invitations.get(accepted.data.invitationId)
    const email = model.users.get(actor)?.email ?? null
    const isForThem = email === null || invitation?.email === email // null: erased since
    return !company.archived && data.userId === actor && invitation?.companyId === id && isForThem
  }
  if (type === 'CompanyMemberRemoved')
    return data.userId === actor ? role !== '' : leads.includes(role) && (whose !== 'OWNER' || role === 'OWNER')
  const owners = type === 'CompanyArchived' || data.role === 'OWNER' || whose === 'OWNER'
  return !company.archived && leads.includes(role) && (!owners || role === 'OWNER')
}

/** What has to be so when the processes have come to rest. */
export function atRest({ chats, companies, users }: Model): string[] {
  const gone = [...users].filter(([, { status }]) => status === 'DELETED').map(([id]) => id)
  const places = [...[...chats].filter(([, { deleted }]) => !deleted), ...companies]
  const left = places.flatMap(([id, { people }]) =>
    gone.filter(user => people.has(user)).map(user => `${user} is deleted and in ${id}`),
  )
  return [...left, ...companyChats({ chats, companies })]
}

function companyChats({ chats, companies }: Pick<Model, 'chats' | 'companies'>): string[] {
  return [...chats].flatMap(([id, chat]) => {
    const company = companies.get(chat.companyId ?? '')
    if (chat.deleted || !chat.companyId) return []
    const strangers = [...chat.people.keys()].filter(user => !company?.people.has(user))
    return [
      ...strangers.map(user => `${user} is in the company chat ${id} and not in its company`),
      ...(company?.archived && !chat.archived ? [`the chat ${id} is open and its company is archived`] : []),
    ]
  })
}
