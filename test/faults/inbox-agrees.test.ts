import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Loose, openGroup, type Person, register } from '../client.ts'
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

/** Of each event only what it changes: no later one makes good for one that was lost. */
const line = 'id lastActivityAt unreadCount lastMessage { id version body editedAt deletedAt }'
const chat = `title version archivedAt ${line}`
const viewer = 'viewer { id unreadCount unreadChatCount }'
const snapshot = `{ viewer { id unreadCount unreadChatCount inboxPosition user { id displayName }
  chats(first: 100, filter: { archived: null }) { edges { node { ${chat} } } } } }`
const changes = `subscription ($after: StreamPosition) { inbox(after: $after) { position event {
  __typename
  ... on ChatCreated { edge { node { ${chat} } } }
  ... on ChatUpdated { chat { id version title } }
  ... on ChatArchived { chat { id version archivedAt } }
  ... on ChatRestored { chat { id version archivedAt } }
  ... on ChatRemoved { removedChatId cause ${viewer} }
  ... on UnreadCountChanged { chat { ${line} } ${viewer} }
  ... on ProfileUpdated { user { id displayName } }
} } }`

async function query(cache: Cache, person: Person): Promise<string> {
  const { inboxPosition, chats, ...rest } = (await person.ask(snapshot)).viewer
  write(cache, rest)
  writeList(cache, 'chats', chats)
  return inboxPosition
}

function apply(cache: Cache, event: Loose): void {
  const { edge, removedChatId, ...rest } = event
  write(cache, rest)
  if (edge) cache.lists.get('chats')?.add(String(write(cache, edge.node)))
  if (removedChatId) cache.lists.get('chats')?.delete(removedChatId)
}

interface Client {
  cache: Cache
  subscriber: Subscriber
}
async function openClient(person: Person): Promise<Client> {
  const cache = emptyCache()
  const after = await query(cache, person)
  const onFrame = (frame: Loose) => {
    if (frame.event) apply(cache, frame.event)
  }
  return { cache, subscriber: follow(person, changes, { after }, { onFrame }) }
}

const shown = (cache: Cache, me: Person) => ({
  viewer: cache.nodes.get(globalId('Viewer', innerId(me.id))),
  user: cache.nodes.get(me.id),
  chats: listed(cache, 'chats'),
})

interface Scene {
  me: Person
  chats: string[]
  said: { chatId: string; messageId: string }[]
  random: () => number
}

/** One random thing that somebody does with one of the chats, or is refused. */
async function something(who: Person, { me, chats, said, random }: Scene): Promise<void> {
  const any = <T>(of: readonly T[]): T | undefined => of[Math.floor(random() * of.length)]
  const chatId = any(chats) ?? ''
  const { messageId, chatId: where } = any(said) ?? { messageId: '', chatId: '' }
  const what = random()
  if (what < 0.3) {
    const answer = await act(who, 'sendMessage', { chatId, content: { text: `${random()}` } }, 'edge { node { id } }')
    if (answer.edge) said.push({ chatId, messageId: answer.edge.node.id })
  } else if (what < 0.4) await act(who, 'editMessage', { messageId, body: `${random()}` })
  else if (what < 0.5) await act(who, 'deleteMessage', { messageId })
  else if (what < 0.62) await act(me, 'markMessagesAsRead', { chatId: where, upToMessageId: messageId })
  else if (what < 0.7) await act(who, 'addParticipants', { chatId, userIds: [me.id] })
  else if (what < 0.76) {
    const participantId = globalId('ChatParticipant', `${innerId(chatId)}.${innerId(me.id)}`)
    await act(who, 'removeParticipant', { participantId })
  } else if (what < 0.79) await act(me, 'leaveChat', { chatId })
  else if (what < 0.83) chats.push((await openGroup(who, [me], `Room ${random()}`)).id)
  else if (what < 0.85) await act(who, 'deleteChat', { chatId })
  else if (what < 0.92) await act(who, 'updateChat', { chatId, title: `Room ${random()}` })
  else if (what < 0.94) await act(who, 'archiveChat', { chatId })
  else if (what < 0.97) await act(who, 'restoreChat', { chatId })
  else await act(me, 'updateProfile', { displayName: `Me ${random()}` })
}

/** Short bursts, each looked at: a change that was lost is soon written over by the next of its kind. */
test.each([1, 2])('an inbox and the changes after it come to what a fresh query says (seed %i)', async seed => {
  const random = seeded(seed)
  const people = await Promise.all(['Me', 'Ann', 'Bob'].map(name => register(house.url, name)))
  const [me, ann, bob] = people as [Person, Person, Person]
  const chats = [(await openGroup(ann, [me, bob])).id, (await openGroup(bob, [ann, me])).id]
  const scene: Scene = { me, chats, said: [], random }
  for (let burst = 0; burst < 8; burst++) {
    const clients: Promise<Client>[] = []
    let left = 16
    const writer = async (who: Person) => {
      while (left-- > 0) {
        if (left % 4 === 0) clients.push(openClient(me))
        await something(who, scene)
      }
    }
    await Promise.all([ann, bob, me, ann, bob].map(writer))
    const last = await openGroup(ann, [me], 'the last one')
    await Promise.all(clients.map(opening => agrees(me, opening, last.id)))
  }
})

async function agrees(me: Person, opening: Promise<Client>, lastChat: string): Promise<void> {
  const { cache, subscriber } = await opening
  await eventually(() => cache.lists.get('chats')?.has(lastChat), 15_000, 'the last chat')
  const fresh = emptyCache()
  await query(fresh, me)
  const same = () => isDeepStrictEqual(shown(cache, me), shown(fresh, me))
  await eventually(same, 5_000).catch(() => undefined) // counts come a moment later
  expect(shown(cache, me)).toEqual(shown(fresh, me))
  subscriber.stop()
}
