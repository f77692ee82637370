import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type GraphQLInputType, getNamedType, isInputObjectType, isObjectType } from 'graphql'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import WebSocket from 'ws'
import { schema } from '../src/api/schema.ts'
import { documents, requests, values } from './bad-input/http.ts'
import { sockets } from './bad-input/sockets.ts'
import { texts } from './bad-input/texts.ts'
import { ask, codeOf, speak, type Told, write } from './bad-input/wire.ts'
import { by, makeWorld, query, type World } from './bad-input/world.ts'
import { tokens, writes } from './bad-input/writes.ts'
import { eventually, type Loose } from './client.ts'
import { type House, openHouse } from './house.ts'

// Each bad request gets its typed answer; nothing of it is stored; the next good one is answered; and nothing of the
// inside is told.

let dir: string
let house: House
let db: pg.Client
let world: World
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'files-'))
  house = await openHouse({ INTROSPECTION: 'false', FILES_DIR: dir })
  db = new pg.Client({ connectionString: house.databaseUrl })
  await db.connect()
  world = await makeWorld(house.url)
})
afterAll(async () => {
  await db.end()
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

const tables =
  'streams chats files messages message_files message_edits reactions participants read_markers chat_mutes user_accounts sessions passwords receipts claims dead_letters' +
  ' companies company_members company_invitations'
/** All that a request could have left behind. */
async function stored(): Promise<Loose> {
  const counts = tables.split(' ').map(table => `(select count(*) from ${table}) as ${table}`)
  const { rows } = await db.query(`select (select max(position) from events) as events, ${counts.join(', ')}`)
  return rows[0]
}

const inside =
  /node_modules|\bsrc\/|\.[tj]s:\d|\bat \S+ \(|select "|insert into|Failed query|postgres|(Syntax|Type|Range|Reference|Database)Error|polluted/

/** Sends something bad and holds the answer to what it must be. */
async function held(send: () => Promise<Told>, outcome: string | RegExp): Promise<void> {
  const before = await stored()
  const told = await send()
  const said = expect(told.outcome, told.text.slice(0, 500))
  if (typeof outcome === 'string') said.toBe(outcome)
  else said.toMatch(outcome)
  expect(told.text).not.toMatch(inside)
  expect(({} as Loose).polluted).toBeUndefined()
  const good = await ask(house.url, by(world, query('{ viewer { email } }')))
  expect(good).toMatchObject({ outcome: '200 data', text: expect.stringContaining(world.ann.email) })
  expect(await stored()).toEqual(before)
}

const http = [...requests, ...documents, ...values, ...writes, ...tokens]

test.each(http)('%s', async (_name, sent, outcome) => {
  await held(() => ask(house.url, by(world, typeof sent === 'function' ? sent(world) : sent)), outcome)
})

const nulRefused =
  /^200 (ValidationError INVALID_INPUT|CredentialsError (INVALID_CREDENTIALS|TOKEN_EXPIRED)|INVALID_INPUT)$/
test.each(Object.entries(texts))('NUL in %s', async (_name, sent) => {
  await held(() => ask(house.url, by(world, sent('a\u0000b', world))), nulRefused)
})

test('each text that can be sent has its line', () => {
  const types = Object.values(schema.getTypeMap())
  const inputs = types.filter(isInputObjectType).flatMap(type => textsOf(type.name, Object.values(type.getFields())))
  const fields = types
    .filter(isObjectType)
    .flatMap(type => Object.entries(type.getFields()).map(([name, f]) => [type, name, f] as const))
  const args = fields.flatMap(([type, name, { args }]) => textsOf(`${type.name}.${name}`, args))
  expect(Object.keys(texts).sort()).toEqual([...inputs, ...args].sort())
})
const textsOf = (of: string, all: readonly { name: string; type: GraphQLInputType }[]) =>
  all.filter(({ type }) => getNamedType(type).name === 'String').map(({ name }) => `${of}.${name}`)

test.each(sockets)('on a socket: %s', async (_name, spoken, outcome) => {
  const init = { authorization: `Bearer ${world.ann.accessToken}` }
  await held(() => speak(house.url, spoken(world, init)), outcome)
})

const head = 'Host: x\r\nContent-Type: application/json\r\nConnection: close\r\n'
test.each([
  ['TRACE', `TRACE /graphql HTTP/1.1\r\n${head}\r\n`, '405 no code'],
  ['CONNECT', `CONNECT example.com:443 HTTP/1.1\r\n${head}\r\n`, 'nothing no code'],
  ['a method that is none', `FETCH /graphql HTTP/1.1\r\n${head}\r\n`, '400 no code'],
  ['what is not HTTP', 'hello\r\n\r\n', '400 no code'],
  ['two lengths', `POST /graphql HTTP/1.1\r\n${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`, '400 no code'],
  [
    'a length and chunks',
    `POST /graphql HTTP/1.1\r\n${head}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
    '400 no code',
  ],
  ['a path above the root', `GET /graphql/../../etc/passwd HTTP/1.1\r\n${head}\r\n`, '404 no code'],
  ['another host in the path', `GET http://evil.example/graphql HTTP/1.1\r\n${head}\r\n`, '404 no code'],
  ['two slashes', `GET //graphql?query={__typename} HTTP/1.1\r\n${head}\r\n`, '404 no code'],
])('over the wire: %s', async (_name, bytes, outcome) => {
  await held(() => write(house.url, bytes), outcome)
})

test('a client that goes away in the middle of its body', async () => {
  const bytes = `POST /graphql HTTP/1.1\r\n${head}Content-Length: 1000\r\n\r\n{"query":`
  await held(() => write(house.url, bytes, 'break'), 'nothing no code')
})

test('10,000 subscriptions on a socket: 50 live, the others are refused one by one', async () => {
  const before = await stored()
  const socket = new WebSocket(`${house.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const live = new Set<string>()
  const refused = new Set<string>()
  let acknowledged = false
  let most = 0
  const subscribe = (from: number, to: number) => {
    const payload = { query: 'subscription { inbox { live } }' }
    for (let i = from; i < to; i++) socket.send(JSON.stringify({ id: `${i}`, type: 'subscribe', payload }))
  }
  socket.on('message', data => {
    const { type, id, payload }: Loose = JSON.parse(String(data))
    if (type === 'connection_ack') acknowledged = true
    else if (type === 'next') live.add(id)
    else if (type === 'complete') live.delete(id)
    else if (codeOf({ errors: payload }) === 'LIMIT_EXCEEDED') refused.add(id)
    most = Math.max(most, live.size)
  })
  const authorization = `Bearer ${world.ann.accessToken}`
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization } })))
  await eventually(() => acknowledged)
  subscribe(0, 50)
  await eventually(() => live.size === 50, 15_000, 'the first frame of 50')
  subscribe(50, 10_000)
  await eventually(() => refused.size === 9_950, 15_000, 'an answer to each')
  expect(most).toBe(50)
  socket.terminate()
  expect(await stored()).toEqual(before)
}, 60_000)

test('a fault of ours is told by its number alone', async () => {
  await db.query('alter table user_accounts rename to user_accounts_away')
  const told = await ask(house.url, by(world, query('{ users { edges { node { id } } } }')))
  await db.query('alter table user_accounts_away rename to user_accounts')
  expect(told.outcome).toBe('200 INTERNAL')
  expect(told.text).not.toMatch(inside)
  expect(told.text).not.toMatch(/user_accounts|relation "/)
  expect(JSON.parse(told.text).errors[0].extensions.correlationId).toMatch(/^[\w-]{36}$/)
})

test('the token that the forged ones are made like is good', async () => {
  const { text } = await ask(house.url, {
    ...query('{ viewer { email } }'),
    headers: { authorization: `Bearer ${world.tokens.signed}` },
  })
  expect(text).toContain(world.ann.email)
})

test('there are more than 40 of them', () => {
  expect(http.length + sockets.length).toBeGreaterThan(40)
})
