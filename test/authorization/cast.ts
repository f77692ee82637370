import { type Loose, openGroup, type Person, participantId, personOf, register, send } from '../client.ts'
import { companyIdOf, invite, join, mailedToken, removeMember, templateIdOf } from '../company-people.ts'
import { upload } from '../filing.ts'
import type { Who } from './table.ts'

/** The people of the table, and a guest whom things are done to. */
export interface Cast extends Record<Exclude<Who, 'anonymous'>, Person> {
  guest: Person
}

/** A group and a company with all of them in their roles. */
export type Room = ChatRoom & CompanyRoom

interface ChatRoom {
  chatId: string
  /** Of the owner; the newest, and an answer to the guest's. */
  messageId: string
  guestMessageId: string
  guestPartId: string
  /** Of the owner, in that message. */
  fileId: string
}

interface CompanyRoom {
  companyId: string
  guestMemberId: string
  templateId: string
  invitationId: string
  /** Of an invitation for somebody else's address. */
  invitationToken: string
}

const change = 'mutation ($input: ChangeParticipantRoleInput!) { changeParticipantRole(input: $input) { __typename } }'
const remove = 'mutation ($input: RemoveParticipantInput!) { removeParticipant(input: $input) { __typename } }'
const reply = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessagePayload { edge { node { id } } } } }`

export async function makeCast(url: string): Promise<Cast> {
  const names = ['stranger', 'participant', 'removed', 'reader', 'admin', 'owner', 'guest'] as const
  const people = await Promise.all(names.map(name => register(url, name)))
  const cast = Object.fromEntries(names.map((name, i) => [name, people[i]])) as unknown as Cast
  await companyIdOf(cast.stranger) // who owns a company, but not this one
  return cast
}

export const makeRoom = async (cast: Cast): Promise<Room> => ({
  ...(await makeChat(cast)),
  ...(await makeCompany(cast)),
})

/** The room with those halves of it made anew that `use` looks at: what is done to them must not be seen by others. */
export async function ownRoom(room: Room, cast: Cast, use: (room: Room) => unknown): Promise<Room> {
  const used = new Set<string>()
  const get = (of: Room, name: string | symbol) => {
    used.add(String(name))
    return Reflect.get(of, name)
  }
  await use(new Proxy(room, { get }))
  const own = { ...room }
  const chatHalf = ['chatId', 'messageId', 'guestMessageId', 'guestPartId', 'fileId']
  if (chatHalf.some(name => used.has(name))) Object.assign(own, await makeChat(cast))
  if ([...used].some(name => !chatHalf.includes(name))) Object.assign(own, await makeCompany(cast))
  return own
}

async function makeChat({ participant, removed, reader, admin, owner, guest }: Cast): Promise<ChatRoom> {
  const { id: chatId } = await openGroup(owner, [participant, removed, reader, admin, guest])
  const part = (of: Person) => participantId(owner, chatId, of)
  await owner.ask(change, { input: { participantId: await part(reader), role: 'READER' } })
  await owner.ask(change, { input: { participantId: await part(admin), role: 'ADMIN' } })
  await owner.ask(remove, { input: { participantId: await part(removed) } })
  const first = await send(guest, chatId, 'a question')
  const { id: fileId } = await upload(owner, 'hello')
  const { sendMessage }: Loose = await owner.ask(reply, {
    input: { chatId, content: { files: { fileIds: [fileId], caption: 'an answer' } }, replyToId: first.id },
  })
  const messageId = sendMessage.edge.node.id
  return { chatId, messageId, guestMessageId: first.id, guestPartId: await part(guest), fileId }
}

async function makeCompany({ participant, removed, reader, admin, owner, guest }: Cast): Promise<CompanyRoom> {
  const companyId = await companyIdOf(owner)
  for (const member of [participant, reader]) await join(owner, companyId, member)
  await join(owner, companyId, admin, 'ADMIN')
  await removeMember(owner, await join(owner, companyId, removed))
  const templateId = await templateIdOf(owner, companyId)
  const { edge } = await invite(owner, companyId, 'somebody@example.com')
  const invitationId: string = edge.node.id
  const guestMemberId = await join(owner, companyId, guest)
  return { companyId, templateId, guestMemberId, invitationId, invitationToken: mailedToken(invitationId) }
}

/** The same person on another device. */
export async function again(person: Person): Promise<Person> {
  const data = await person.ask(
    'mutation ($input: LoginInput!) { login(input: $input) { ... on LoginPayload { tokens { accessToken refreshToken } } } }',
    { input: { email: person.email, password: person.password } },
  )
  const { url, id, email, password } = person
  return personOf(url, { id, email, password, ...data.login.tokens })
}
