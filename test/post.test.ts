import type { IncomingMessage } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAdmission } from '../src/api/admission.ts'
import { createAuth } from '../src/api/auth.ts'
import { createPlaces } from '../src/api/place.ts'
import { createHttpServer, type HttpServer } from '../src/api/server.ts'
import { createApi } from '../src/api/yoga.ts'
import type { Services } from '../src/graph/context.ts'
import { createTokens } from '../src/graph/tokens.ts'
import { Rejection } from '../src/kernel/reject.ts'
import { testSecret } from './house.ts'

// The short way of a POST gives what Yoga gives: the same requests to two servers, of which one leaves all of them to Yoga.

const log = { debug() {}, info() {}, warn() {}, error() {} } as never
const tokens = createTokens(testSecret, 'an epoch')
const sessions = { live: async (ids: readonly string[]) => new Set(ids) } as never
const auth = createAuth({ secret: testSecret, accessSeconds: 600, sessions, tokens })
const sessionWatch = { watch: () => undefined, unwatch: () => undefined, stop: () => undefined }
const corsOrigins = ['https://chat.example.org']
const services = {
  ...{ tokens, log, ...auth },
  dispatch: async () => new Rejection('FORBIDDEN', 'You may not.', {}),
  ask: () => Promise.reject(new Error('a secret of the inside')),
} as unknown as Services

const servers: HttpServer[] = []
const ports = { short: 0, yoga: 0 }
let token = ''
/** How many requests took the short way. */
let short = 0
beforeAll(async () => {
  for (const way of ['short', 'yoga'] as const) {
    const placeOf = createPlaces(0, testSecret)
    const engine = createApi({
      ...{ services, auth, sessionWatch, corsOrigins, introspection: false, placeOf, publicUrl: null },
    })
    const counted: typeof engine.post = (req: IncomingMessage, ...rest) => {
      const answered = way === 'short' ? engine.post(req, ...rest) : null
      if (answered !== null) short++
      return answered
    }
    const server = createHttpServer({
      ...engine,
      ...{ post: counted, auth, sessionWatch, log, corsOrigins, graphiql: false, answers: true, devPages: null },
      ...{
        fileDoor: null,
        admission: createAdmission({ patienceMs: 10_000 }),
        slowReaderMs: 10_000,
        isReady: async () => true,
      },
    })
    ports[way] = await server.listen('127.0.0.1', 0)
    servers.push(server)
  }
  const id = '01890000-0000-7000-8000-000000000001'
  const issued = await auth.issue({ id, userId: id, generation: 0, expiresAt: new Date(Date.now() + 600_000) })
  token = issued.accessToken
})
afterAll(() => Promise.all(servers.map(server => server.close(0, () => undefined))))

interface Sent {
  body: object | string
  headers?: Record<string, string>
}

async function answer(way: keyof typeof ports, { body, headers = {} }: Sent) {
  const response = await fetch(`http://127.0.0.1:${ports[way]}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const { date, 'x-request-id': id, ...rest } = Object.fromEntries(response.headers)
  expect([date, id]).not.toContain(undefined)
  const text = await response.text()
  return { status: response.status, headers: rest, text: text.replace(/[\w-]{36}(?="})/, 'an id') }
}

const send = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
  __typename ... on SendMessagePayload { commit } ... on Error { code message } } }`
const chatId = Buffer.from('Chat:01890000-0000-7000-8000-000000000001').toString('base64url')
const said = (content: object) => ({ query: send, variables: { input: { chatId, content } } })

const good: [string, Sent][] = [
  ['a query', { body: { query: '{ __typename }' } }],
  [
    'with all parameters',
    { body: { query: 'query A { a: __typename }', variables: {}, operationName: 'A', extensions: {} } },
  ],
  ['with nulls', { body: { query: '{ __typename }', variables: null, operationName: null, extensions: null } }],
  ['one of two', { body: { query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' } }],
  ['a mutation that is refused', { body: said({ text: 'hello' }) }],
  ['a fault of ours', { body: { query: `{ a: chat(id: "${chatId}") { id } }` } }],
  ['a fault of ours below what cannot be null', { body: { query: '{ viewer { id user { handle } } }' } }],
  ['an error of a field', { body: { query: '{ node(id: "x") { id } }' }, headers: { authorization: '' } }],
  ['nobody', { body: { query: '{ viewer { id } }' }, headers: { authorization: 'Bearer x.y.z' } }],
  ['a wrong variable', { body: said({}) }],
  ['two of one', { body: said({ text: 'a', template: { templateId: 'x' } }) }],
  ['a missing variable', { body: { query: send } }],
  ['many wrong variables', { body: { query: send, variables: { input: { a: 1, b: 2, chatId: {} } } } }],
  ['what costs too much', { body: { query: '{ users(first: 1000000) { edges { node { id } } } }' } }],
  ['a forged commit', { body: { query: '{ __typename }', extensions: { commit: 'x.y' } } }],
  ['a commit that is a number', { body: { query: '{ __typename }', extensions: { commit: 5 } } }],
  [
    'fields that are left out',
    {
      body: {
        query: 'query ($b: Boolean!) { a: __typename @skip(if: $b) b: __typename @include(if: $b) }',
        variables: { b: true },
      },
    },
  ],
  ['an alias that is a prototype', { body: { query: '{ __proto__: __typename constructor: __typename }' } }],
  ['what is not ASCII', { body: { query: '{ node(id: "ключ 🗝") { id } }' } }],
]
const accepted: [string, string][] = [
  ['application/json', 'application/json'],
  ['application/graphql-response+json', 'application/graphql-response+json'],
  [
    'application/graphql-response+json, application/graphql+json, application/json, text/event-stream',
    'application/graphql-response+json',
  ],
  ['application/json, text/event-stream', 'application/json'],
  ['*/*', 'application/json'],
  ['Application/*', 'application/json'],
]
const others: [string, Sent][] = [
  ['broken JSON', { body: '{"query": ' }],
  ['nothing', { body: '' }],
  ['null', { body: 'null' }],
  ['a batch', { body: [{ query: '{ __typename }' }] }],
  ['no query', { body: {} }],
  ['an empty query', { body: { query: '' } }],
  ['a syntax error', { body: { query: '{' } }],
  ['a field that is none', { body: { query: '{ viwer { id } }' } }],
  ['a key that is none', { body: { query: '{ __typename }', sql: 'x' } }],
  ['__proto__', { body: '{"query":"{ __typename }","__proto__":{"a":1}}' }],
  ['variables that are a list', { body: { query: '{ __typename }', variables: [] } }],
  ['extensions that are text', { body: { query: '{ __typename }', extensions: 'x' } }],
  ['an operation name that is a number', { body: { query: '{ __typename }', operationName: 5 } }],
  ['an operation name that is empty', { body: { query: '{ __typename }', operationName: '' } }],
  ['an operation name that is none', { body: { query: 'query A { __typename }', operationName: 'B' } }],
  ['two operations and no name', { body: { query: 'query A { __typename } query B { __typename }' } }],
  ['introspection when it is off', { body: { query: '{ __schema { types { name } } }' } }],
  [
    'too deep',
    { body: { query: '{viewer{chats{edges{node{messages{edges{node{chat{messages{edges{node{chat{id}}}}}}}}}}}}}' } },
  ],
  ['a subscription', { body: { query: 'subscription { inbox { live } }' } }],
  ['an answer as a picture', { body: { query: '{ __typename }' }, headers: { accept: 'image/png' } }],
  ['another charset', { body: { query: '{ __typename }' }, headers: { accept: 'application/json;charset=latin1' } }],
  ['an answer as events', { body: { query: '{ __typename }' }, headers: { accept: 'text/event-stream' } }],
]

async function same(sent: Sent): Promise<Awaited<ReturnType<typeof answer>>> {
  const [ours, yogas] = [await answer('short', sent), await answer('yoga', sent)]
  expect(ours).toEqual(yogas)
  return ours
}

test.each(good)('the short way: %s', async (_name, sent) => {
  const before = short
  await same(sent)
  await same({ ...sent, headers: { ...sent.headers, accept: 'application/graphql-response+json' } })
  expect(short).toBe(before + 2)
})

test.each(accepted)('answers as %s', async (accept, type) => {
  const before = short
  const { headers } = await same({ body: { query: '{ __typename }' }, headers: { accept } })
  expect(headers['content-type']).toBe(`${type}; charset=utf-8`)
  expect(short).toBe(before + 1)
})

test.each(others)('left to Yoga: %s', async (_name, sent) => {
  const before = short
  await same(sent)
  expect(short).toBe(before)
})

test.each(['https://chat.example.org', 'https://evil.example', 'null'])(
  'tells the origin %s what it may do',
  async origin => {
    await same({ body: { query: '{ __typename }' }, headers: { origin } })
  },
)
