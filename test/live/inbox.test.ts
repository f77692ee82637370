import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, openGroup, type Person, participantId, register, send } from '../client.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { follow, heard, type Subscriber } from './subscribing.ts'

const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
  ... on ChatCreated { chat { id title } edge { node { id } cursor } }
  ... on ChatUpdated { chat { id title } }
  ... on ChatArchived { chat { id archivedAt } }
  ... on ChatRestored { chat { id archivedAt } }
  ... on ChatRemoved { removedChatId cause viewer { unreadCount unreadChatCount } }
  ... on UnreadCountChanged { chat { id unreadCount } viewer { unreadCount unreadChatCount } }
  ... on ProfileUpdated { user { displayName } } } } }`

let house: House
let ann: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
})
afterAll(() => house.close())

const openInbox = async (person: Person): Promise<Subscriber> =>
  follow(person, inbox, { after: (await person.ask('{ viewer { inboxPosition } }')).viewer.inboxPosition })

/** What happened, without the state that comes between. */
const happened = (subscriber: Subscriber) =>
  subscriber
    .events()
    .map(e => (e.cause ? `${e.__typename} ${e.cause}` : e.__typename))
    .filter(name => name !== 'UnreadCountChanged')

test('what is lost before one heard of it is still told to be lost', async () => {
  const bob = await register(house.url, 'Bob')
  const box = await openInbox(bob)
  const chat = await openGroup(ann, [bob])
  await done(bob, 'leaveChat', { chatId: chat.id })
  await done(ann, 'updateChat', { chatId: chat.id, title: 'Not for Bob' })
  await done(ann, 'addParticipants', { chatId: chat.id, userIds: [bob.id] })
  await done(ann, 'updateChat', { chatId: chat.id, title: 'For Bob' })
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, bob) })
  await done(ann, 'updateChat', { chatId: chat.id, title: 'Not for Bob either' })
  const second = await openGroup(ann, [bob])
  await done(ann, 'deleteChat', { chatId: second.id })
  await done(bob, 'updateProfile', { displayName: 'Robert' })
  await heard(box, e => e.user?.displayName === 'Robert')
  expect(happened(box).filter(name => name.startsWith('ChatRemoved'))).toEqual(
    ['LEFT', 'REMOVED', 'DELETED'].map(cause => `ChatRemoved ${cause}`),
  )
  expect(happened(box).at(-1)).toBe('ProfileUpdated')
  expect(JSON.stringify(box.frames)).not.toContain('Not for Bob either')
  box.stop()
})

test('each step is told, with the chat as it is then', async () => {
  const bob = await register(house.url, 'Bob')
  const box = await openInbox(bob)
  const chat = await openGroup(ann, [bob], 'First')
  const created = await heard(box, e => e.__typename === 'ChatCreated')
  expect(created).toMatchObject({
    chat: { id: chat.id, title: 'First' },
    edge: { node: { id: chat.id }, cursor: expect.any(String) },
  })
  await done(ann, 'updateChat', { chatId: chat.id, title: 'Renamed' })
  await heard(box, e => e.__typename === 'ChatUpdated' && e.chat.title === 'Renamed')
  await done(ann, 'archiveChat', { chatId: chat.id })
  await heard(box, e => e.__typename === 'ChatArchived' && e.chat.archivedAt)
  await done(ann, 'restoreChat', { chatId: chat.id })
  await heard(box, e => e.__typename === 'ChatRestored' && !e.chat.archivedAt)
  await send(ann, chat.id, 'unread')
  await heard(box, e => e.viewer?.unreadCount === 1)
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, bob) })
  const gone = await heard(box, e => e.__typename === 'ChatRemoved')
  expect(gone).toMatchObject({
    removedChatId: chat.id,
    cause: 'REMOVED',
    viewer: { unreadCount: 0, unreadChatCount: 0 },
  })
  await done(ann, 'addParticipants', { chatId: chat.id, userIds: [bob.id] })
  await heard(box, () => happened(box).filter(name => name === 'ChatCreated').length === 2)
  await done(bob, 'leaveChat', { chatId: chat.id })
  await heard(box, e => e.cause === 'LEFT')
  const second = await openGroup(ann, [bob])
  await heard(box, e => e.__typename === 'ChatCreated' && e.chat.id === second.id)
  await done(ann, 'deleteChat', { chatId: second.id })
  await heard(box, e => e.cause === 'DELETED' && e.removedChatId === second.id)
  box.stop()
})

test('unread counts are told as they are, not one by one, and come to the right totals', async () => {
  const bob = await register(house.url, 'Bob')
  const few = await openGroup(ann, [bob])
  const many = await openGroup(ann, [bob])
  const box = await openInbox(bob)
  const began = Date.now()
  const sent: Awaited<ReturnType<typeof send>>[] = []
  for (let i = 0; i < 200; i++) sent.push(await send(ann, i % 4 ? many.id : few.id, `${i}`))
  await heard(box, e => e.viewer?.unreadCount === 200 && e.viewer.unreadChatCount === 2)
  const count = (id: string) => box.events().findLast(e => e.chat?.id === id)?.chat.unreadCount
  await eventually(() => count(few.id) === 50 && count(many.id) === 150, 10_000, '50 and 150 unread')
  // Each of the two once a second, however often it moves.
  expect(box.events().length).toBeLessThanOrEqual(2 * ((Date.now() - began) / 1_000 + 2))
  const last = sent.at(-1)
  await done(bob, 'markMessagesAsRead', { chatId: many.id, upToMessageId: last?.id })
  await heard(box, e => e.viewer?.unreadCount === 50 && e.viewer.unreadChatCount === 1)
  box.stop()
})

test('who comes back after a while hears of all that happened meanwhile', async () => {
  const bob = await register(house.url, 'Bob')
  const lost = await openGroup(ann, [bob])
  const left = await openGroup(ann, [bob])
  const deleted = await openGroup(ann, [bob])
  const renamed = await openGroup(ann, [bob])
  const busy = await openGroup(ann, [bob])
  const before = await openInbox(bob)
  await send(ann, lost.id, 'one more')
  await heard(before, e => e.viewer?.unreadCount === 1)
  before.stop()
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, lost.id, bob) })
  await done(bob, 'leaveChat', { chatId: left.id })
  await done(ann, 'deleteChat', { chatId: deleted.id })
  await done(ann, 'updateChat', { chatId: renamed.id, title: 'Renamed' })
  await send(ann, busy.id, 'news')
  const fresh = await openGroup(ann, [bob], 'New')
  const after = follow(bob, inbox, { after: before.frames.at(-1).position })
  await heard(after, e => e.viewer?.unreadCount === 1 && e.chat?.id === busy.id)
  await heard(after, e => e.__typename === 'ChatCreated' && e.chat.id === fresh.id)
  expect(happened(after)).toEqual([
    'ChatRemoved REMOVED',
    'ChatRemoved LEFT',
    'ChatRemoved DELETED',
    'ChatUpdated',
    'ChatCreated',
  ])
  after.stop()
})

test('an index that lags behind delays, and loses nothing: not before the snapshot, not after it', async () => {
  const { url, databaseUrl, close } = await openHouse({ ROLE: 'api' }) // nobody follows the log yet
  const [cid, dot] = [await register(url, 'Cid'), await register(url, 'Dot')]
  const early = await openGroup(cid, [dot], 'Early')
  const box = await openInbox(dot)
  await done(cid, 'updateChat', { chatId: early.id, title: 'Renamed' })
  await openGroup(cid, [dot], 'Late')
  await send(cid, early.id, 'state needs no index')
  await heard(box, e => e.viewer?.unreadCount === 1)
  expect(happened(box)).toEqual([])
  const worker = await openDoor(databaseUrl, { ROLE: 'worker' })
  await heard(box, e => e.chat?.title === 'Late')
  // What is older than the snapshot may be told again; it changes nothing.
  expect(happened(box)).toEqual(['ChatCreated', 'ChatUpdated', 'ChatCreated'])
  box.stop()
  await worker.stop()
  await close()
})
