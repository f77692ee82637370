import { afterAll, beforeAll, expect, test } from 'vitest'
import { add, archive, create, kickPerson, leave, remove, say, update } from './chatting.ts'
import { type Loose, type Person, register } from './client.ts'
import { type House, openHouse } from './house.ts'

// A direct chat is one a pair, whoever begins and however often.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function newPair(): Promise<void> {
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
}
const direct = (by: Person, other: Person, more: object = {}) =>
  create(by, { kind: 'DIRECT', participantIds: [other.id], ...more })

test('is given back when it is there, whoever asks, and called by the other’s name', async () => {
  await newPair()
  const { edge } = await direct(ann, bob)
  expect(edge.node).toMatchObject({ kind: 'DIRECT', title: 'Bob', participantCount: 2 })
  expect((await direct(bob, ann)).edge.node).toMatchObject({ id: edge.node.id, title: 'Ann' })
  expect((await direct(ann, bob)).edge.node.id).toBe(edge.node.id)
  const { chat } = await bob.ask('query ($id: ID!) { chat(id: $id) { peer { id } } }', { id: edge.node.id })
  expect(chat.peer.id).toBe(ann.id)
})

test('50 at once, from both sides, with and without keys: one chat, made once', async () => {
  await newPair()
  const begin = (i: number) =>
    direct(
      ...((i % 2 ? [ann, bob] : [bob, ann]) as [Person, Person]),
      i % 3 ? {} : { idempotencyKey: crypto.randomUUID() },
    )
  const all = await Promise.all(Array.from({ length: 50 }, (_, i) => begin(i)))
  expect(new Set(all.map(a => a.edge?.node.id ?? a.code)).size).toBe(1)
  const { viewer } = await ann.ask('{ viewer { chats { edges { node { participantCount } } } } }')
  expect(viewer.chats.edges.map((e: Loose) => e.node.participantCount)).toEqual([2])
})

test('once deleted, the next one is another; a key that made the old one says so', async () => {
  await newPair()
  const idempotencyKey = crypto.randomUUID()
  const first = (await direct(ann, bob, { idempotencyKey })).edge.node.id
  await say(bob, first, 'of the first')
  expect(await remove(bob, first)).toMatchObject({ removedChatId: first })
  expect(await direct(ann, bob, { idempotencyKey })).toMatchObject({ code: 'STATE_CONFLICT' })
  const [one, other] = await Promise.all([direct(ann, bob), direct(bob, ann)])
  expect(one.edge.node).toMatchObject({ id: other.edge.node.id, lastMessage: null })
  expect(one.edge.node.id).not.toBe(first)
  expect((await direct(ann, bob, { idempotencyKey })).edge.node.id).toBe(one.edge.node.id)
})

test('stays between its two: nobody comes, goes or names it', async () => {
  await newPair()
  const chatId = (await direct(ann, bob)).edge.node.id
  const cat = await register(house.url, 'Cat')
  const conflict = { __typename: 'ConflictError', code: 'STATE_CONFLICT' }
  expect(await add(ann, chatId, [cat])).toMatchObject(conflict)
  expect(await kickPerson(ann, chatId, bob)).toMatchObject(conflict)
  expect(await leave(bob, chatId)).toMatchObject(conflict)
  expect(await update(ann, chatId, { title: 'Us' })).toMatchObject(conflict)
  expect((await archive(bob, chatId)).chat.archivedAt).toBeTruthy()
  expect((await direct(ann, bob)).edge.node).toMatchObject({ id: chatId, archivedAt: expect.any(String) })
})

test('is refused with oneself, with nobody, with two, with a title, and with an account that is gone', async () => {
  await newPair()
  const invalid = (field: string) => ({ code: 'INVALID_INPUT', issues: [{ path: [field] }] })
  expect(await direct(ann, ann)).toMatchObject(invalid('participantIds'))
  expect(await create(ann, { kind: 'DIRECT', participantIds: [] })).toMatchObject(invalid('participantIds'))
  const cat = await register(house.url, 'Cat')
  expect(await direct(ann, bob, { participantIds: [bob.id, cat.id] })).toMatchObject(invalid('participantIds'))
  expect(await direct(ann, bob, { title: 'Us' })).toMatchObject(invalid('title'))
  await cat.ask('mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { __typename } }', {
    input: { password: cat.password },
  })
  expect(await direct(ann, cat)).toMatchObject({ code: 'NOT_FOUND', missingIds: [cat.id] })
})
