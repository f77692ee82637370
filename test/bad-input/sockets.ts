import type { Spoken } from './wire.ts'
import type { World } from './world.ts'

type Row = readonly [name: string, spoken: (world: World, init: object) => Spoken, outcome: string]

const op = (payload: object, id = '1') => JSON.stringify({ id, type: 'subscribe', payload })
const started = (payload: object) => (_: World, init: object) => ({ init, frames: [op(payload)] })
const raw =
  (...frames: (string | Buffer)[]) =>
  () => ({ frames })
const hello = (init: object) => JSON.stringify({ type: 'connection_init', payload: init })
const bearer = (token: string) => ({ init: { authorization: `Bearer ${token}` }, frames: [] })

/** What comes over a socket. `closed`: the code that it is closed with. */
export const sockets: readonly Row[] = [
  ['a subscription before init', raw(op({ query: 'subscription { inbox { live } }' })), 'closed 4401'],
  ['init twice', (_, init) => ({ frames: [hello(init), hello(init)] }), 'closed 4429'],
  ['broken JSON', raw('{'), 'closed 4400'],
  ['null', raw('null'), 'closed 4400'],
  ['a list', raw('[]'), 'closed 4400'],
  ['a type that is none', raw('{"type":"start"}'), 'closed 4400'],
  ['a binary frame', (_, init) => ({ frames: [Buffer.from(hello(init))] }), 'closed 4400'],
  ['a frame of 70 KB', raw('x'.repeat(70_000)), 'closed 1009'],
  ['a payload of init that is text', raw('{"type":"connection_init","payload":"x"}'), 'closed 4400'],
  ['a query that is a number', started({ query: 5 }), 'closed 4400'],
  ['variables that are text', started({ query: '{ __typename }', variables: 'x' }), 'closed 4400'],
  [
    'the same id twice',
    (_, init) => ({ init, frames: Array(2).fill(op({ query: 'subscription { inbox { position } }' })) }),
    'closed 4409',
  ],
  ['a syntax error', started({ query: '{' }), 'error GRAPHQL_PARSE_FAILED'],
  ['a field that is none', started({ query: '{ nothing }' }), 'error GRAPHQL_VALIDATION_FAILED'],
  [
    'introspection when it is off',
    started({ query: '{ __schema { types { name } } }' }),
    'error GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an operation name that is none',
    started({ query: '{ __typename }', operationName: 'A' }),
    'error OPERATION_RESOLUTION_FAILURE',
  ],
  [
    'two operations and no name',
    started({ query: 'query A { __typename } query B { __typename }' }),
    'error OPERATION_RESOLUTION_FAILURE',
  ],
  ['a depth of 13', started({ query: `${'{ a '.repeat(12)}{ a }${' }'.repeat(12)}` }), 'error LIMIT_EXCEEDED'],
  [
    'what costs too much',
    started({ query: '{ users(first: 1000000000) { edges { node { id } } } }' }),
    'next LIMIT_EXCEEDED',
  ],
  [
    'variables 20,000 deep',
    (_, init) => ({
      init,
      frames: [
        `{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","variables":{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}}}`,
      ],
    }),
    'next INVALID_INPUT',
  ],
  [
    'nothing for what is required',
    started({ query: 'query ($id: ID!) { node(id: $id) { id } }' }),
    'next INVALID_INPUT',
  ],
  [
    'nothing for what a subscription requires',
    started({ query: 'subscription ($id: ID!) { chatEvents(chatId: $id) { live } }' }),
    'next INVALID_INPUT',
  ],
  [
    'a position of another feed',
    (w, init) => ({
      init,
      frames: [
        op({ query: 'subscription ($p: StreamPosition) { inbox(after: $p) { live } }', variables: { p: w.position } }),
      ],
    }),
    'next INVALID_INPUT',
  ],
  [
    'a foreign chat',
    (w, init) => ({
      init,
      frames: [op({ query: `subscription { chatEvents(chatId: "${w.foreignChatId}") { live } }` })],
    }),
    'next NOT_FOUND',
  ],
  [
    'nobody subscribing',
    () => ({ init: {}, frames: [op({ query: 'subscription { inbox { live } }' })] }),
    'next UNAUTHENTICATED',
  ],
  ['an expired token', w => bearer(w.tokens.expired), 'closed 4403'],
  ['alg: none', w => bearer(w.tokens.algNone), 'closed 4401'],
  ['a token of another key', w => bearer(w.tokens.ofAnotherKey), 'closed 4401'],
  [
    'a bad token in a ping',
    (w, init) => ({
      init,
      frames: [JSON.stringify({ type: 'ping', payload: { authorization: `Bearer ${w.tokens.algNone}` } })],
    }),
    'closed 4401',
  ],
  ['another protocol', () => ({ frames: [], protocol: 'graphql-ws' }), 'refused'],
  ['a page of another origin', () => ({ frames: [], headers: { origin: 'https://evil.example' } }), 'refused 403'],
]
