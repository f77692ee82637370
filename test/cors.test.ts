import { afterAll, beforeAll, expect, test } from 'vitest'
import { speak } from './bad-input/wire.ts'
import { type House, openHouse } from './house.ts'

// Which pages of other origins may call: those of CORS_ORIGINS, and by default none.

const chat = 'https://chat.example.org'
let closed: House
let open: House
beforeAll(async () => {
  closed = await openHouse()
  open = await openHouse({ CORS_ORIGINS: `${chat},http://localhost:5173` })
})
afterAll(() => Promise.all([closed.close(), open.close()]))

/** All that a browser goes by. */
async function allowed(house: House, origin: string, method: 'POST' | 'OPTIONS', path = '/graphql') {
  const preflight = {
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  }
  const response = await fetch(`${house.url}${path}`, {
    method,
    headers: { origin, ...(method === 'OPTIONS' ? preflight : { 'content-type': 'application/json' }) },
    body: method === 'POST' ? JSON.stringify({ query: '{ __typename }' }) : null,
  })
  await response.arrayBuffer()
  return Object.fromEntries([...response.headers].filter(([name]) => name.startsWith('access-control-')))
}

const strangers = [
  'https://evil.example',
  'null',
  'http://chat.example.org',
  'https://chat.example.org:8443',
  'https://chat.example.org.evil.example',
  'https://evil-chat.example.org',
  'https://CHAT.example.org.',
  'http://localhost:5174',
]

test.each([chat, ...strangers])('by default nobody: %s', async origin => {
  expect(await allowed(closed, origin, 'POST')).toEqual({})
  expect(await allowed(closed, origin, 'OPTIONS')).toEqual({})
})

test.each(strangers)('an origin that is not in the list is never reflected: %s', async origin => {
  expect(await allowed(open, origin, 'POST')).toEqual({})
  expect(await allowed(open, origin, 'OPTIONS')).toEqual({})
})

test.each([chat, 'http://localhost:5173'])('an origin of the list may call: %s', async origin => {
  expect(await allowed(open, origin, 'POST')).toMatchObject({ 'access-control-allow-origin': origin })
  const preflight = await allowed(open, origin, 'OPTIONS')
  expect(preflight).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-max-age': '86400' })
  expect(preflight['access-control-allow-methods']).toMatch(/POST/)
  expect(preflight['access-control-allow-headers']).toMatch(/authorization.*content-type/)
  expect(preflight).not.toHaveProperty('access-control-allow-credentials')
})

test.each(['/health', '/ready', '/nothing'])('%s is for no page', async path => {
  expect(await allowed(open, chat, 'POST', path)).toEqual({})
})

const hello = { init: {}, frames: ['{"id":"1","type":"subscribe","payload":{"query":"{ __typename }"}}'] }

test.each(strangers)('a WebSocket of another origin is refused: %s', async origin => {
  const spoken = { ...hello, headers: { origin } }
  expect((await speak(closed.url, spoken)).outcome).toBe('refused 403')
  expect((await speak(open.url, spoken)).outcome).toBe('refused 403')
})

test('a WebSocket of the list, of the own origin and of a program is taken', async () => {
  expect((await speak(open.url, { ...hello, headers: { origin: chat } })).outcome).toBe('next data')
  expect((await speak(closed.url, { ...hello, headers: { origin: chat } })).outcome).toBe('refused 403')
  expect((await speak(closed.url, { ...hello, headers: { origin: closed.url } })).outcome).toBe('next data')
  expect((await speak(closed.url, hello)).outcome).toBe('next data')
})
