import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../src/kernel/id.ts'
import { type Loose, type Person, password, personOf, post, register } from './client.ts'
import { type House, openHouse } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const error = '... on Error { code message }'
const errors = `${error} ... on ValidationError { issues { path code } }
  ... on ConflictError { currentVersion current { id ... on User { displayName } } }`
const signedIn = 'tokens { accessToken refreshToken } viewer { id email platformRole user { id handle displayName } }'

/** Carries out one mutation and gives its result. */
async function does(name: string, input: object, fields: string, by: Person | null = null): Promise<Loose> {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const members = ['register', 'updateProfile', 'changePassword'].includes(name) ? 'ValidationError' : ''
  const conflicts = ['register', 'updateProfile'].includes(name)
  const query = `mutation ($input: ${title}Input!) { ${name}(input: $input) { __typename ... on ${title}Payload { ${fields} }
    ${members ? (conflicts ? errors : `${error} ... on ValidationError { issues { path code } }`) : error} } }`
  const answer = await post(house.url, query, { input }, by?.accessToken ?? null)
  if (answer.errors) throw new Error(JSON.stringify(answer.errors))
  return answer.data[name]
}
const join = (more: object = {}) =>
  does('register', { email: `${newId()}@example.com`, password, displayName: 'Ann Lee', ...more }, signedIn)
const login = (email: string, word = password, deviceName?: string) =>
  does('login', { email, password: word, deviceName }, signedIn)
const refresh = (refreshToken: string) => does('refreshSession', { refreshToken }, signedIn)
const me = async (of: Person | string) =>
  (await post(house.url, '{ viewer { email } }', {}, typeof of === 'string' ? of : of.accessToken)).errors?.[0]
    ?.extensions?.code ?? 'in'

describe('register', () => {
  test('makes a plain user and signs it in; the e-mail is kept in lower case', async () => {
    const email = `${newId()}@Example.COM`
    const { viewer, tokens } = await join({ email: ` ${email} ` })
    expect(viewer).toMatchObject({ email: email.toLowerCase(), platformRole: 'USER', user: { displayName: 'Ann Lee' } })
    expect(await me(tokens.accessToken)).toBe('in')
  })
  test('makes a handle of the name, with a number when it is taken', async () => {
    const displayName = `Анна Müller ${newId().slice(-4)}`
    const handles: string[] = []
    for (let i = 0; i < 3; i++) handles.push((await join({ displayName })).viewer.user.handle)
    const plain = `anna.muller.${displayName.slice(-4)}`
    expect(handles[0]).toBe(plain)
    expect(handles.every(handle => /^[a-z0-9_.]{3,32}$/.test(handle) && handle.startsWith(plain))).toBe(true)
    expect(new Set(handles).size).toBe(3)
  })
  test('of a name without letters still finds a handle; 20 of one name at once all find one', async () => {
    expect((await join({ displayName: '李' })).viewer.user.handle).toMatch(/^user\d+$/)
    const displayName = `Same ${newId().slice(-6)}`
    const all = await Promise.all(Array.from({ length: 20 }, () => join({ displayName })))
    expect(new Set(all.map(a => a.viewer?.user.handle)).size).toBe(20)
  })
  test('refuses a taken e-mail, in any case, and a taken handle that was asked for', async () => {
    const [email, handle] = [`${newId()}@example.com`, `h_${newId().slice(-12)}`]
    await join({ email, handle })
    expect(await join({ email: email.toUpperCase() })).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await join({ handle })).toMatchObject({ __typename: 'ConflictError', code: 'ALREADY_EXISTS' })
  })
  test.each([
    [{ password: 'short' }, 'password'],
    [{ password: 'x'.repeat(129) }, 'password'],
    [{ password: 'password123' }, 'password'],
    [{ email: 'ann' }, 'email'],
    [{ displayName: ' ' }, 'displayName'],
    [{ displayName: 'x'.repeat(101) }, 'displayName'],
    [{ handle: 'No Spaces' }, 'handle'],
  ])('refuses %j', async (more, field) => {
    expect(await join(more)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: [field] }] })
  })
})

describe('login', () => {
  test('in any case of the e-mail, as many sessions as devices', async () => {
    const ann = await register(house.url, 'Ann')
    const second = await login(ann.email.toUpperCase(), password, ' Phone ')
    expect(second.viewer.user.id).toBe(ann.id)
    const { viewer } = await ann.ask('{ viewer { sessions { id deviceName current } } }')
    expect(viewer.sessions).toMatchObject([
      { deviceName: 'Phone', current: false },
      { deviceName: null, current: true },
    ])
  })
  test('answers alike for a wrong password, an unknown e-mail and none at all', async () => {
    const ann = await register(house.url, 'Ann')
    const answers = [
      await login(ann.email, 'wrong password'),
      await login(`${newId()}@example.com`),
      await login('ann'),
      await login(ann.email, 'x'.repeat(1_000)),
    ]
    const refused = { __typename: 'CredentialsError', code: 'INVALID_CREDENTIALS' }
    expect(answers).toEqual(answers.map(() => ({ ...refused, message: 'The e-mail or the password is wrong.' })))
  })
})

describe('refreshSession', () => {
  test('an old token stays good until its successor is first used; used after that, it ends the session', async () => {
    const ann = await register(house.url, 'Ann')
    const first = await refresh(ann.refreshToken)
    const again = await refresh(ann.refreshToken)
    expect(again.tokens.refreshToken).toBe(first.tokens.refreshToken)
    const second = await refresh(first.tokens.refreshToken)
    expect([await me(ann), await me(second.tokens.accessToken)]).toEqual(['in', 'in'])
    expect(await refresh(ann.refreshToken)).toMatchObject({ __typename: 'CredentialsError', code: 'TOKEN_EXPIRED' })
    expect(await refresh(second.tokens.refreshToken)).toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect([await me(ann), await me(second.tokens.accessToken)]).toEqual(['UNAUTHENTICATED', 'UNAUTHENTICATED'])
  })
  test('20 at once get the same successor, and it is good', async () => {
    const ann = await register(house.url, 'Ann')
    const all = await Promise.all(Array.from({ length: 20 }, () => refresh(ann.refreshToken)))
    const successors = new Set(all.map(a => a.tokens?.refreshToken))
    expect([successors.size, successors.has(ann.refreshToken)]).toEqual([1, false])
    expect((await refresh([...successors][0])).viewer.user.id).toBe(ann.id)
  })
  test('refuses what is no refresh token', async () => {
    const ann = await register(house.url, 'Ann')
    const [body, signature] = ann.refreshToken.split('.')
    for (const token of ['', 'x', ann.accessToken, `${body}.${signature}x`, `${body}x.${signature}`, `${body}.`])
      expect(await refresh(token)).toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect((await refresh(ann.refreshToken)).tokens).toBeTruthy()
  })
})

/** Somebody on two more devices. */
async function onThreeDevices(): Promise<[Person, Person, Person]> {
  const ann = await register(house.url, 'Ann')
  const device = async () => personOf(house.url, { ...ann, ...(await login(ann.email)).tokens })
  return [ann, await device(), await device()]
}
const doors = (people: readonly Person[]) => Promise.all(people.map(me))
const out = 'UNAUTHENTICATED'

describe('the end of sessions', () => {
  test('logout ends this one, or all', async () => {
    const all = await onThreeDevices()
    expect((await does('logout', {}, 'removedSessionIds', all[0])).removedSessionIds).toHaveLength(1)
    expect(await doors(all)).toEqual([out, 'in', 'in'])
    expect(await refresh(all[0].refreshToken)).toMatchObject({ code: 'TOKEN_EXPIRED' })
    const rest = await does('logout', { allSessions: true }, 'removedSessionIds', all[1])
    expect(rest.removedSessionIds).toHaveLength(2)
    expect(await doors(all)).toEqual([out, out, out])
  })
  test('changePassword ends the others, and the old password', async () => {
    const all = await onThreeDevices()
    const change = (currentPassword: string, newPassword: string) =>
      does('changePassword', { currentPassword, newPassword }, 'viewer { email } commit', all[1])
    expect(await change('wrong password', 'another good one')).toMatchObject({ code: 'INVALID_CREDENTIALS' })
    expect(await change(password, 'short')).toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ path: ['newPassword'] }],
    })
    expect(await doors(all)).toEqual(['in', 'in', 'in'])
    expect(await change(password, 'another good one')).toMatchObject({ viewer: { email: all[0].email } })
    expect(await doors(all)).toEqual([out, 'in', out])
    expect(await login(all[0].email)).toMatchObject({ code: 'INVALID_CREDENTIALS' })
    expect((await login(all[0].email, 'another good one')).tokens).toBeTruthy()
  })
  test('a session is its owner’s to see', async () => {
    const [ann] = await onThreeDevices()
    const bob = await register(house.url, 'Bob')
    const { viewer } = await ann.ask('{ viewer { sessions { id } } }')
    const node = (by: Person) => by.ask('query ($id: ID!) { node(id: $id) { id } }', { id: viewer.sessions[0].id })
    expect([(await node(ann)).node?.id, (await node(bob)).node]).toEqual([viewer.sessions[0].id, null])
  })
})

describe('updateProfile', () => {
  const update = (by: Person, input: object) => does('updateProfile', input, 'user { version handle displayName }', by)
  test('changes what is given; a stale version is told what is there now', async () => {
    const ann = await register(house.url, 'Ann')
    const handle = `n_${newId().slice(-12)}`
    const { user } = await update(ann, { displayName: ' Anna ', handle, expectedVersion: 0 })
    expect(user).toMatchObject({ displayName: 'Anna', handle })
    const current = { id: ann.id, displayName: 'Anna' }
    expect(await update(ann, { displayName: 'Bea', expectedVersion: 0 })).toMatchObject({
      ...{ code: 'VERSION_CONFLICT', currentVersion: user.version, current },
    })
    expect(await update(ann, { displayName: 'Anna', expectedVersion: 0 })).toMatchObject({
      user: { version: user.version },
    })
  })
  test('refuses taken handles and cleared names; the old handle is free', async () => {
    const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
    const [one, other] = [`o_${newId().slice(-12)}`, `p_${newId().slice(-12)}`]
    await update(ann, { handle: one })
    expect(await update(bob, { handle: one })).toMatchObject({ code: 'ALREADY_EXISTS' })
    expect(await update(bob, { displayName: null })).toMatchObject({ issues: [{ path: ['displayName'] }] })
    await update(ann, { handle: other })
    expect(await update(bob, { handle: one })).toMatchObject({ user: { handle: one } })
  })
})

test('deleteAccount takes the name away, ends the sessions, and lets go of e-mail and handle', async () => {
  const handle = `d_${newId().slice(-12)}`
  const all = await onThreeDevices()
  const [ann] = all
  await does('updateProfile', { handle }, 'commit', ann)
  const bob = await register(house.url, 'Bob')
  expect(await does('deleteAccount', { password: 'wrong password' }, 'removedUserId', ann)).toMatchObject({
    code: 'INVALID_CREDENTIALS',
  })
  expect(await does('deleteAccount', { password }, 'removedUserId', ann)).toMatchObject({ removedUserId: ann.id })
  expect(await doors(all)).toEqual([out, out, out])
  expect(await login(ann.email)).toMatchObject({ code: 'INVALID_CREDENTIALS' })
  expect(await refresh(ann.refreshToken)).toMatchObject({ code: 'TOKEN_EXPIRED' })
  const seen = await bob.ask(
    `query ($id: ID!, $handle: String!) { user(id: $id) { status displayName handle deletedAt }
      users(filter: { query: $handle }) { edges { node { id } } } }`,
    { id: ann.id, handle },
  )
  expect(seen.user).toMatchObject({ status: 'DELETED', displayName: 'Deleted account', deletedAt: expect.any(String) })
  expect([seen.user.handle === handle, seen.users.edges]).toEqual([false, []])
  expect((await join({ email: ann.email, handle })).viewer.user).toMatchObject({ handle })
})

describe('viewer', () => {
  const viewer = (token: string | null) => post(house.url, '{ viewer { id } }', {}, token)
  test('is null for nobody, and an error for a token that is not good', async () => {
    expect(await viewer(null)).toMatchObject({ data: { viewer: null } })
    const ann = await register(house.url, 'Ann')
    for (const token of ['x', 'x.y.z', `${ann.accessToken}x`, ann.refreshToken])
      expect((await viewer(token)).errors?.[0]?.extensions?.code).toBe(out)
  })
  test('is an error for one that has expired', async () => {
    const short = await openHouse({ ACCESS_TOKEN_SECONDS: '1' })
    const ann = await register(short.url, 'Ann')
    const deadline = Date.now() + 10_000
    let answer = await ann.try('{ viewer { id } }')
    while (!answer.errors && Date.now() < deadline) answer = await ann.try('{ viewer { id } }')
    expect(answer.errors?.[0]).toMatchObject({ extensions: { code: out }, message: /expired: use refreshSession/ })
    await short.close()
  })
})
