import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Context, untilProjected } from '../src/graph/context.ts'
import { createTokens } from '../src/graph/tokens.ts'
import { room, say } from './chatting.ts'
import { type Answer, eventually, type Loose, type Person, password, post, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openDoor, openHouse } from './house.ts'

// What is stored but not shown yet: COMMIT_PENDING, and how to come back for it. The worker does not run until it is let in.

let house: House
let ann: Person
beforeAll(async () => {
  house = await openHouse({ ROLE: 'api' })
})
afterAll(() => house.close())
beforeEach(async () => {
  ann = await register(house.url, 'Ann')
})

/** Lets rows of a table fail while `work` is done, then lets a worker heal them. */
async function withoutRows<T>(table: string, check: string, work: () => Promise<T>): Promise<T> {
  const sql = (text: string) => asDatabase(house.databaseUrl, query => query(text))
  await sql(`alter table ${table} add constraint refused check (${check}) not valid`)
  try {
    return await work()
  } finally {
    await sql(`alter table ${table} drop constraint refused`)
  }
}
async function heal(): Promise<void> {
  const worker = await openDoor(house.databaseUrl, { ROLE: 'worker' })
  const behind = () => asDatabase(house.databaseUrl, query => query('select from behind'))
  await eventually(async () => (await behind()).length === 0, 15_000, 'healing')
  await worker.stop()
}

const sending = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  ... on SendMessagePayload { edge { node { id body } } commit } ... on Error { code } } }`
const look = 'query ($id: ID!) { chat(id: $id) { lastMessage { body } } }'
const pending = (answer: Answer<Loose>): string => {
  const [error] = answer.errors ?? []
  expect(error).toMatchObject({ extensions: { code: 'COMMIT_PENDING', commit: expect.any(String) } })
  const { commit } = (error?.extensions ?? {}) as { commit?: string }
  return String(commit)
}

test('a message whose rows are late is pending; once healed, its key gives the payload and its commit the answer', async () => {
  const [chatId, other] = [await room(ann), await room(ann)]
  const input = { chatId, content: { text: 'poison' }, idempotencyKey: crypto.randomUUID() }
  const commit = await withoutRows('messages', "body <> 'poison'", async () => {
    const token = pending(await ann.try(sending, { input }))
    expect(pending(await ann.try(sending, { input }))).toBe(token)
    expect(pending(await ann.try(look, { id: chatId }, { commit: token }))).toBe(token)
    expect((await ann.try(look, { id: chatId })).data.chat.lastMessage).toBeNull()
    expect((await say(ann, other, 'flows on')).edge.node.body).toBe('flows on')
    return token
  })
  await heal()
  const again = (await ann.try(sending, { input })).data.sendMessage
  expect(again).toMatchObject({ edge: { node: { body: 'poison' } }, commit })
  expect((await ann.try(look, { id: chatId }, { commit })).data.chat.lastMessage.body).toBe('poison')
  const sent = await asDatabase(house.databaseUrl, query =>
    query('select from events where command = $1', [input.idempotencyKey]),
  )
  expect(sent.length).toBe(1)
})

test('rows that stand still are not waited for', async () => {
  let looks = 0
  const heads = async () => {
    looks++
    return new Map([['chat-1', { revision: 1, guard: 0, projected: 0 }]])
  }
  const ctx = { tokens: createTokens('secret', 'epoch'), store: { heads, halted: async () => true } }
  const commit = { stream: 'chat-1', first: 1, last: 1, position: 1n, projected: false, again: false }
  const waiting = untilProjected(ctx as unknown as Context, commit)
  await expect(waiting).rejects.toMatchObject({ extensions: { code: 'COMMIT_PENDING' } })
  expect(looks).toBe(1)
})

describe('a commit token', () => {
  test('of any write makes the next answer at least that fresh', async () => {
    const chatId = await room(ann)
    for (let i = 0; i < 5; i++) {
      const { commit } = await say(ann, chatId, `m${i}`)
      const { data } = await ann.try(look, { id: chatId }, { commit })
      expect(data.chat.lastMessage.body).toBe(`m${i}`)
    }
  })
  test('is refused when it is not of this log', async () => {
    const chatId = await room(ann)
    const { commit, edge } = await say(ann, chatId, 'hi')
    for (const token of ['', 'x', `${commit}x`, `x${commit}`, edge.cursor, ann.accessToken, 7, null, {}]) {
      const { errors } = await ann.try(look, { id: chatId }, { commit: token })
      expect(errors?.[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT' } })
    }
  })
})

describe('accounts whose rows are late', () => {
  const email = () => `${crypto.randomUUID()}@example.com`
  const joining = `mutation ($input: RegisterInput!) { register(input: $input) {
    ... on RegisterPayload { tokens { accessToken } viewer { email } } ... on Error { code } } }`
  const login = async (email: string): Promise<Loose> =>
    (
      await post(
        house.url,
        `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginPayload { viewer { email } } ... on Error { code } } }`,
        { input: { email, password } },
      )
    ).data.login

  test('a registration keeps its password: its key signs in later, and so does a login', async () => {
    const input = { email: email(), password, displayName: 'Poison', idempotencyKey: crypto.randomUUID() }
    await withoutRows('user_accounts', "display_name <> 'Poison'", async () => {
      pending(await post(house.url, joining, { input }))
    })
    await heal()
    expect((await post(house.url, joining, { input })).data.register).toMatchObject({ viewer: { email: input.email } })
    expect(await login(input.email)).toEqual({ viewer: { email: input.email } })
  })
  test('a deletion ends the sessions at once, and nobody logs in', async () => {
    await withoutRows('user_accounts', "status <> 'DELETED'", async () => {
      const deleting = 'mutation ($input: DeleteAccountInput!) { deleteAccount(input: $input) { __typename } }'
      pending(await ann.try(deleting, { input: { password } }))
      expect((await ann.try('{ viewer { id } }')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
      expect(await login(ann.email)).toEqual({ code: 'INVALID_CREDENTIALS' })
    })
    await heal()
    expect(await login(ann.email)).toEqual({ code: 'INVALID_CREDENTIALS' })
  })
})
