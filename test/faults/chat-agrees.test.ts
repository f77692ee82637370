import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Loose, openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { act } from '../live/acts.ts'
import { type Cache, emptyCache, listed, write, writeList } from '../live/cache.ts'
import { follow, globalId, innerId, type Subscriber } from '../live/subscribing.ts'
import { seeded } from '../random-history.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const message =
  'id sequence version body editedAt deletedAt pinnedAt mentions { id } reactions { emoji count } replyTo { id } author { ... on User { id } } chat { id }'
const permissions = 'canSend canPin canDeleteMessages canEdit canManageParticipants canArchive canDelete'
const chat = `id version title archivedAt participantCount unreadCount lastActivityAt lastMessage { ${message} }
  permissions { ${permissions} }`
const participant = `id version role lastReadAt lastReadSequence user { id displayName } chat { id }`
const snapshot = `query ($id: ID!) { chat(id: $id) { position ${chat}
  participants(first: 50) { edges { node { ${participant} } } }
  messages(last: 100) { edges { node { ${message} } } } } }`
/** Of each event only what it changes: no later one makes good for one that was lost. */
const counts = 'id unreadCount lastActivityAt lastMessage { id }'
const life = `id version archivedAt permissions { ${permissions} }`
const changes = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { position event {
  __typename
  ... on MessageSent { chat { ${counts} } edge { node { ${message} } } }
  ... on MessageEdited { message { ${message} } }
  ... on MessageDeleted { message { ${message} chat { ${counts} } } }
  ... on MessagePinned { edge { node { id pinnedAt } } }
  ... on MessageUnpinned { message { id pinnedAt } }
  ... on ReactionsChanged { message { id reactions { emoji count } } }
  ... on MessagesMarkedAsRead { chat { id unreadCount } participant { id lastReadAt lastReadSequence } }
  ... on ChatUpdated { chat { id version title } }
  ... on ChatArchived { chat { ${life} } }
  ... on ChatRestored { chat { ${life} } }
  ... on ParticipantAdded { chat { id participantCount } edge { node { ${participant} } } }
  ... on ParticipantRoleChanged { participant { id version role chat { id permissions { ${permissions} } } } }
  ... on ParticipantRemoved { chat { id participantCount } removedParticipantId }
} } }`

interface Client {
  cache: Cache
  subscriber: Subscriber
}

/** A client that queries, then follows from the position of the answer. */
async function openClient(person: Person, chatId: string): Promise<Client> {
  const cache = emptyCache()
  const position = await query(cache, person, chatId)
  const onFrame = (frame: Loose) => {
    if (frame.event) apply(cache, frame.event)
  }
  return { cache, subscriber: follow(person, changes, { id: chatId, after: position }, { onFrame }) }
}

async function query(cache: Cache, person: Person, chatId: string): Promise<string> {
  const data = await person.ask(snapshot, { id: chatId })
  const { position, participants, messages, ...rest } = data.chat
  write(cache, rest)
  writeList(cache, 'participants', participants)
  writeList(cache, 'messages', messages)
  return position
}

function apply(cache: Cache, event: Loose): void {
  const { edge, removedParticipantId, ...rest } = event
  const id = edge ? write(cache, edge.node) : null
  write(cache, rest)
  if (event.__typename === 'MessageSent') cache.lists.get('messages')?.add(String(id))
  if (event.__typename === 'ParticipantAdded') cache.lists.get('participants')?.add(String(id))
  if (event.__typename === 'ParticipantRemoved') cache.lists.get('participants')?.delete(removedParticipantId)
}

const shown = (cache: Cache, chatId: string) => ({
  chat: cache.nodes.get(chatId),
  participants: listed(cache, 'participants'),
  messages: listed(cache, 'messages'),
})

interface Scene {
  chatId: string
  /** Come and go. */
  others: readonly Person[]
  /** Change their roles. */
  ranked: readonly Person[]
  said: string[]
  random: () => number
}

/** One random thing that somebody does, or is refused. */
async function something(who: Person, { chatId, others, ranked, said, random }: Scene): Promise<void> {
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const participantId = (of: Person) => globalId('ChatParticipant', `${innerId(chatId)}.${innerId(of.id)}`)
  const messageId = any(said) ?? chatId
  const what = random()
  if (what < 0.3) {
    const answer = await act(who, 'sendMessage', { chatId, content: { text: `${random()}` } }, 'edge { node { id } }')
    if (answer.edge) said.push(answer.edge.node.id)
  } else if (what < 0.4) await act(who, 'editMessage', { messageId, body: `${random()}` })
  else if (what < 0.47) await act(who, 'deleteMessage', { messageId })
  else if (what < 0.58) await act(who, 'markMessagesAsRead', { chatId, upToMessageId: messageId })
  else if (what < 0.68) {
    const role = any(['ADMIN', 'MEMBER', 'READER'])
    await act(who, 'changeParticipantRole', { participantId: participantId(any(ranked)), role })
  } else if (what < 0.75) await act(who, 'addParticipants', { chatId, userIds: [any(others).id] })
  else if (what < 0.82) await act(who, 'removeParticipant', { participantId: participantId(any(others)) })
  else if (what < 0.88) {
    await act(who, any(['addReaction', 'addReaction', 'removeReaction']), { messageId, emoji: any(['👍', '🎉']) })
  } else if (what < 0.93) await act(who, 'updateChat', { chatId, title: `Room ${random()}` })
  else if (what < 0.96) await act(who, any(['pinMessage', 'unpinMessage']), { messageId })
  else if (what < 0.97) await act(who, 'archiveChat', { chatId })
  else await act(who, 'restoreChat', { chatId })
}

/** Short bursts, each looked at: a change that was lost is soon written over by the next of its kind. */
test.each([1, 2])('a snapshot and the changes after it come to what a fresh query says (seed %i)', async seed => {
  const random = seeded(seed)
  const people = await Promise.all(['Ann', 'Bob', 'Cid', 'Dot', 'Eve'].map(name => register(house.url, name)))
  const [ann, bob, ...others] = people as [Person, Person, ...Person[]]
  const room = await openGroup(ann, people.slice(1, 4))
  const scene: Scene = { chatId: room.id, others, ranked: [bob, ...others], said: [], random }
  for (let burst = 0; burst < 8; burst++) {
    const clients: { person: Person; opening: Promise<Client> }[] = []
    let left = 16
    const writer = async (who: Person) => {
      while (left-- > 0) {
        const person = random() < 0.5 ? ann : bob
        if (left % 4 === 0) clients.push({ person, opening: openClient(person, room.id) })
        await something(who, scene)
      }
    }
    await Promise.all([ann, bob, ann, ...others].map(writer))
    await act(ann, 'restoreChat', { chatId: room.id })
    const last = await send(ann, room.id, 'the last one')
    await Promise.all(clients.map(({ person, opening }) => agrees(person, opening, room.id, last.id)))
  }
})

async function agrees(person: Person, opening: Promise<Client>, chatId: string, lastMessage: string): Promise<void> {
  const { cache, subscriber } = await opening
  const isThere = () => cache.lists.get('messages')?.has(lastMessage)
  await eventually(isThere, 15_000, 'the last message')
  const fresh = emptyCache()
  await query(fresh, person, chatId)
  const same = () => isDeepStrictEqual(shown(cache, chatId), shown(fresh, chatId))
  await eventually(same, 5_000).catch(() => undefined) // markers come a moment later
  expect(shown(cache, chatId)).toEqual(shown(fresh, chatId))
  subscriber.stop()
}
