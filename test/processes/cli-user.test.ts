import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Loose, post } from '../client.ts'
import { runWellwon } from '../fixtures/wellwon.ts'
import { type House, openHouse } from '../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const wellwon = (...args: string[]) => runWellwon(['user', ...args], { DATABASE_URL: house.databaseUrl })
const login = async (email: string, password: string): Promise<Loose> => {
  const query = `mutation ($input: LoginInput!) { login(input: $input) {
    ... on LoginPayload { viewer { platformRole user { handle displayName status } } } ... on Error { code } } }`
  return (await post(house.url, query, { input: { email, password } })).data.login
}
const passwordIn = (out: string) => /Password: (\S+)\n/.exec(out)?.[1] ?? ''

test('somebody is made an ADMIN, logs in, is disabled, and enabled again', async () => {
  const made = await wellwon('create', '--email', 'Ada@Example.org', '--name', 'Ада Лавлейс', '--role', 'ADMIN')
  expect(made).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^ada\.lavleys <Ada@Example\.org> is ADMIN\. Password: \S{16}\n$/),
  })
  const password = passwordIn(made.out)
  const seen = { platformRole: 'ADMIN', user: { handle: 'ada.lavleys', displayName: 'Ада Лавлейс', status: 'ACTIVE' } }
  expect((await login('ada@example.org', password)).viewer).toEqual(seen)

  const other = await wellwon('create', '--email', 'other@example.org', '--name', 'Ада Лавлейс')
  expect(other.out).toMatch(/^ada\.lavleys\d+ <other@example\.org> is USER\./)
  expect(await wellwon('role', 'other@example.org', 'ADMIN')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/is ADMIN\.\n$/),
  })

  expect(await wellwon('disable', 'ada.lavleys', '--reason', 'left')).toMatchObject({
    code: 0,
    out: 'ada.lavleys is disabled.\n',
  })
  expect((await login('ada@example.org', password)).code).toBeTruthy()
  expect(await wellwon('enable', 'ADA@example.org')).toMatchObject({ code: 0, out: 'ada.lavleys is enabled.\n' })
  expect((await login('ada@example.org', password)).viewer).toEqual(seen)
}, 120_000)

test.each([
  [['create', '--email', 'no address', '--name', 'X'], /^email: This is not an e-mail address\.$/],
  [['create', '--email', 'a@example.org', '--name', ' '], /^name: It must not be empty\.$/],
  [['create', '--email', 'a@example.org', '--name', 'X', '--handle', 'A'], /^handle: /],
  [
    ['create', '--email', 'a@example.org', '--name', 'X', '--role', 'KING'],
    /^error: option '--role <role>' argument 'KING' is invalid/,
  ],
  [['create', '--name', 'X'], /^error: required option '--email <address>' not specified$/],
  [['disable', 'nobody@example.org'], /^there is no account nobody@example\.org/],
  [['role', 'nobody', 'KING'], /^there is no role KING: one of ADMIN/],
])('%j is refused in one line, and leaves nothing', async (args, line) => {
  const { code, err } = await wellwon(...args)
  expect([code, err.trim()]).toEqual([1, expect.stringMatching(line)])
})

test('an address is taken once', async () => {
  const { out } = await wellwon('create', '--email', 'only@example.org', '--name', 'Only', '--role', 'ADMIN')
  expect(passwordIn(out)).not.toBe('')
  const twice = await wellwon('create', '--email', 'only@example.org', '--name', 'Twice')
  expect(twice).toMatchObject({ code: 1, err: 'email: This email is taken.\n' })
}, 60_000)
