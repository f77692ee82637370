import type { Sent } from './wire.ts'
import { query, type World } from './world.ts'

export type Row = readonly [name: string, sent: Sent | ((world: World) => Sent), outcome: string]

const typename = '{ __typename }'
const deep = (n: number) => `${'['.repeat(n)}${']'.repeat(n)}`
const get = (path: string): Sent => ({ method: 'GET', path })
const as = (type: string, body = JSON.stringify({ query: typename })): Sent => ({
  headers: { 'content-type': type },
  body,
})
const chunks = (bytes: number) =>
  new ReadableStream({
    start(controller) {
      for (let sent = 0; sent < bytes; sent += 65_536) controller.enqueue(new TextEncoder().encode('x'.repeat(65_536)))
      controller.close()
    },
  })
const bomb = (levels: number, width: number) =>
  `{ viewer { ...F0 } } fragment F${levels} on Viewer { id } ${Array.from({ length: levels }, (_, i) => `fragment F${i} on Viewer { ${`...F${i + 1} `.repeat(width)} }`).join(' ')}`

/** Bodies, methods, paths and headers. */
export const requests: readonly Row[] = [
  ['malformed JSON', { body: '{"query": ' }, '400 BAD_REQUEST'],
  ['no body', { body: '' }, '400 BAD_REQUEST'],
  ['null', { body: 'null' }, '400 BAD_REQUEST'],
  ['a number', { body: '5' }, '400 BAD_REQUEST'],
  ['a string', { body: '"{ __typename }"' }, '400 BAD_REQUEST'],
  ['NUL in the JSON', { body: '{"query":"{ __typename }\u0000"}' }, '400 BAD_REQUEST'],
  ['a batch', { body: [{ query: typename }, { query: typename }] }, '400 BAD_REQUEST'],
  ['a query that is a number', { body: { query: 5 } }, '400 BAD_REQUEST'],
  ['variables that are text', { body: { query: typename, variables: 'x' } }, '400 BAD_REQUEST'],
  ['extensions that are text', { body: { query: typename, extensions: 'x' } }, '400 BAD_REQUEST'],
  [
    'an operation name that is a number',
    { body: { query: typename, operationName: 5 } },
    '400 OPERATION_RESOLUTION_FAILURE',
  ],
  ['a key that is not known', { body: { query: typename, sql: 'x' } }, '400 BAD_REQUEST'],
  ['__proto__ in the body', { body: `{"query":"${typename}","__proto__":{"polluted":1}}` }, '400 BAD_REQUEST'],
  [
    'constructor in the body',
    { body: `{"query":"${typename}","constructor":{"prototype":{"polluted":1}}}` },
    '400 BAD_REQUEST',
  ],
  [
    '__proto__ in the variables',
    { body: `{"query":"${typename}","variables":{"__proto__":{"polluted":1}}}` },
    '200 data',
  ],
  ['the same key twice: the last counts', { body: `{"query":"{ nothing }","query":"${typename}"}` }, '200 data'],
  [
    'variables 100,000 deep',
    { body: `{"query":"${typename}","variables":{"x":${deep(100_000)}}}` },
    '200 INVALID_INPUT',
  ],
  ['extensions 100,000 deep', { body: `{"query":"${typename}","extensions":{"x":${deep(100_000)}}}` }, '200 data'],
  ['a commit that is a number', { body: { query: typename, extensions: { commit: 5 } } }, '200 INVALID_INPUT'],
  ['a forged commit', { body: { query: typename, extensions: { commit: 'WyJhIl0.AAAA' } } }, '200 INVALID_INPUT'],
  ['a body of 10 MB', { body: 'x'.repeat(10 * 1024 * 1024) }, '413 INVALID_INPUT'],
  ['a body of 10 MB in chunks', () => ({ body: chunks(10 * 1024 * 1024) }), '413 INVALID_INPUT'],
  ['a form', as('application/x-www-form-urlencoded', 'query={__typename}'), '415 INVALID_INPUT'],
  ['a form of parts', as('multipart/form-data; boundary=x', '--x\r\n'), '415 INVALID_INPUT'],
  ['text', as('text/plain'), '415 INVALID_INPUT'],
  ['a bare query', as('application/graphql', typename), '415 INVALID_INPUT'],
  ['almost JSON', as('application/jsonp'), '415 INVALID_INPUT'],
  ['a mutation by GET', get('/graphql?query=mutation{logout(input:{}){__typename}}'), '405 BAD_REQUEST'],
  ['GET without a query', get('/graphql'), '200 BAD_REQUEST'],
  ['GET with broken variables', get('/graphql?query={__typename}&variables={'), '400 INVALID_INPUT'],
  ['GET with broken escapes', get('/graphql?query=%zz%ff'), '200 GRAPHQL_PARSE_FAILED'],
  ['PUT', { method: 'PUT', body: { query: typename } }, '405 BAD_REQUEST'],
  ['PATCH', { method: 'PATCH', body: { query: typename } }, '405 BAD_REQUEST'],
  ['DELETE', { method: 'DELETE' }, '405 BAD_REQUEST'],
  ['OPTIONS', { method: 'OPTIONS' }, '204 no code'],
  ['HEAD', { method: 'HEAD' }, '405 no code'],
  ['a path above the root', get('/graphql/..%2f..%2f..%2fetc/passwd'), '404 no code'],
  ['a path beside the API', get('/.env'), '404 no code'],
  ["the engine's own health check", get('/health-of-yoga'), '404 no code'],
  ['a header of 100 KB', { method: 'GET', headers: { 'x-much': 'x'.repeat(100_000) } }, '431 no code'],
  [
    'hostile cookies',
    { body: { query: typename }, headers: { cookie: `__proto__=1; a=%; ${'b=\u00ff; '.repeat(500)}` } },
    '200 data',
  ],
  ['an answer as a picture', { body: { query: typename }, headers: { accept: 'image/png' } }, '406 no code'],
]

/** Documents. */
export const documents: readonly Row[] = [
  ['an empty query', query(''), '200 GRAPHQL_PARSE_FAILED'],
  ['a depth of 5,000', query(`${'{ viewer '.repeat(5_000)}{ id }${' }'.repeat(5_000)}`), '200 GRAPHQL_PARSE_FAILED'],
  [
    'a depth of 13',
    query('{viewer{chats{edges{node{messages{edges{node{chat{messages{edges{node{chat{id}}}}}}}}}}}}}'),
    '200 LIMIT_EXCEEDED',
  ],
  [
    '10,000 aliases',
    query(`{ ${Array.from({ length: 10_000 }, (_, i) => `a${i}: __typename`).join(' ')} }`),
    '200 GRAPHQL_PARSE_FAILED',
  ],
  [
    '16 aliases',
    query(`{ ${Array.from({ length: 16 }, (_, i) => `a${i}: viewer { id }`).join(' ')} }`),
    '200 LIMIT_EXCEEDED',
  ],
  ['10,000 directives', query(`{ __typename ${'@a '.repeat(10_000)} }`), '200 GRAPHQL_PARSE_FAILED'],
  ['51 directives', query(`{ __typename ${'@include(if: true) '.repeat(51)} }`), '200 LIMIT_EXCEEDED'],
  ['a fragment of itself', query('{ viewer { ...A } } fragment A on Viewer { ...A }'), '200 GRAPHQL_VALIDATION_FAILED'],
  [
    'fragments in a circle',
    query('{ viewer { ...A } } fragment A on Viewer { ...B } fragment B on Viewer { ...A }'),
    '200 GRAPHQL_VALIDATION_FAILED',
  ],
  ['fragments that multiply', query(bomb(8, 80)), '200 LIMIT_EXCEEDED'],
  ['fragments that multiply, within the depth', query(bomb(4, 150)), '200 data'],
  ['a field that is none', query('{ viwer { id } }'), '200 GRAPHQL_VALIDATION_FAILED'],
  ['introspection when it is off', query('{ __schema { types { name } } }'), '200 GRAPHQL_VALIDATION_FAILED'],
  [
    'an operation name that is none',
    { body: { query: 'query A { __typename }', operationName: 'B' } },
    '400 OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'two operations and no name',
    query('query A { __typename } query B { __typename }'),
    '400 OPERATION_RESOLUTION_FAILURE',
  ],
  ['no operation', query('type A { b: Int }'), '400 OPERATION_RESOLUTION_FAILURE'],
  [
    'two subscriptions in one',
    query('subscription { inbox { live } b: inbox { live } }'),
    '200 GRAPHQL_VALIDATION_FAILED',
  ],
  ['@defer', query('{ viewer { ... @defer { id } } }'), '200 GRAPHQL_VALIDATION_FAILED'],
]

const users = (args: string) => query(`{ users(${args}) { edges { node { id } } } }`)
/** Arguments and variables. */
export const values: readonly Row[] = [
  ['first: -1', users('first: -1'), '200 INVALID_INPUT'],
  ['first: 101', users('first: 101'), '200 INVALID_INPUT'],
  ['first: 10^9', users('first: 1000000000'), '200 LIMIT_EXCEEDED'],
  ['first: 10^10', users('first: 10000000000'), '200 GRAPHQL_VALIDATION_FAILED'],
  ['a cursor that is none', users('after: "x"'), '200 INVALID_INPUT'],
  ['a cursor of another list', w => users(`after: "${w.chatsCursor}"`), '200 INVALID_INPUT'],
  ['a position as a cursor', w => users(`after: "${w.position}"`), '200 INVALID_INPUT'],
  [
    'first and last',
    w => query(`{ chat(id: "${w.chatId}") { messages(first: 1, last: 1) { edges { cursor } } } }`),
    '200 INVALID_INPUT',
  ],
  [
    '101 ids',
    query('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: Array(101).fill('x') }),
    '200 LIMIT_EXCEEDED',
  ],
  [
    'ids 100,000 deep',
    { body: `{"query":"query ($i: [ID!]!) { nodes(ids: $i) { id } }","variables":{"i":${deep(100_000)}}}` },
    '200 INVALID_INPUT',
  ],
  ['null for what is required', query('query ($id: ID!) { node(id: $id) { id } }', { id: null }), '200 INVALID_INPUT'],
  ['nothing for what is required', query('query ($id: ID!) { node(id: $id) { id } }'), '200 INVALID_INPUT'],
  [
    'text for a number',
    query('query ($n: Int) { users(first: $n) { edges { cursor } } }', { n: '1' }),
    '200 INVALID_INPUT',
  ],
  [
    'a position of another feed',
    w => ({
      ...query(`subscription { inbox(after: "${w.position}") { live } }`),
      headers: { accept: 'text/event-stream' },
    }),
    '200 INVALID_INPUT',
  ],
]
