import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PlatformRole } from '../src/domain/userAccount/events.ts'
import { newId } from '../src/kernel/id.ts'
import { bySystem, crown, innerId } from './admin.ts'
import { eventually, type Loose, openGroup, type Person, password, personOf, post, register, send } from './client.ts'
import { type House, openHouse } from './house.ts'
import { act, done } from './live/acts.ts'
import { openRaw } from './live/raw.ts'
import { chatEvents, follow, heard } from './live/subscribing.ts'
import { mailTo, tokenIn } from './mails.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

async function person(name: string, role: PlatformRole = 'USER'): Promise<Person> {
  const one = await register(house.url, name)
  if (role !== 'USER') await crown(house.databaseUrl, one, role)
  return one
}
const code = (answer: Loose) => answer.code ?? answer.__typename
const login = async ({ email }: Person): Promise<Loose> => {
  const query = `mutation ($input: LoginInput!) { login(input: $input) { __typename
    ... on LoginPayload { tokens { accessToken refreshToken } } ... on Error { code message } } }`
  return (await post(house.url, query, { input: { email, password } })).data.login
}
const statusOf = async (of: Person, by: Person) =>
  (await by.ask('query ($id: ID!) { user(id: $id) { status displayName } }', { id: of.id })).user

describe.each(['USER', 'AGENT', 'MANAGER', 'ADMIN'] as const)('a %s', role => {
  const may = role === 'ADMIN'
  test(`${may ? 'changes' : 'does not change'} roles and opens and closes accounts`, async () => {
    const [one, bob] = [await person(role, role), await person('Bob')]
    expect((await one.ask('{ viewer { platformRole } }')).viewer.platformRole).toBe(role)
    const told: string[] = []
    for (const given of ['ADMIN', 'MANAGER', 'AGENT', 'USER'])
      told.push(code(await act(one, 'changePlatformRole', { userId: bob.id, role: given })))
    for (const name of ['disableUser', 'enableUser']) told.push(code(await act(one, name, { userId: bob.id })))
    const payloads = ['ChangePlatformRole', 'ChangePlatformRole', 'ChangePlatformRole', 'ChangePlatformRole']
    const allowed = [...payloads, 'DisableUser', 'EnableUser'].map(name => `${name}Payload`)
    expect(told).toEqual(may ? allowed : allowed.map(() => 'FORBIDDEN'))
    expect((await statusOf(bob, one)).status).toBe('ACTIVE')
  })
})

test('a new role is told to its owner on all devices', async () => {
  const [admin, bob] = [await person('Root', 'ADMIN'), await person('Bob')]
  const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
    ... on ViewerUpdated { actor { id } viewer { platformRole } } } } }`
  const box = follow(bob, inbox, { after: (await bob.ask('{ viewer { inboxPosition } }')).viewer.inboxPosition })
  await done(admin, 'changePlatformRole', { userId: bob.id, role: 'MANAGER' })
  const told = { actor: { id: admin.id }, viewer: { platformRole: 'MANAGER' } }
  expect(await heard(box, e => e.__typename === 'ViewerUpdated')).toMatchObject(told)
  await bySystem(house.databaseUrl, 'ChangePlatformRole', { userId: innerId(bob), role: 'AGENT' })
  expect(await heard(box, e => e.viewer?.platformRole === 'AGENT')).toMatchObject({ actor: null })
  box.stop()
})

describe('a disabled account', () => {
  test('is signed out everywhere, cannot come in, and is told nothing but that the password is wrong', async () => {
    const [admin, bob] = [await person('Root', 'ADMIN'), await person('Bob')]
    const chat = await openGroup(bob, [admin])
    const { id } = await send(bob, chat.id, 'hello')
    const raw = await openRaw(house.url, bob)
    raw.subscribe('feed', chatEvents, { id: chat.id })
    await eventually(() => raw.frames('feed').length > 0)

    const answer = await done(admin, 'disableUser', { userId: bob.id, reason: 'spam' }, 'user { id status }')
    expect(answer.user).toEqual({ id: bob.id, status: 'DISABLED' })
    expect((await eventually(raw.closed, 10_000, 'the close'))?.code).toBe(4401)
    expect((await bob.try('{ viewer { id } }')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    const renewal = `mutation ($t: String!) { refreshSession(input: { refreshToken: $t }) { __typename ... on Error { code } } }`
    const renewed = await post(house.url, renewal, { t: bob.refreshToken })
    expect(renewed.data.refreshSession).toEqual({ __typename: 'CredentialsError', code: 'TOKEN_EXPIRED' })
    const refused = await login(bob)
    expect(refused).toEqual(await login({ ...bob, email: `${newId()}@example.com` }))
    expect(refused).toMatchObject({ code: 'INVALID_CREDENTIALS' })

    const seen = await admin.ask(
      `query ($id: ID!, $name: String) { node(id: $id) { ... on Message { body author { ... on User { id displayName status } } } }
        users(filter: { query: $name }) { edges { node { id } } } }`,
      { id, name: 'Bob' },
    )
    const author = { id: bob.id, displayName: 'Bob', status: 'DISABLED' }
    expect(seen.node).toEqual({ body: 'hello', author })
    expect(seen.users.edges.map((e: Loose) => e.node.id)).not.toContain(bob.id)
    const stranger = await person('Cid')
    const invited = await act(stranger, 'createChat', { kind: 'GROUP', title: 'x', participantIds: [bob.id] })
    expect(invited).toMatchObject({ code: 'NOT_FOUND' })

    await done(admin, 'enableUser', { userId: bob.id })
    const back = personOf(house.url, { ...bob, ...(await login(bob)).tokens })
    expect((await back.ask('{ viewer { user { status } } }')).viewer.user.status).toBe('ACTIVE')
  })

  test('is signed out as well when no request of the API did it', async () => {
    const bob = await person('Bob')
    const raw = await openRaw(house.url, bob)
    await bySystem(house.databaseUrl, 'DisableUser', { userId: innerId(bob), reason: null })
    expect((await eventually(raw.closed, 10_000, 'the close'))?.code).toBe(4401)
    expect((await bob.try('{ viewer { id } }')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  })

  test('is not one’s own, nor one that is deleted or never was', async () => {
    const [admin, bob] = [await person('Root', 'ADMIN'), await person('Bob')]
    expect(await act(admin, 'disableUser', { userId: admin.id })).toMatchObject({ code: 'STATE_CONFLICT' })
    await done(bob, 'deleteAccount', { password })
    for (const name of ['disableUser', 'enableUser'])
      expect(await act(admin, name, { userId: bob.id })).toMatchObject({ code: 'STATE_CONFLICT' })
    const nobody = Buffer.from(`User:${newId()}`).toString('base64url')
    for (const userId of [nobody, 'x', admin.id.slice(1)])
      expect(await act(admin, 'disableUser', { userId })).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('the last ADMIN', () => {
  let other: House
  beforeAll(async () => {
    other = await openHouse()
  })
  afterAll(() => other.close())
  const adminsNow = async (people: readonly Person[]) => {
    const roles = await Promise.all(people.map(p => p.try('{ viewer { platformRole } }')))
    return roles.filter(r => r.data?.viewer?.platformRole === 'ADMIN').length
  }

  test('stays one, is not disabled and does not go', async () => {
    const root = await register(other.url, 'Root')
    await crown(other.databaseUrl, root)
    expect(await act(root, 'changePlatformRole', { userId: root.id, role: 'USER' })).toMatchObject({
      code: 'STATE_CONFLICT',
    })
    expect(await act(root, 'deleteAccount', { password })).toMatchObject({ code: 'STATE_CONFLICT' })
    expect(await adminsNow([root])).toBe(1)
    const next = await register(other.url, 'Next')
    await done(root, 'changePlatformRole', { userId: next.id, role: 'ADMIN' })
    await done(root, 'deleteAccount', { password })
    expect(await act(next, 'changePlatformRole', { userId: next.id, role: 'USER' })).toMatchObject({
      code: 'STATE_CONFLICT',
    })
  })

  const result = '{ __typename ... on Error { code } }'
  const demote = `mutation ($id: ID!) { changePlatformRole(input: { userId: $id, role: USER }) ${result} }`
  const disable = `mutation ($id: ID!) { disableUser(input: { userId: $id }) ${result} }`
  test('is left, however many take each other’s role at the same moment', async () => {
    for (let round = 0; round < 10; round++) {
      const people = await Promise.all(['A', 'B', 'C'].map(name => register(other.url, name)))
      for (const one of people) await crown(other.databaseUrl, one)
      const [first] = people as [Person, ...Person[]]
      for (const { id } of await standing(first, people)) await done(first, 'disableUser', { userId: id })
      await Promise.all(
        people.flatMap((by, i) => [
          by.try(demote, { id: people[(i + 1) % 3]?.id }),
          by.try(disable, { id: people[(i + 2) % 3]?.id }),
        ]),
      )
      expect(await adminsNow(people)).toBeGreaterThan(0)
    }
  })

  /** ADMINs of before, who would be left otherwise. */
  async function standing(by: Person, people: readonly Person[]): Promise<readonly Person[]> {
    const { users } = await by.ask('{ users(first: 100) { edges { node { id } } } }')
    const ours = new Set(people.map(p => p.id))
    return users.edges.map((e: Loose) => e.node).filter((u: Person) => !ours.has(u.id))
  }
})

test('who confirms an address of ADMIN_EMAILS is an ADMIN, and nobody who did not', async () => {
  const email = `${newId()}@example.com`
  const named = await openHouse({ ADMIN_EMAILS: ` ${email.toUpperCase()} , other@example.com` })
  const input = { email, password, displayName: 'Root' }
  const registration = `mutation ($input: RegisterInput!) { register(input: $input) {
    ... on RegisterPayload { tokens { accessToken refreshToken } viewer { platformRole user { id } } } } }`
  const { data } = await post(named.url, registration, { input })
  expect(data.register.viewer.platformRole).toBe('USER')
  const { tokens, viewer } = data.register
  const root = personOf(named.url, { id: viewer.user.id, email, password, ...tokens })
  const bob = await register(named.url, 'Bob')
  for (const one of [bob, root]) {
    const token = tokenIn(await mailTo(named.url, one.email, 'Confirm'))
    await one.ask('mutation ($token: String!) { verifyEmail(input: { token: $token }) { __typename } }', { token })
  }
  const roleOf = async (one: Person) => (await one.ask('{ viewer { platformRole } }')).viewer.platformRole
  await eventually(async () => (await roleOf(root)) === 'ADMIN')
  expect(await roleOf(bob)).toBe('USER')
  await named.close()
})
