import { request } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, networkOf } from '../src/api/place.ts'
import { newId } from '../src/kernel/id.ts'
import { type Loose, password, personOf, register } from './client.ts'
import { type House, openHouse } from './house.ts'
import { act } from './live/acts.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ LOGIN_LIMIT: '3', REGISTER_LIMIT: '12', TRUST_PROXY: '1' })
})
afterAll(() => house.close())

/** An operation of somebody at an address, as the proxy in front tells it. */
function at(address: string, query: string, variables: object): Promise<Loose> {
  const body = JSON.stringify({ query, variables })
  const headers = { 'content-type': 'application/json', 'x-forwarded-for': address }
  return new Promise((resolve, reject) => {
    const req = request(`${house.url}/graphql`, { method: 'POST', headers }, res => {
      let text = ''
      res.on('data', chunk => (text += chunk))
      res.on('end', () => resolve(JSON.parse(text)))
    })
    req.on('error', reject)
    req.end(body)
  })
}
const loginQuery = `mutation ($input: LoginInput!) { login(input: $input) { __typename
  ... on LoginPayload { tokens { accessToken refreshToken } }
  ... on Error { code message } ... on CredentialsError { retryAt } } }`
const login = async (address: string, email: string, word = password): Promise<Loose> =>
  (await at(address, loginQuery, { input: { email, password: word } })).data.login
const fails = async (address: string, email: string, times: number) => {
  const all: Loose[] = []
  for (let i = 0; i < times; i++) all.push(await login(address, email, 'wrong password'))
  return all
}
let next = 0
const somewhere = () => `10.${next >> 8}.${next++ & 255}.7`

test('wrong passwords run out, and are told from when on to try again; the same for an account that is none', async () => {
  const ann = await register(house.url, 'Ann')
  const now = Date.now()
  for (const email of [ann.email, `${newId()}@example.com`]) {
    const told = await fails(somewhere(), email, 5)
    expect(told.map(t => t.code)).toEqual(Array(5).fill('INVALID_CREDENTIALS'))
    expect(told.map(t => t.retryAt !== null)).toEqual([false, false, false, true, true])
    expect(new Set(told.map(t => t.message))).toEqual(
      new Set(['The e-mail or the password is wrong.', 'That was too often: try again later.']),
    )
    expect(Date.parse(told[4].retryAt) - now).toBeGreaterThan(0)
    expect(Date.parse(told[4].retryAt) - now).toBeLessThan(16 * 60_000)
  }
})

test('who ran out does not get in with the right one, from there; its owner does, from elsewhere', async () => {
  const ann = await register(house.url, 'Ann')
  const there = somewhere()
  await fails(there, ann.email, 4)
  expect(await login(there, ann.email)).toMatchObject({ code: 'INVALID_CREDENTIALS', retryAt: expect.any(String) })
  expect((await login(somewhere(), ann.email)).tokens).toBeTruthy()
})

test('a right password starts the count anew', async () => {
  const ann = await register(house.url, 'Ann')
  const home = somewhere()
  for (let i = 0; i < 4; i++) {
    await fails(home, ann.email, 2)
    expect((await login(home, ann.email)).tokens).toBeTruthy()
  }
})

test('who guesses from many places runs out as well, and does not lock the owner out of a place that was used before', async () => {
  const ann = await register(house.url, 'Ann')
  const home = somewhere()
  await login(home, ann.email)
  for (let i = 0; i < 5; i++) await fails(somewhere(), ann.email, 2)
  expect(await login(somewhere(), ann.email)).toMatchObject({ retryAt: expect.any(String) })
  expect((await login(home, ann.email)).tokens).toBeTruthy()
  // A neighbor behind the same address does not either, and learns nothing from being wrong there.
  const [, , , out] = await fails(home, ann.email, 4)
  expect(out).toMatchObject({ message: 'That was too often: try again later.', retryAt: expect.any(String) })
  expect((await login(home, ann.email)).tokens).toBeTruthy()
})

test('one place runs out over all accounts', async () => {
  const there = somewhere()
  const told: Loose[] = []
  for (let i = 0; i < 31; i++) told.push(await login(there, `${newId()}@example.com`, 'wrong password'))
  expect(told.findIndex(t => t.retryAt !== null)).toBe(30)
})

test('tries at the same moment are counted before they are looked at', async () => {
  const ann = await register(house.url, 'Ann')
  const there = somewhere()
  const all = await Promise.all(Array.from({ length: 12 }, () => login(there, ann.email, 'wrong password')))
  expect(all.filter(t => t.retryAt === null)).toHaveLength(3)
})

test('what the client itself wrote into X-Forwarded-For does not count', async () => {
  const email = `${newId()}@example.com`
  const proxied = somewhere()
  const told: Loose[] = []
  for (let i = 0; i < 4; i++) told.push(await login(`${somewhere()}, ${proxied}`, email, 'wrong password'))
  expect(told.map(t => t.retryAt !== null)).toEqual([false, false, false, true])
})

test('a password that is asked for once more runs out too', async () => {
  const ann = await register(house.url, 'Ann')
  const one = personOf(house.url, ann)
  const wrong = '} ... on CredentialsError { retryAt }  ... on Error { code'
  for (let i = 0; i < 2; i++)
    expect(await act(one, 'deleteAccount', { password: 'no' }, wrong)).toMatchObject({ retryAt: null })
  const change = { currentPassword: 'no', newPassword: 'another good one' }
  expect(await act(one, 'changePassword', change, wrong)).toMatchObject({ retryAt: null })
  expect(await act(one, 'changePassword', { ...change, currentPassword: password }, wrong)).toMatchObject({
    retryAt: expect.any(String),
  })
})

test('registrations from one place run out, as RATE_LIMITED', async () => {
  const there = somewhere()
  const query = `mutation ($input: RegisterInput!) { register(input: $input) { __typename ... on Error { code } } }`
  const input = () => ({ email: `${newId()}@example.com`, password, displayName: `Ann ${newId()}` })
  const all = await Promise.all(Array.from({ length: 15 }, () => at(there, query, { input: input() })))
  const codes = all.map(a => a.errors?.[0]?.extensions.code ?? a.data.register.__typename)
  expect(codes.filter(c => c === 'RegisterPayload')).toHaveLength(12)
  expect(codes.filter(c => c === 'RATE_LIMITED')).toHaveLength(3)
  const refused = all.find(a => a.errors)
  expect(Date.parse(refused.errors[0].extensions.retryAt)).toBeGreaterThan(Date.now())
})

test.each<[told: string | string[] | undefined, hops: number, seen: string]>([
  [undefined, 0, '192.0.2.1'],
  ['198.51.100.1', 0, '192.0.2.1'],
  ['198.51.100.1', 1, '198.51.100.1'],
  ['203.0.113.9, 198.51.100.1', 1, '198.51.100.1'],
  ['203.0.113.9, 198.51.100.1', 2, '203.0.113.9'],
  ['203.0.113.9', 2, '192.0.2.1'],
  ['nonsense', 1, '192.0.2.1'],
  ['', 1, '192.0.2.1'],
  [undefined, 1, '192.0.2.1'],
  ['::ffff:198.51.100.1', 1, '198.51.100.1'],
])('X-Forwarded-For %j behind %i proxies is %s', (told, hops, seen) => {
  const headers = told === undefined ? {} : { 'x-forwarded-for': told }
  const socket = { remoteAddress: '::ffff:192.0.2.1' }
  expect(addressOf({ headers: headers as Record<string, string>, socket }, hops)).toBe(seen)
})

test('a /64 of IPv6 is one place', () => {
  const same = ['2001:db8:1:2::1', '2001:0DB8:0001:0002:ffff::9', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2::']
  expect(new Set(same.map(networkOf))).toEqual(new Set(['2001:db8:1:2::/64']))
  expect(networkOf('2001:db8:1:3::1')).not.toBe(networkOf('2001:db8:1:2::1'))
  expect([networkOf('::1'), networkOf('192.0.2.1')]).toEqual(['0:0:0:0::/64', '192.0.2.1'])
})
