import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type * as Feed from '../../src/graph/feed.ts'
import { eventually, openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { openRaw } from './raw.ts'
import { chatEvents, follow, heard } from './subscribing.ts'

vi.mock('../../src/graph/feed.ts', async original => ({ ...(await original<typeof Feed>()), heartbeatMs: 50 }))

const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
  ... on UnreadCountChanged { chat { unreadCount } } ... on ChatUpdated { chat { title } } } } }`

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

test('a feed in which nothing happens beats, and one can go on from a beat', async () => {
  const chat = await openGroup(ann, [bob])
  const raw = await openRaw(house.url, bob)
  raw.subscribe('chat', chatEvents, { id: chat.id })
  raw.subscribe('inbox', inbox)
  await eventually(() => raw.frames('chat').length > 3 && raw.frames('inbox').length > 3)
  for (const id of ['chat', 'inbox'])
    for (const frame of raw.frames(id)) expect(frame).toEqual({ position: expect.any(String), live: true, event: null })
  raw.socket.terminate()

  await send(ann, chat.id, 'hello')
  await done(ann, 'updateChat', { chatId: chat.id, title: 'Another' })
  const on = follow(bob, chatEvents, { id: chat.id, after: raw.frames('chat').at(-1).position })
  const box = follow(bob, inbox, { after: raw.frames('inbox').at(-1).position })
  await heard(on, e => e.__typename === 'ChatUpdated')
  await heard(box, e => e.chat?.title === 'Another')
  await heard(box, e => e.chat?.unreadCount === 1)
  expect(on.events().map(e => e.__typename)).toEqual(['MessageSent', 'MessageSent', 'ChatUpdated']) // the second is the note
  on.stop()
  box.stop()
})
