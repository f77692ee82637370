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

// Who is not answered in time is told to come again, before anything was done.

/** A line before two at a time, and what became of each who came: `begun`, `refused`, or null while they wait. */
function lineOf(options: { patienceMs: number; burstMs: number }) {
  const clock = { now: 0 }
  const came: ('begun' | 'refused' | null)[] = []
  const leaves: (() => void)[] = []
  const { enter } = createAdmission({ ...options, most: 2, now: () => clock.now })
  return {
    clock,
    came,
    /** One comes. */
    async come() {
      const i = came.push(null) - 1
      void enter().then(leave => {
        came[i] = leave ? 'begun' : 'refused'
        if (leave) leaves.push(leave)
      })
      await settled()
    },
    /** The one that began first is answered. */
    async answer() {
      leaves.shift()?.()
      await settled()
    },
  }
}
const settled = () => new Promise(resolve => setImmediate(resolve))

test('so many begin at once; each that is answered lets the next begin, in turn', async () => {
  const { came, come, answer } = lineOf({ patienceMs: 100, burstMs: 0 })
  for (let i = 0; i < 5; i++) await come()
  expect(came).toEqual(['begun', 'begun', null, null, null])
  await answer()
  expect(came).toEqual(['begun', 'begun', 'begun', null, null])
  await answer()
  expect(came[3]).toBe('begun')
  for (let i = 0; i < 3; i++) await answer()
  expect(came).toEqual(Array(5).fill('begun'))
  for (let i = 0; i < 3; i++) await come()
  expect(came.slice(5)).toEqual(['begun', 'begun', null])
})

test('whoever waited for too long is refused when another comes; from then on the newest begin first', async () => {
  const { clock, came, come, answer } = lineOf({ patienceMs: 100, burstMs: 0 })
  for (let i = 0; i < 4; i++) await come()
  clock.now = 50
  await come()
  clock.now = 100
  await come()
  expect(came).toEqual(['begun', 'begun', 'refused', 'refused', null, null])
  await answer()
  expect(came.slice(4)).toEqual([null, null]) // and half as many at a time
  await answer()
  expect(came.slice(4)).toEqual([null, 'begun'])
  await answer()
  expect(came[4]).toBe('begun')
  for (let i = 0; i < 3; i++) await come()
  await answer()
  expect(came.slice(6)).toEqual(['begun', 'begun', null]) // nobody waited any more: as before
})

test('a burst is answered, however long it takes: nobody is refused but for those who come after', async () => {
  const { clock, came, come, answer } = lineOf({ patienceMs: 100, burstMs: 250 })
  for (let i = 0; i < 200; i++) await come()
  clock.now = 249
  await come()
  clock.now = 5_000
  for (let i = 0; i < 201; i++) await answer()
  expect(came).toEqual(Array(201).fill('begun'))
})

test('a line that has just begun to form is not cut', async () => {
  const { clock, came, come } = lineOf({ patienceMs: 100, burstMs: 250 })
  clock.now = 1_000
  for (let i = 0; i < 3; i++) await come()
  clock.now = 1_249
  await come()
  expect(came).toEqual(['begun', 'begun', null, null])
  clock.now = 1_250
  await come()
  expect(came).toEqual(['begun', 'begun', 'refused', null, null])
})

let [entered, over] = [0, 0]
const log = { debug: () => void over++, info() {}, warn() {}, error() {} } as never
const held: (() => void)[] = []
let dispatched = 0
let server: HttpServer
let url = ''
let token = ''
beforeAll(async () => {
  const tokens = createTokens(testSecret, 'an epoch')
  const sessions = { live: async (ids: readonly string[]) => new Set(ids) } as never
  const auth = createAuth({ secret: testSecret, accessSeconds: 600, sessions, tokens })
  const sessionWatch = { watch: () => undefined, unwatch: () => undefined, stop: () => undefined }
  const dispatch = () => {
    dispatched++
    return new Promise(resolve => held.push(() => resolve(new Rejection('FORBIDDEN', 'You may not.'))))
  }
  const services = { ...{ tokens, log, ...auth }, dispatch } as unknown as Services
  const shared = { auth, sessionWatch, log, corsOrigins: [] }
  const { enter } = createAdmission({ patienceMs: 0, most: 1, burstMs: 0 })
  const admission = {
    enter() {
      entered++
      return enter()
    },
  }
  server = createHttpServer({
    ...createApi({ ...shared, services, introspection: false, placeOf: () => 'here', publicUrl: null }),
    ...{ ...shared, admission, slowReaderMs: 10_000 },
    ...{ graphiql: false, answers: true, devPages: null, fileDoor: null, isReady: async () => true },
  })
  url = `http://127.0.0.1:${await server.listen('127.0.0.1', 0)}`
  const id = '01890000-0000-7000-8000-000000000001'
  const issued = await auth.issue({ id, userId: id, generation: 0, expiresAt: new Date(Date.now() + 600_000) })
  token = issued.accessToken
})
afterAll(() => server.close(0, () => undefined))

const chatId = Buffer.from('Chat:01890000-0000-7000-8000-000000000001').toString('base64url')
const ask = (query: string, variables: object = {}, signal: AbortSignal | null = null) =>
  fetch(`${url}/graphql`, {
    ...{ method: 'POST', signal },
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  })
const send = (signal?: AbortSignal) => {
  const i = { chatId, content: { text: 'hello' } }
  return ask('mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename } }', { i }, signal)
}

test('over HTTP: 503 with Retry-After and RATE_LIMITED, on a connection that stays; then all goes on', async () => {
  const first = send()
  await eventually(() => dispatched === 1)
  const others = [send(), send()]
  const refused = await Promise.race(others) // the other one waits for its turn
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('1')
  expect(refused.headers.get('connection')).not.toBe('close')
  expect(await refused.json()).toEqual({
    errors: [{ message: expect.any(String), extensions: { code: 'RATE_LIMITED', retryAt: expect.any(String) } }],
  })
  expect(dispatched).toBe(1)
  expect((await fetch(`${url}/health`)).status).toBe(200)
  held[0]?.()
  await eventually(() => dispatched === 2)
  held[1]?.()
  expect((await first).status).toBe(200)
  expect((await Promise.all(others)).map(({ status }) => status).sort()).toEqual([200, 503])
  expect((await ask('{ __typename }')).status).toBe(200)
})

test('over HTTP: whoever goes while they wait is not carried out, and what fails gives its turn back', async () => {
  const before = { dispatched, entered }
  const first = send()
  await eventually(() => dispatched === before.dispatched + 1)
  const gone = new AbortController()
  const left = send(gone.signal)
  await eventually(() => entered === before.entered + 2)
  const overBefore = over
  gone.abort()
  await expect(left).rejects.toThrow()
  await eventually(() => over === overBefore + 1)
  held[before.dispatched]?.()
  expect((await first).status).toBe(200)
  for (let i = 0; i < 3; i++) expect(await (await ask('{ nothing }')).json()).toHaveProperty('errors')
  expect((await ask('{ __typename }')).status).toBe(200)
  expect(dispatched).toBe(before.dispatched + 1)
})
