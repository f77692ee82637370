import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { pageSize } from '../../src/domain/chat/graphql/told.ts'
import { eventually, openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { follow } from './subscribing.ts'

// What was missed is told page by page: what it costs the database does not grow with each message.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

const author = 'author { ... on User { displayName } }'
const selections = [
  ['what all see the same', `edge { node { body ${author} } }`],
  ['what depends on who looks', `edge { node { body ${author} } } chat { unreadCount }`],
] as const
const ways = (['socket', 'sse'] as const).flatMap(way => selections.map(([what, text]) => [way, what, text] as const))

test('a page that is just full, and what comes after it', async () => {
  const chat = await openGroup(ann, [bob])
  const { position } = (await bob.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chat.id })).chat
  const expected = Array.from({ length: pageSize }, (_, i) => `m${i}`)
  for (const text of expected) await send(ann, chat.id, text)
  const query = `subscription ($id: ID! $after: StreamPosition) { chatEvents(chatId: $id, after: $after) {
    event { ... on MessageSent { edge { node { body } } } } } }`
  const back = follow(bob, query, { id: chat.id, after: position })
  const bodies = () => back.frames.flatMap(frame => frame.event?.edge?.node.body ?? [])
  await eventually(() => bodies().length >= pageSize)
  for (const text of ['one', 'more']) {
    await send(ann, chat.id, text)
    expected.push(text)
    await eventually(() => bodies().length >= expected.length)
  }
  expect(bodies()).toEqual(expected)
  back.stop()
})

test.each(ways)('%s: %s of sixty messages takes a few statements', async (transport, _what, selection) => {
  const chat = await openGroup(ann, [bob])
  const { position } = (await bob.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chat.id })).chat
  for (let i = 0; i < 60; i++) await send(ann, chat.id, `m${i}`)
  const query = `subscription ($id: ID! $after: StreamPosition) { chatEvents(chatId: $id, after: $after) {
    live event { __typename ... on MessageSent { ${selection} } } } }`
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const back = follow(bob, query, { id: chat.id, after: position }, { transport })
  const bodies = () => back.frames.flatMap(frame => frame.event?.edge?.node.body ?? [])
  await eventually(() => bodies().length >= 60)
  const texts = asked.mock.calls.map(([one]) => (one as { name?: string; text?: string }).name ?? '')
  asked.mockRestore()
  back.stop()
  expect(bodies()).toEqual(Array.from({ length: 60 }, (_, i) => `m${i}`))
  const told = texts.filter(name => /^(heads|read-stream|participation_of|messages_|users_|unread_|chats_)/.test(name))
  expect(told).toContain('read-streams') // of all that is counted: it is still called so
  expect(told.length).toBeLessThan(25)
})
