import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, speak, type Told } from './bad-input/wire.ts'
import { type House, openHouse } from './house.ts'

// What protects stands before every transport: the same refusal by POST, by GET, over SSE and on a WebSocket.

let house: House
beforeAll(async () => {
  house = await openHouse({ INTROSPECTION: 'false' })
})
afterAll(() => house.close())

interface Payload {
  query: string
  variables?: object
  extensions?: object
}

const deep = Array.from({ length: 1_000 }).reduce<unknown>(inner => [inner], 1)
const id = 'query ($id: ID!) { node(id: $id) { id } }'
const refused: [string, Payload, string][] = [
  ['a syntax error', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
  ['a field that is none', { query: '{ nothing }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['introspection', { query: '{ __schema { types { name } } }' }, 'GRAPHQL_VALIDATION_FAILED'],
  ['too many tokens', { query: `{ ${'a '.repeat(2_000)} }` }, 'GRAPHQL_PARSE_FAILED'],
  [
    'too deep',
    { query: '{viewer{chats{edges{node{messages{edges{node{chat{messages{edges{node{chat{id}}}}}}}}}}}}}' },
    'LIMIT_EXCEEDED',
  ],
  [
    'too many aliases',
    { query: `{ ${Array.from({ length: 16 }, (_, i) => `a${i}: viewer { id }`)} }` },
    'LIMIT_EXCEEDED',
  ],
  ['too many directives', { query: `{ __typename ${'@include(if: true) '.repeat(51)} }` }, 'LIMIT_EXCEEDED'],
  ['too costly', { query: '{ users(first: 1000000) { edges { node { id } } } }' }, 'LIMIT_EXCEEDED'],
  [
    'too costly by a variable',
    { query: 'query ($n: Int) { users(first: $n) { edges { node { id } } } }', variables: { n: 1_000_000 } },
    'LIMIT_EXCEEDED',
  ],
  ['a wrong variable', { query: id, variables: { id: null } }, 'INVALID_INPUT'],
  ['variables nested too deep', { query: id, variables: { id: 'x', more: deep } }, 'INVALID_INPUT'],
  ['a forged commit', { query: '{ __typename }', extensions: { commit: 'x.y' } }, 'INVALID_INPUT'],
  ['nobody', { query: '{ node(id: "x") { id } }' }, 'UNAUTHENTICATED'],
]

const codeIn = (outcome: string) => outcome.split(' ').at(-1)
const query = (payload: Payload) =>
  Object.entries(payload)
    .map(([name, value]) => `${name}=${encodeURIComponent(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join('&')

const transports: Record<string, (payload: Payload) => Promise<Told>> = {
  POST: body => ask(house.url, { body }),
  GET: payload => ask(house.url, { method: 'GET', path: `/graphql?${query(payload)}` }),
  SSE: body => ask(house.url, { body, headers: { accept: 'text/event-stream' } }),
  WebSocket: payload =>
    speak(house.url, { init: {}, frames: [JSON.stringify({ id: '1', type: 'subscribe', payload })] }),
}

test.each(refused)('%s', async (_name, payload, code) => {
  for (const [name, send] of Object.entries(transports))
    for (const time of ['first', 'again', 'planned']) {
      const { outcome } = await send(payload)
      expect(`${name} ${time}: ${codeIn(outcome)}`).toBe(`${name} ${time}: ${code}`)
    }
})

const hinting: [string, Payload][] = [
  ['a field', { query: '{ viewr { id } }' }],
  ['an argument', { query: '{ node(idd: "x") { id } }' }],
  ['a type', { query: '{ node(id: "x") { ... on Chatt { id } } }' }],
  ['a field of another type', { query: '{ node(id: "x") { title } }' }],
  ['a value', { query: '{ messageSearch(query: "a", filter: { has: [LINKK] }) { __typename } }' }],
  [
    "a variable's value",
    {
      query: 'query ($of: MessageSearchFilter) { messageSearch(query: "a", filter: $of) { __typename } }',
      variables: { of: { has: ['LINKK'] } },
    },
  ],
]

test.each(hinting)('where the schema is not told, no refusal hints at %s', async (_name, payload) => {
  for (const [name, send] of Object.entries(transports)) {
    const { text } = await send(payload)
    expect(text, name).toContain('"message"')
    expect(text, name).not.toContain('Did you mean')
  }
})
