import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  add,
  archive,
  create,
  does,
  edit,
  erase,
  kickPerson,
  leave,
  markRead,
  restore,
  room,
  say,
  update,
} from './chatting.ts'
import { eventually, type Loose, type Person, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openHouse } from './house.ts'
import { follow } from './live/subscribing.ts'

// What the system notes among the messages of a chat.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const people = (...names: string[]) => Promise.all(names.map(name => register(house.url, name)))

const message = `id body source contentKind version idempotencyKey author { __typename } replyTo { id }
  systemNote { kind text subject { ... on User { id } } }`
const look = `query ($id: ID!) { chat(id: $id) { unreadCount lastMessage { body } messages(first: 50) { edges { node { ${message} } } } } }`
const notesIn = async (by: Person, id: string): Promise<Loose[]> =>
  (await by.ask(look, { id })).chat.messages.edges.map((e: Loose) => e.node).filter((m: Loose) => m.systemNote)

test('what happens to a chat stands among its messages, by nobody, read, and told live as a message', async () => {
  const [ann, bob, cat, dan] = (await people('Ann', 'Bob', 'Cat', 'Dan')) as [Person, Person, Person, Person]
  const chatId = await room(ann, { MEMBER: [bob] }, 'First')
  const changes = `subscription ($id: ID!) { chatEvents(chatId: $id) { position event { __typename ... on MessageSent { edge { node { ${message} } } } } } }`
  const subscriber = follow(bob, changes, { id: chatId })
  await eventually(() => subscriber.frames.length > 0)
  await update(ann, chatId, { title: 'Second' })
  await add(ann, chatId, [cat, dan])
  await archive(ann, chatId)
  await restore(ann, chatId)
  await leave(cat, chatId)
  await kickPerson(ann, chatId, dan)
  const { id } = (await say(ann, chatId, 'look')).edge.node
  await does(ann, 'pinMessage', { messageId: id }, 'chat { id }')

  const notes = await notesIn(bob, chatId)
  expect(
    notes.map(m => [m.systemNote.kind, m.systemNote.subject?.id, m.systemNote.text, m.replyTo?.id ?? null]),
  ).toEqual([
    ['CHAT_CREATED', ann.id, 'First', null],
    ['PARTICIPANT_ADDED', bob.id, null, null],
    ['CHAT_RENAMED', ann.id, 'Second', null],
    ['PARTICIPANT_ADDED', cat.id, null, null],
    ['PARTICIPANT_ADDED', dan.id, null, null],
    ['CHAT_ARCHIVED', ann.id, null, null],
    ['CHAT_RESTORED', ann.id, null, null],
    ['PARTICIPANT_LEFT', cat.id, null, null],
    ['PARTICIPANT_REMOVED', dan.id, null, null],
    ['MESSAGE_PINNED', ann.id, null, id],
  ])
  for (const { author, body, source, contentKind, idempotencyKey } of notes)
    expect([author, body, source, contentKind, idempotencyKey]).toEqual([null, null, 'SYSTEM', 'SYSTEM', null])
  const { chat } = await bob.ask(look, { id: chatId })
  expect([chat.unreadCount, chat.lastMessage.body]).toEqual([1, 'look'])

  await eventually(() => subscriber.events().some(e => e.__typename === 'MessagePinned'))
  const told = subscriber.events().flatMap(e => (e.edge?.node.systemNote ? [e.edge.node] : []))
  expect(told).toEqual(notes.slice(2))
  subscriber.stop()
})

test('who is cut between a note and its event gets both again, at the same places', async () => {
  const [ann] = (await people('Ann')) as [Person]
  const chatId = await room(ann)
  const { chat } = await ann.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chatId })
  await update(ann, chatId, { title: 'Second' })
  await archive(ann, chatId)
  const changes = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { position event {
    __typename ... on MessageSent { edge { node { id systemNote { kind } } } } } } }`
  const after = async (position: string, last: number) => {
    const subscriber = follow(ann, changes, { id: chatId, after: position })
    await eventually(() => subscriber.events().length === last)
    subscriber.stop()
    return subscriber.frames.filter(f => f.event)
  }
  const all = await after(chat.position, 4)
  expect(all.map(f => f.event.edge?.node.systemNote.kind ?? f.event.__typename)).toEqual([
    ...['CHAT_RENAMED', 'ChatUpdated', 'CHAT_ARCHIVED', 'ChatArchived'],
  ])
  expect(await after(all[0]?.position, 4)).toEqual(all) // cut between the two: the note comes twice, under one id
  expect(await after(all[1]?.position, 2)).toEqual(all.slice(2)) // cut after both: neither comes again
  expect(await after(all[2]?.position, 2)).toEqual(all.slice(2))
})

test('who comes with a chat itself is no note', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const { edge } = await create(ann, { kind: 'GROUP', title: 'Room', participantIds: [bob.id] })
  expect((await notesIn(bob, edge.node.id)).map(m => m.systemNote.kind)).toEqual(['CHAT_CREATED'])
})

test('a direct chat notes nothing of its beginning', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const { edge } = await create(ann, { kind: 'DIRECT', participantIds: [bob.id] })
  expect(await notesIn(bob, edge.node.id)).toEqual([])
})

test('a note is read, and neither edited, deleted, answered, reacted to nor pinned', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const chatId = await room(ann, { MEMBER: [bob] })
  const [{ id: messageId }] = (await notesIn(ann, chatId)) as [Loose]
  expect(await edit(ann, messageId, 'x')).toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await erase(ann, messageId)).toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await say(ann, chatId, 'x', { replyToId: messageId })).toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await does(ann, 'addReaction', { messageId, emoji: '👍' }, 'commit')).toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await does(ann, 'pinMessage', { messageId }, 'chat { id }')).toMatchObject({ code: 'STATE_CONFLICT' })
  expect(await markRead(bob, chatId, messageId)).toMatchObject({ chat: { unreadCount: 0 } })
})

test('an erased title leaves a note without it', async () => {
  const [ann] = (await people('Ann')) as [Person]
  const chatId = await room(ann, {}, 'Secret')
  await asDatabase(house.databaseUrl, async query => {
    await query('update events set personal = null')
    await query('update streams set projected = -1')
    await query('insert into behind select id from streams on conflict do nothing')
    await eventually(async () => (await query('select from behind')).length === 0)
  })
  expect((await notesIn(ann, chatId)).map(m => m.systemNote)).toMatchObject([{ kind: 'CHAT_CREATED', text: null }])
})
