import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { add, create, kickPerson, remove, room, say } from './chatting.ts'
import { type Answer, type Loose, type Person, password, personOf, post, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openDoor, openHouse } from './house.ts'

// The same key and input: carried out once, answered each time.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

const newKey = () => crypto.randomUUID()
const count = (sql: string, values: unknown[] = []) =>
  asDatabase(house.databaseUrl, async query => Number((await query<{ n: string }>(sql, values))[0]?.n))
const eventsOf = (key: string) => count('select count(*) n from events where command = $1', [key])
const receiptsOf = (key: string) => count('select count(*) n from receipts where command = $1', [key])
const times = <T>(n: number, work: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => work(i)))
const reused = { __typename: 'ConflictError', code: 'IDEMPOTENCY_KEY_REUSED' }

test('50 at once, over two servers, and again after a restart: one event, one payload', async () => {
  const chatId = await room(ann)
  const idempotencyKey = newKey()
  const door = await openDoor(house.databaseUrl)
  const there = personOf(`http://127.0.0.1:${door.port}`, ann)
  const all = await times(50, i => say(i % 2 ? there : ann, chatId, 'once', { idempotencyKey }))
  await door.stop()
  const restarted = await openDoor(house.databaseUrl)
  all.push(await say(personOf(`http://127.0.0.1:${restarted.port}`, ann), chatId, 'once', { idempotencyKey }))
  await restarted.stop()
  expect(all[0].edge.node).toMatchObject({ body: 'once', idempotencyKey })
  expect(all).toEqual(all.map(() => all[0]))
  expect(await eventsOf(idempotencyKey)).toBe(1)
})

test('50 at once open one group, and add somebody once', async () => {
  const [opening, adding] = [newKey(), newKey()]
  const opened = await times(50, () =>
    create(ann, { kind: 'GROUP', title: 'Once', participantIds: [], idempotencyKey: opening }),
  )
  expect(opened).toEqual(opened.map(() => opened[0]))
  const chatId = opened[0].edge.node.id
  const added = await times(50, () => add(ann, chatId, [bob], { idempotencyKey: adding }))
  expect(added).toEqual(added.map(() => added[0]))
  expect([await eventsOf(opening), await eventsOf(adding)]).toEqual([2, 1])
})

test('the same key twice in one operation is one message', async () => {
  const chatId = await room(ann)
  const idempotencyKey = newKey()
  const one = 'sendMessage(input: $input) { ... on SendMessagePayload { edge { node { id } } } ... on Error { code } }'
  const data = await ann.ask(`mutation ($input: SendMessageInput!) { a: ${one} b: ${one} }`, {
    input: { chatId, content: { text: 'once' }, idempotencyKey },
  })
  expect([data.a, await eventsOf(idempotencyKey)]).toEqual([data.b, 1])
})

test('with other input, or for another mutation, it is refused', async () => {
  const [chatId, other] = [await room(ann), await room(ann)]
  const idempotencyKey = newKey()
  await say(ann, chatId, 'first', { idempotencyKey })
  expect(await say(ann, chatId, 'second', { idempotencyKey })).toMatchObject(reused)
  expect(await say(ann, other, 'first', { idempotencyKey })).toMatchObject(reused)
  expect(await create(ann, { kind: 'GROUP', title: 'A', participantIds: [], idempotencyKey })).toMatchObject(reused)
  expect(await eventsOf(idempotencyKey)).toBe(1)
})

test('is its author’s alone: the same key of somebody else sends another message', async () => {
  const chatId = await room(ann, { MEMBER: [bob] })
  const idempotencyKey = newKey()
  const [mine, his] = [
    await say(ann, chatId, 'hi', { idempotencyKey }),
    await say(bob, chatId, 'hi', { idempotencyKey }),
  ]
  expect([mine.edge.node.id === his.edge.node.id, his.edge.node.author.id]).toEqual([false, bob.id])
})

test('a refused command leaves no receipt: its key is free', async () => {
  const chatId = await room(ann)
  const idempotencyKey = newKey()
  expect(await say(bob, chatId, 'let me in', { idempotencyKey })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await say(bob, chatId, ' ', { idempotencyKey })).toMatchObject({ code: 'INVALID_INPUT' })
  expect(await receiptsOf(idempotencyKey)).toBe(0)
  await add(ann, chatId, [bob])
  expect((await say(bob, chatId, 'let me in', { idempotencyKey })).edge.node.idempotencyKey).toBe(idempotencyKey)
})

test('a replay tells nothing to somebody who was removed meanwhile, nor of what is deleted', async () => {
  const chatId = await room(ann, { ADMIN: [bob] })
  const [sending, adding] = [newKey(), newKey()]
  await say(bob, chatId, 'mine', { idempotencyKey: sending })
  await add(bob, chatId, [ann], { idempotencyKey: adding })
  await kickPerson(ann, chatId, bob)
  await say(ann, chatId, 'without Bob')
  const gone = { __typename: 'NotFoundError', missingIds: [chatId] }
  expect(await say(bob, chatId, 'mine', { idempotencyKey: sending })).toMatchObject(gone)
  expect(await add(bob, chatId, [ann], { idempotencyKey: adding })).toMatchObject(gone)

  const opening = newKey()
  const input = { kind: 'GROUP', title: 'Soon gone', participantIds: [], idempotencyKey: opening }
  const opened = (await create(ann, input)).edge.node.id
  await remove(ann, opened)
  expect(await create(ann, input)).toMatchObject({ __typename: 'NotFoundError', missingIds: [opened] })
})

describe('register', () => {
  const query = `mutation ($input: RegisterInput!) { register(input: $input) { __typename
    ... on RegisterPayload { viewer { user { id handle } } tokens { accessToken } } ... on Error { code } } }`
  const join = async (input: object): Promise<Loose> =>
    ((await post(house.url, query, { input })) as Answer<Loose>).data.register
  const person = () => ({ email: `${newKey()}@example.com`, displayName: 'Cat', password, idempotencyKey: newKey() })

  test('a replay is the same account, signed in anew, 20 at once too', async () => {
    const input = person()
    const all = await times(20, () => join(input))
    expect(new Set(all.map(a => a.viewer?.user.id ?? a.code)).size).toBe(1)
    expect(await count('select count(*) n from user_accounts where email = $1', [input.email])).toBe(1)
    for (const { tokens } of [all[0], await join(input)]) {
      const { data } = await post(house.url, '{ viewer { email } }', {}, tokens.accessToken)
      expect(data.viewer.email).toBe(input.email)
    }
    expect(
      await count(
        'select count(*) n from passwords p where not exists (select from user_accounts u where u.id = p.user_id)',
      ),
    ).toBe(0)
  })
  test('a replay needs the password: a key alone opens nothing', async () => {
    const input = person()
    await join(input)
    const before = await count('select count(*) n from sessions')
    expect(await join({ ...input, password: 'another good one' })).toMatchObject(reused)
    expect(await join({ ...input, displayName: 'Dog' })).toMatchObject(reused)
    expect(await count('select count(*) n from sessions')).toBe(before)
    expect((await join(input)).tokens).toBeTruthy()
  })
})
