import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { createAuth } from '../src/api/auth.ts'
import { chatIdsOf, participationOf } from '../src/domain/chat/queries/index.ts'
import { usersByIds } from '../src/domain/userAccount/queries.ts'
import { parseGlobalId } from '../src/graph/node.ts'
import { createTokens } from '../src/graph/tokens.ts'
import { newId } from '../src/kernel/id.ts'
import type { Sessions } from '../src/port/sessions.ts'
import { room, say } from './chatting.ts'
import { type Person, register } from './client.ts'
import { type House, openHouse } from './house.ts'

// How many statements an operation takes, which no machine changes. What the worker and the live feeds look at is left out by name.

let house: House
let ann: Person
let bob: Person
let chatId: string
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
  chatId = await room(ann, { MEMBER: [bob] })
  for (let i = 0; i < 30; i++) await say(i % 2 ? ann : bob, chatId, `m${i}`)
})
afterAll(() => house.close())

const ofRequests = /^(append_|marked$|chats_|messages_|newest_|participation_|users_|unread_|receipt$)/

/** Names of the prepared statements that `work` takes; each operation is carried out once before, so that its session is known. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  await work()
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  try {
    await work()
    const names = asked.mock.calls.map(([query]) => (query as { name?: string } | undefined)?.name ?? '')
    return names.filter(name => ofRequests.test(name)).map(name => name.replace(/^(append|chats_page)_.*/, '$1'))
  } finally {
    asked.mockRestore()
  }
}

const open = `query ($id: ID!, $last: Int!) { chat(id: $id) { id messages(last: $last) {
  edges { node { id body author { ... on User { id handle displayName } } } } pageInfo { startCursor } } } }`
const list = `query ($first: Int!) { viewer { chats(first: $first) { edges { node {
  id title unreadCount lastMessage { id body author { ... on User { id displayName } } } } } } } }`

test('a message is sent and shown with two', async () => {
  expect(
    await statementsOf(() =>
      ann.ask(
        `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
    ... on SendMessagePayload { edge { node { id sequence body } } commit } } }`,
        {
          input: { chatId, content: { text: 'short' }, idempotencyKey: crypto.randomUUID() },
        },
      ),
    ),
  ).toEqual(['append', 'messages_at'])
})

const opened = ['chats_by_ids', 'participation_of', 'messages_before', 'users_by_ids']
test.each([1, 10, 30])('a chat is opened with its newest %i messages and their authors with four', async last => {
  expect(await statementsOf(() => ann.ask(open, { id: chatId, last }))).toEqual(opened)
})

test('where its feed is takes one more, before all others, and only when it is asked for', async () => {
  const operation = open
    .replace('{ id messages', '{ ...Place messages')
    .concat('fragment Place on Chat { at: position }')
  expect(await statementsOf(() => ann.ask(operation, { id: chatId, last: 10 }))).toEqual(['marked', ...opened])
})

test('the list of chats takes as many for many as for one', async () => {
  const one = await statementsOf(() => ann.ask(list, { first: 100 }))
  for (let i = 0; i < 12; i++) await say(bob, await room(ann, { MEMBER: [bob] }), 'hello')
  const many = await statementsOf(() => ann.ask(list, { first: 100 }))
  expect(many.sort()).toEqual(one.sort())
  expect(many.length).toBe(6)
})

test('sessions of one turn are looked at together', async () => {
  const ids = [newId(), newId(), newId()]
  const ended = ids[2]
  const live = vi.fn(async (asked: readonly string[]) => new Set(asked.filter(id => id !== ended)))
  const sessions = { live } as unknown as Sessions
  const auth = createAuth({ secret: 'test', accessSeconds: 60, sessions, tokens: createTokens('test', 'test') })
  const expiresAt = new Date(Date.now() + 60_000)
  const issued = ids.map(id => auth.issue({ id, userId: newId(), generation: 0, expiresAt }))
  const headers = (await Promise.all(issued)).map(({ accessToken }) => `Bearer ${accessToken}`)
  const callers = () => Promise.all(headers.map(auth.authenticate))
  await callers() // signatures are looked at in threads, each in its own time, and once
  auth.forget()
  live.mockClear()
  const found = await callers()
  expect(found.map(caller => caller && 'sessionId' in caller && caller.sessionId)).toEqual([ids[0], ids[1], false])
  expect(live.mock.calls).toEqual([[ids]])
})

test('what many ask for in one turn, and what does not depend on who asks, is read once', async () => {
  const database = openDatabase(house.databaseUrl, 2, error => expect.fail(String(error)))
  const [chat, ...userIds] = [chatId, ann.id, bob.id].map(id => parseGlobalId(id)?.id ?? '')
  const chatIds = [chat ?? '']
  const asked = async () => {
    const parts = await Promise.all(userIds.map(userId => participationOf(database.db, { userId, chatIds })))
    expect(parts.map(([part]) => part?.userId)).toEqual(userIds)
    const found = await Promise.all([...userIds, userIds[0] ?? ''].map(id => usersByIds(database.db, [id])))
    expect(found.map(([user]) => user?.id)).toEqual([...userIds, userIds[0]])
  }
  expect(await statementsOf(asked)).toEqual(['participation_of', 'users_by_ids'])

  const every = { archived: null, unread: null, kind: null, title: null, companyId: null, after: null }
  const asks = [
    { userId: userIds[0] ?? '', limit: 1 },
    { userId: userIds[1] ?? '', limit: 100 },
    { userId: crypto.randomUUID(), limit: 100 },
  ]
  const pages = async () => {
    const found = await Promise.all(asks.map(one => chatIdsOf(database.db, { ...every, ...one })))
    expect(found.map(ids => ids.length)).toEqual([1, 13, 0])
  }
  expect(await statementsOf(pages)).toEqual(['chats_page'])
  await database.close()
})
