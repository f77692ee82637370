import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Loose, openGroup, type Person, participantId, register, send } from '../client.ts'
import { asDatabase } from '../database-of.ts'
import { movedTo } from '../fixtures/load.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { act, done } from './acts.ts'
import { hears, listen } from './listening.ts'
import type { Transport } from './subscribing.ts'

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: typing over two processes on Redis is NOT tested here')
const transports: Transport[] = ['socket', 'sse']
const typing = `subscription ($id: ID!) { typing(chatId: $id) { chatId user { id displayName } active expiresAt } }`
const says = (who: Person, chatId: string, active = true) => act(who, 'setTyping', { chatId, active }, 'expiresAt')
const of = (who: Person, active: boolean) => (e: Loose) => e.user.id === who.id && e.active === active

let house: House
let ann: Person
let bob: Person
let cid: Person
beforeAll(async () => {
  house = await openHouse()
  ;[ann, bob, cid] = (await Promise.all(['Ann', 'Bob', 'Cid'].map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
  ]
})
afterAll(() => house.close())

test('others hear that somebody writes and, five seconds later, that it ended by itself; oneself hears nothing', async () => {
  const chat = await openGroup(ann, [bob, cid])
  const others = transports.map(transport => listen(bob, typing, { id: chat.id }, { transport }))
  const own = listen(ann, typing, { id: chat.id })
  const before = Date.now()
  const { expiresAt } = await says(ann, chat.id)
  const lives = Date.parse(expiresAt) - before
  expect(lives).toBeGreaterThanOrEqual(5_000)
  expect(lives).toBeLessThan(5_000 + Date.now() - before + 1)
  for (const listener of others) {
    expect(await hears(listener, of(ann, true))).toEqual({
      chatId: chat.id,
      user: { id: ann.id, displayName: 'Ann' },
      active: true,
      expiresAt,
    })
    const ended = await hears(listener, of(ann, false))
    expect(Date.parse(ended.expiresAt)).toBeGreaterThanOrEqual(Date.parse(expiresAt) - 1_000)
    expect(listener.told).toHaveLength(2)
    listener.stop()
  }
  expect(own.told).toEqual([])
  own.stop()
})

test.each(transports)(
  '%s: sending ends it at once, and so does saying so; who comes later hears of those who write',
  async transport => {
    const chat = await openGroup(ann, [bob, cid])
    const bobs = listen(bob, typing, { id: chat.id }, { transport })
    const { expiresAt } = await says(ann, chat.id)
    await hears(bobs, of(ann, true))
    await send(ann, chat.id, 'written')
    expect((await hears(bobs, of(ann, false))).expiresAt < expiresAt).toBe(true)

    await says(cid, chat.id)
    const late = listen(ann, typing, { id: chat.id }, { transport })
    const heard = await hears(late, of(cid, true))
    expect(late.told).toEqual([heard])
    await says(cid, chat.id, false)
    expect((await hears(late, of(cid, false))).expiresAt < heard.expiresAt).toBe(true)
    bobs.stop()
    late.stop()
  },
)

test.each(transports)('%s: who is removed is cut off and hears nothing of what comes after', async transport => {
  const chat = await openGroup(ann, [bob, cid])
  const removed = listen(bob, typing, { id: chat.id }, { transport })
  const other = listen(cid, typing, { id: chat.id }, { transport })
  await says(ann, chat.id)
  await hears(removed, of(ann, true))
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, bob) })
  const { expiresAt } = await says(ann, chat.id)
  await hears(other, e => e.expiresAt === expiresAt)
  expect(await eventually(removed.ended)).toEqual({})
  expect(removed.told.map(e => [e.active, e.expiresAt < expiresAt])).not.toContainEqual([true, false])
  other.stop()
})

test('who is not in the chat can neither say nor hear it; who may not write in it cannot say it', async () => {
  const chat = await openGroup(ann, [bob, cid])
  const stranger = await register(house.url, 'Eve')
  expect(await says(stranger, chat.id)).toMatchObject({ code: 'NOT_FOUND' })
  for (const id of [chat.id, bob.id, 'garbage']) {
    const listener = listen(stranger, typing, { id })
    const { errors } = await eventually(listener.ended)
    expect(errors).toMatchObject([{ message: 'There is no such chat.', extensions: { code: 'NOT_FOUND' } }])
    listener.stop()
  }
  await done(ann, 'changeParticipantRole', { participantId: await participantId(ann, chat.id, cid), role: 'READER' })
  expect(await says(cid, chat.id)).toMatchObject({ code: 'FORBIDDEN' })
  await done(ann, 'archiveChat', { chatId: chat.id })
  expect(await says(bob, chat.id)).toMatchObject({ code: 'FORBIDDEN' })
})

test('who says it with each key is told of twice a second, and then asked to slow down', async () => {
  const chat = await openGroup(ann, [bob])
  const dot = await register(house.url, 'Dot')
  await done(ann, 'addParticipants', { chatId: chat.id, userIds: [dot.id] })
  const listener = listen(bob, typing, { id: chat.id })
  const began = Date.now()
  for (let i = 0; i < 60; i++) await says(dot, chat.id)
  const { expiresAt } = await says(dot, chat.id)
  await hears(listener, e => e.expiresAt === expiresAt)
  expect(listener.told.length).toBeLessThanOrEqual(2 + (Date.now() - began) / 500)
  listener.stop()
  const document = `mutation ($input: SetTypingInput!) { setTyping(input: $input) { __typename } }`
  const flood = await Promise.all(
    Array.from({ length: 200 }, () => dot.try(document, { input: { chatId: chat.id, active: true } })),
  )
  expect(new Set(flood.flatMap(a => a.errors?.map(e => e.extensions?.code) ?? []))).toEqual(new Set(['RATE_LIMITED']))
  expect(await says(bob, chat.id)).toMatchObject({ expiresAt: expect.any(String) })
})

test('nothing of it is in the log', async () => {
  const chat = await openGroup(ann, [bob])
  const head = () => asDatabase(house.databaseUrl, query => query('select max(position) from events'))
  const before = await head()
  const listener = listen(bob, typing, { id: chat.id })
  await says(ann, chat.id)
  await hears(listener, of(ann, true))
  await says(ann, chat.id, false)
  await hears(listener, of(ann, false))
  expect(await head()).toEqual(before)
  listener.stop()
})

test('while the store is away nobody is told anything, and all else works', async () => {
  const door = await openDoor(house.databaseUrl, { REDIS_URL: 'redis://127.0.0.1:1' })
  const [here, there] = [ann, bob].map(p => movedTo(p, `http://127.0.0.1:${door.port}`)) as [Person, Person]
  const chat = await openGroup(here, [there])
  const listener = listen(there, typing, { id: chat.id })
  expect(await says(here, chat.id)).toBeNull()
  await send(here, chat.id, 'all the same')
  await done(here, 'removeParticipant', { participantId: await participantId(here, chat.id, there) })
  expect(await eventually(listener.ended)).toEqual({})
  expect(listener.told).toEqual([])
  await door.stop()
})

describe.skipIf(!redisUrl)('with Redis', () => {
  test('two processes hear each other', async () => {
    const doors = await Promise.all([1, 2].map(() => openDoor(house.databaseUrl, { REDIS_URL: redisUrl ?? '' })))
    const [one = '', two = ''] = doors.map(door => `http://127.0.0.1:${door.port}`)
    const chat = await openGroup(ann, [bob])
    const listener = listen(bob, typing, { id: chat.id }, { url: two })
    const { expiresAt } = await eventually(() => says(movedTo(ann, one), chat.id))
    expect(await hears(listener, of(ann, true))).toMatchObject({ expiresAt })
    await send(movedTo(ann, one), chat.id, 'written')
    await hears(listener, of(ann, false))
    listener.stop()
    await Promise.all(doors.map(door => door.stop()))
  })
})
