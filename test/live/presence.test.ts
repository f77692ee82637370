import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { memoryEphemeral } from '../../src/adapter/memory/ephemeral.ts'
import type { PubSub } from '../../src/port/pubsub.ts'
import { eventually, type Loose, openGroup, type Person, participantId, register } from '../client.ts'
import { addMember, companyIdOf, removeMember } from '../company-people.ts'
import { asDatabase } from '../database-of.ts'
import { movedTo } from '../fixtures/load.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { act, done } from './acts.ts'
import { hears, listen, onAnotherDevice } from './listening.ts'
import { innerId, type Transport } from './subscribing.ts'

/** The clock of the store in memory, and its hints: a minute passes when a test says so. */
const clock = vi.hoisted(() => ({ ahead: 0, hints: [] as PubSub[] }))
vi.mock('../../src/adapter/memory/ephemeral.ts', async original => {
  const whole = (await original<{ memoryEphemeral: typeof memoryEphemeral }>()).memoryEphemeral
  const shifted: typeof whole = pubsub => {
    clock.hints.push(pubsub)
    return whole(pubsub, () => Date.now() + clock.ahead)
  }
  return { memoryEphemeral: shifted }
})
function pass(ms: number, ...people: Person[]): void {
  clock.ahead += ms
  for (const pubsub of clock.hints) for (const who of people) pubsub.publish(`presence:${innerId(who.id)}`)
}

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: presence of two processes on Redis is NOT tested here')
const transports: Transport[] = ['socket', 'sse']
const presence = `subscription ($ids: [ID!]!) { presence(userIds: $ids) { users { id presence { state lastSeenAt } } } }`
const is = (who: Person, state: string) => act(who, 'setPresence', { state }, 'expiresAt')
async function seen(by: Person, who: Person): Promise<Loose> {
  const { user } = await by.ask('query ($id: ID!) { user(id: $id) { presence { state lastSeenAt } } }', { id: who.id })
  return user.presence
}
const stateOf = async (by: Person, who: Person) => (await seen(by, who))?.state ?? null
const tells = (who: Person, state: string | null) => (told: Loose) =>
  told.users.some((u: Loose) => u.id === who.id && (u.presence?.state ?? null) === state)

let house: House
let ann: Person
let bob: Person
let cid: Person
let eve: Person
beforeAll(async () => {
  house = await openHouse()
  ;[ann, bob, cid, eve] = (await Promise.all(['Ann', 'Bob', 'Cid', 'Eve'].map(n => register(house.url, n)))) as [
    Person,
    Person,
    Person,
    Person,
  ]
  await openGroup(ann, [bob, cid])
})
afterAll(() => house.close())

test('several devices are one person: there if one is there, away if all are, gone when all are', async () => {
  const dot = await register(house.url, 'Dot')
  await openGroup(ann, [dot])
  const phone = await onAnotherDevice(dot)
  expect(await seen(ann, dot)).toEqual({ state: 'OFFLINE', lastSeenAt: null })
  const before = new Date().toISOString()
  const { expiresAt } = await is(dot, 'ONLINE')
  expect(Date.parse(expiresAt) - Date.parse(before)).toBeGreaterThanOrEqual(60_000)
  const { state, lastSeenAt } = await seen(ann, dot)
  expect([state, lastSeenAt >= before]).toEqual(['ONLINE', true])
  const steps: [Person, string, string][] = [
    [phone, 'AWAY', 'ONLINE'],
    [dot, 'AWAY', 'AWAY'],
    [dot, 'OFFLINE', 'AWAY'],
    [phone, 'OFFLINE', 'OFFLINE'],
    [phone, 'AWAY', 'AWAY'],
    [dot, 'OFFLINE', 'AWAY'],
  ]
  for (const [who, says, expected] of steps) {
    await is(who, says)
    expect(await seen(ann, dot)).toEqual({ state: expected, lastSeenAt })
  }
})

test.each(transports)('%s: who says nothing for a minute is gone; who goes on saying it stays', async transport => {
  const [dot, fay] = await Promise.all([register(house.url, 'Dot'), register(house.url, 'Fay')])
  await openGroup(ann, [dot, fay])
  const phone = await onAnotherDevice(dot)
  await Promise.all([is(dot, 'ONLINE'), is(phone, 'AWAY'), is(fay, 'ONLINE')])
  const listener = listen(ann, presence, { ids: [dot.id, fay.id] }, { transport })
  const first = await eventually(() => listener.told[0])
  expect(first.users.map((u: Loose) => u.presence.state)).toEqual(['ONLINE', 'ONLINE'])
  pass(59_000, dot, fay)
  expect(await stateOf(ann, dot)).toBe('ONLINE')
  await Promise.all([is(phone, 'AWAY'), is(fay, 'ONLINE')])
  pass(1_000, dot, fay)
  await hears(listener, tells(dot, 'AWAY'))
  pass(59_000, dot, fay)
  await is(fay, 'ONLINE')
  await hears(listener, tells(dot, 'OFFLINE'))
  const { lastSeenAt } = await seen(ann, dot)
  expect(Date.parse(lastSeenAt)).toBeLessThanOrEqual(Date.now())
  expect(listener.told.slice(1).flatMap(t => t.users.map((u: Loose) => u.id))).toEqual([dot.id, dot.id])
  listener.stop()
})

test('how it was before an ending is told by the timer of whoever listens, too', async () => {
  const dot = await register(house.url, 'Dot')
  await openGroup(ann, [dot])
  await is(dot, 'ONLINE')
  clock.ahead += 59_500 // nobody is woken by this
  const listener = listen(ann, presence, { ids: [dot.id] })
  await eventually(() => listener.told.length === 1)
  await hears(listener, tells(dot, 'OFFLINE'))
  listener.stop()
})

test('only who shares a chat may know: others are null, left out, and told no difference', async () => {
  const dot = await register(house.url, 'Dot')
  await is(dot, 'ONLINE')
  await is(eve, 'ONLINE')
  expect([await stateOf(ann, dot), await stateOf(dot, dot)]).toEqual([null, 'ONLINE'])
  const chat = await openGroup(ann, [dot])
  expect([await stateOf(ann, dot), await stateOf(eve, dot), await stateOf(dot, ann)]).toEqual([
    'ONLINE',
    null,
    'OFFLINE',
  ])
  const eves = listen(eve, presence, { ids: [dot.id, eve.id, 'garbage', chat.id] })
  const anns = listen(ann, presence, { ids: [dot.id, eve.id, bob.id] })
  const [first, annsFirst] = await eventually(() => eves.told[0] && anns.told[0] && [eves.told[0], anns.told[0]])
  expect(first.users).toMatchObject([{ id: eve.id, presence: { state: 'ONLINE' } }])
  expect(new Set(annsFirst.users.map((u: Loose) => u.id))).toEqual(new Set([dot.id, bob.id]))
  await is(dot, 'AWAY')
  await hears(anns, tells(dot, 'AWAY'))
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, dot) })
  expect([await stateOf(ann, dot), await stateOf(dot, ann)]).toEqual([null, null])
  const before = anns.told.length
  await is(dot, 'ONLINE')
  await is(bob, 'ONLINE')
  const next = await eventually(() => anns.told[before])
  expect(next.users).toMatchObject([{ id: bob.id }])
  await openGroup(ann, [dot])
  await is(dot, 'AWAY')
  await eventually(() => anns.told.slice(before).find(tells(dot, 'AWAY')))
  expect(anns.told.slice(before).some(tells(dot, 'ONLINE'))).toBe(false)
  expect(eves.told).toHaveLength(1)
  const direct = await done(eve, 'createChat', { kind: 'DIRECT', participantIds: [dot.id] }, 'edge { node { id } }')
  expect(await stateOf(eve, dot)).toBe('AWAY')
  await done(eve, 'deleteChat', { chatId: direct.edge.node.id })
  expect(await stateOf(eve, dot)).toBeNull()
  for (const one of [eves, anns]) one.stop()
  await is(bob, 'OFFLINE')
})

test('colleagues know of each other as long as they are', async () => {
  const [boss, dot] = await Promise.all([register(house.url, 'Boss'), register(house.url, 'Dot')])
  await is(dot, 'ONLINE')
  const companyId = await companyIdOf(boss)
  expect(await stateOf(boss, dot)).toBeNull()
  const { edge } = await addMember(boss, companyId, { id: dot.id })
  expect([await stateOf(boss, dot), await stateOf(dot, boss)]).toEqual(['ONLINE', 'OFFLINE'])
  expect(await stateOf(ann, dot)).toBeNull()
  await removeMember(boss, edge.node.id)
  expect([await stateOf(boss, dot), await stateOf(dot, boss)]).toEqual([null, null])
})

test('many changes are few frames, the last of which holds how it is', async () => {
  const listener = listen(ann, presence, { ids: [bob.id, cid.id] })
  await eventually(() => listener.told.length === 1)
  const began = Date.now()
  for (let i = 0; i < 25; i++)
    await Promise.all([is(bob, i % 2 ? 'AWAY' : 'ONLINE'), is(cid, i % 2 ? 'ONLINE' : 'AWAY')])
  await eventually(() => {
    const last = new Map(listener.told.flatMap(t => t.users.map((u: Loose) => [u.id, u.presence.state])))
    return last.get(bob.id) === 'ONLINE' && last.get(cid.id) === 'AWAY'
  })
  expect(listener.told.length).toBeLessThanOrEqual(3 + (Date.now() - began) / 1_000)
  listener.stop()
})

test('whose session ends is gone at once, and a deleted account is nowhere', async () => {
  const dot = await register(house.url, 'Dot')
  await openGroup(ann, [dot])
  const phone = await onAnotherDevice(dot)
  await Promise.all([is(dot, 'AWAY'), is(phone, 'ONLINE')])
  const listener = listen(ann, presence, { ids: [dot.id] })
  await hears(listener, tells(dot, 'ONLINE'))
  await phone.ask('mutation { logout(input: {}) { __typename } }')
  await hears(listener, tells(dot, 'AWAY'))
  await dot.ask('mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { __typename } }', {
    input: { password: dot.password },
  })
  expect(await seen(ann, dot)).toBeNull()
  listener.stop()
})

test('too many people, too often and a state that is none are refused; nobody is asked who is not signed in', async () => {
  const many = listen(ann, presence, { ids: Array(101).fill(bob.id) })
  const { errors } = await eventually(many.ended)
  expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }])
  many.stop()
  const dot = await register(house.url, 'Dot')
  const document = `mutation ($input: SetPresenceInput!) { setPresence(input: $input) { __typename } }`
  const flood = await Promise.all(Array.from({ length: 150 }, () => dot.try(document, { input: { state: 'ONLINE' } })))
  expect(new Set(flood.flatMap(a => a.errors?.map(e => e.extensions?.code) ?? []))).toEqual(new Set(['RATE_LIMITED']))
  expect((await dot.try(document, { input: { state: 'BUSY' } })).errors).toMatchObject([
    { extensions: { code: 'INVALID_INPUT' } },
  ])
})

test('nothing of it is in the log', async () => {
  const head = () => asDatabase(house.databaseUrl, query => query('select max(position) from events'))
  const before = await head()
  for (const state of ['ONLINE', 'AWAY', 'OFFLINE']) await is(bob, state)
  expect(await stateOf(ann, bob)).toBe('OFFLINE')
  expect(await head()).toEqual(before)
})

test('while the store is away nobody is known to be there, and all else works', async () => {
  const door = await openDoor(house.databaseUrl, { REDIS_URL: 'redis://127.0.0.1:1' })
  const here = movedTo(ann, `http://127.0.0.1:${door.port}`)
  expect(await is(here, 'ONLINE')).toBeNull()
  const answer = await here.try('query ($id: ID!) { user(id: $id) { displayName presence { state } } }', { id: bob.id })
  expect(answer).toMatchObject({ data: { user: { displayName: 'Bob', presence: null } } })
  const listener = listen(here, presence, { ids: [bob.id] })
  expect(await eventually(() => listener.told[0])).toEqual({ users: [{ id: bob.id, presence: null }] })
  listener.stop()
  await door.stop()
})

describe.skipIf(!redisUrl)('with Redis', () => {
  test('two processes see one person with a device at each', async () => {
    const doors = await Promise.all([1, 2].map(() => openDoor(house.databaseUrl, { REDIS_URL: redisUrl ?? '' })))
    const [one = '', two = ''] = doors.map(door => `http://127.0.0.1:${door.port}`)
    const phone = movedTo(await onAnotherDevice(bob), one)
    const laptop = movedTo(bob, two)
    const listener = listen(ann, presence, { ids: [bob.id] }, { url: two })
    await eventually(() => is(phone, 'ONLINE'))
    await hears(listener, tells(bob, 'ONLINE'))
    await eventually(() => is(laptop, 'AWAY'))
    expect(await stateOf(movedTo(ann, two), bob)).toBe('ONLINE')
    await is(phone, 'OFFLINE')
    await hears(listener, tells(bob, 'AWAY'))
    listener.stop()
    await Promise.all(doors.map(door => door.stop()))
  })
})
