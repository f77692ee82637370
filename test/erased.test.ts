import { afterAll, beforeAll, expect, test } from 'vitest'
import { archive, edit, restore, room, say, update } from './chatting.ts'
import { connect, eventually, type Loose, type Person, personOf, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openDoor, openHouse } from './house.ts'

// Erasure is possible: what is personal in the log can be set to null, and reads everywhere as erased, not as an error.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('a log without its personal parts: rebuilt, read over the API, subscribed to and written to', async () => {
  const ann = await register(house.url, 'Ann')
  const bob = await register(house.url, 'Bob')
  const chatId = await room(ann, { MEMBER: [bob] }, 'Private matters')
  const { position } = (await bob.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chatId })).chat
  const { node } = (await say(ann, chatId, 'a secret')).edge
  await edit(ann, node.id, 'another secret')
  await say(bob, chatId, 'what?', { replyToId: node.id })
  await update(ann, chatId, { title: 'More private matters' })

  await asDatabase(house.databaseUrl, async query => {
    await query('update events set personal = null')
    await query('truncate snapshots')
    await query('update streams set projected = -1')
    await query('insert into behind select id from streams on conflict do nothing')
  })
  const door = await openDoor(house.databaseUrl)
  const url = `http://127.0.0.1:${door.port}`
  const [ann2, bob2] = [ann, bob].map(p => personOf(url, p)) as [Person, Person]
  await eventually(() => asDatabase(house.databaseUrl, async query => (await query('select from behind')).length === 0))

  const look = `query ($chat: ID!, $user: ID!, $message: ID!) {
    viewer { email user { displayName } chats { edges { node { id title unreadCount } } } }
    user(id: $user) { handle displayName status }
    users { edges { node { id } } }
    node(id: $message) { id ... on Message { body editedAt } }
    chat(id: $chat) { title lastMessage { body } participants { edges { node { user { displayName } } } }
      messages { edges { node { body editedAt systemNote { kind text } author { ... on User { displayName } } replyTo { body } } } } }
  }`
  const seen = await bob2.ask(look, { chat: chatId, user: ann.id, message: node.id })
  expect(seen.viewer).toMatchObject({ email: '', user: { displayName: 'Erased' } })
  expect(seen.viewer.chats.edges).toEqual([{ node: { id: chatId, title: '', unreadCount: 1 } }])
  expect(seen.user).toMatchObject({ displayName: 'Erased', status: 'ACTIVE' })
  expect(seen.users.edges).toEqual([])
  expect(seen.node).toMatchObject({ body: null, editedAt: expect.any(String) })
  expect(seen.chat).toMatchObject({ title: '', lastMessage: { body: null } })
  expect(seen.chat.messages.edges.map((e: Loose) => e.node)).toMatchObject([
    { body: null, author: null, systemNote: { kind: 'CHAT_CREATED', text: null } },
    { body: null, author: null, systemNote: { kind: 'PARTICIPANT_ADDED', text: null } },
    { body: null, author: { displayName: 'Erased' }, replyTo: null },
    { body: null, author: { displayName: 'Erased' }, replyTo: { body: null } },
    { body: null, author: null, systemNote: { kind: 'CHAT_RENAMED', text: null } },
  ])
  expect(JSON.stringify(seen)).not.toMatch(/secret|private matters|Ann|Bob|what\?/i)

  expect(await replayed(bob2, chatId, position, 5)).toEqual([
    { __typename: 'MessageSent', edge: { node: { body: null } } },
    { __typename: 'MessageEdited', message: { body: null } },
    { __typename: 'MessageSent', edge: { node: { body: null } } },
    { __typename: 'MessageSent', edge: { node: { body: null } } },
    { __typename: 'ChatUpdated', chat: { title: '' } },
  ])

  expect((await say(ann2, chatId, 'still here')).edge.node.body).toBe('still here')
  expect((await edit(ann2, node.id, 'written anew')).editedMessage.body).toBe('written anew')
  expect((await update(ann2, chatId, { title: 'A new title' })).chat.title).toBe('A new title')
  expect([(await archive(ann2, chatId)).chat, (await restore(ann2, chatId)).chat]).toMatchObject([
    { title: 'A new title' },
    {},
  ])
  await door.stop()
})

/** The next events of a chat after a position. */
async function replayed(by: Person, chatId: string, after: string, count: number): Promise<Loose[]> {
  const client = connect(by)
  const events: Loose[] = []
  const query = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { event { __typename
    ... on MessageSent { edge { node { body } } } ... on MessageEdited { message { body } } ... on ChatUpdated { chat { title } } } } }`
  for await (const { data, errors } of client.iterate<Loose>({ query, variables: { id: chatId, after } })) {
    if (errors) throw new Error(JSON.stringify(errors))
    if (data?.chatEvents.event) events.push(data.chatEvents.event)
    if (events.length === count) break
  }
  await client.dispose()
  return events
}
