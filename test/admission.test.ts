import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdmission } from '../src/api/admission.ts'
import { createAuth } from '../src/api/auth.ts'
import { createHttpServer, type HttpServer } from '../src/api/server.ts'
import { createApi } from '../src/api/yoga.ts'
import type { Services } from '../src/graph/context.ts'
import { createTokens } from '../src/graph/tokens.ts'
import { Rejection } from '../src/kernel/reject.ts'
import { eventually } from './client.ts'
import { testSecret } from './house.ts'

// Who comes while too many wait for too long is told to come again, before anything was done.

test('as many as come are let in, until too many have been under way for too long', () => {
  let now = 0
  const { isOpen, begin } = createAdmission({ patienceMs: 100, most: 2, stallMs: 0, now: () => now })
  const ends = Array.from({ length: 50 }, () => {
    expect(isOpen()).toBe(true)
    return begin()
  })
  now = 99
  expect(isOpen()).toBe(true)
  now = 100
  expect(isOpen()).toBe(false)
  for (const end of ends.slice(0, 47)) end()
  expect(isOpen()).toBe(false)
  ends[47]?.()
  expect(isOpen()).toBe(true)
  begin()
  expect(isOpen()).toBe(true) // it has only begun: two are late, and those are allowed
})

test('a stall is sat out; for a while after a refusal it is taken for load', () => {
  let now = 0
  const { isOpen, begin } = createAdmission({ patienceMs: 100, most: 0, stallMs: 250, now: () => now })
  const open = (at: number) => {
    now = at
    return isOpen()
  }
  const end = begin()
  expect([open(100), open(349), open(350)]).toEqual([true, true, false])
  end()
  expect(open(351)).toBe(true)
  const again = begin()
  expect([open(450), open(451)]).toEqual([true, false])
  again()
  now = 6_000
  begin()
  expect([open(6_100), open(6_349), open(6_350)]).toEqual([true, true, false])
})

const log = { debug() {}, info() {}, warn() {}, error() {} } as never
const held: (() => void)[] = []
let dispatched = 0
let server: HttpServer
let url = ''
let token = ''
beforeAll(async () => {
  const tokens = createTokens(testSecret, 'an epoch')
  const sessions = { live: async (ids: readonly string[]) => new Set(ids) } as never
  const auth = createAuth({ secret: testSecret, accessSeconds: 600, sessions, tokens })
  const sessionWatch = { watch: () => () => undefined, stop: () => undefined }
  const dispatch = () => {
    dispatched++
    return new Promise(resolve => held.push(() => resolve(new Rejection('FORBIDDEN', 'You may not.'))))
  }
  const services = { ...{ tokens, log, ...auth }, dispatch } as unknown as Services
  const shared = { auth, sessionWatch, log, corsOrigins: [] }
  server = createHttpServer({
    ...createApi({ ...shared, services, introspection: false, placeOf: () => 'here', publicUrl: null }),
    ...{ ...shared, admission: createAdmission({ patienceMs: 0, most: 1, stallMs: 0 }), slowReaderMs: 10_000 },
    ...{ graphiql: false, answers: true, devPages: null, fileDoor: null, isReady: async () => true },
  })
  url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  const id = '01890000-0000-7000-8000-000000000001'
  const issued = await auth.issue({ id, userId: id, generation: 0, expiresAt: new Date(Date.now() + 600_000) })
  token = issued.accessToken
})
afterAll(() => server.close(0, () => undefined))

const chatId = Buffer.from('Chat:01890000-0000-7000-8000-000000000001').toString('base64url')
const ask = (query: string, variables: object = {}) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
const send = () =>
  ask('mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename } }', {
    i: { chatId, content: { text: 'hello' } },
  })

test('over HTTP: 503 with Retry-After and RATE_LIMITED, on a connection that stays; then all goes on', async () => {
  const waiting = [send(), send()]
  await eventually(() => dispatched === 2)
  const refused = await send()
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('connection')).not.toBe('close')
  expect(await refused.json()).toEqual({
    errors: [{ message: expect.any(String), extensions: { code: 'RATE_LIMITED', retryAt: expect.any(String) } }],
  })
  expect(dispatched).toBe(2)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  for (const release of held) release()
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200)
  expect((await ask('{ __typename }')).status).toBe(200)
})
