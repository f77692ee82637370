import { hkdfSync } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { postgresTasks } from '../src/adapter/postgres/tasks.ts'
import { newId } from '../src/kernel/id.ts'
import { createSeal } from '../src/kernel/seal.ts'
import { shownName } from '../src/process/account-letters.ts'
import { eventually, type Loose, type Person, post, register } from './client.ts'
import * as c from './company-people.ts'
import { asDatabase } from './database-of.ts'
import { type House, openDoor, openHouse, testSecret } from './house.ts'
import { mailsTo, mailTo, rowsOf, tokenIn } from './mails.ts'

// Somebody without an account is invited by mail, and registers with it.

let house: House
let ann: Person
let companyId: string
let email: string
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  ann = await register(house.url, 'Ann')
  companyId = await c.companyIdOf(ann)
  email = `${newId()}@example.com`
})

const document = `mutation ($input: RegisterInput!) { register(input: $input) { __typename
  ... on RegisterPayload { tokens { accessToken } invitationError { __typename code } viewer { email emailVerifiedAt user { id } companies { edges { node { id } } } } }
  ... on ValidationError { issues { path } } ... on Error { code message } } }`
const registers = async (inviteToken: string, more: object = {}): Promise<Loose> => {
  const input = { email, password: 'correct horse battery', displayName: 'New', inviteToken, ...more }
  return (await post(house.url, document, { input })).data.register
}
const refused = { __typename: 'ValidationError', code: 'INVALID_INPUT', issues: [{ path: ['inviteToken'] }] }
const accounts = async () => (await rowsOf(house.databaseUrl, 'select id from user_accounts')).length
const joined = { email: '', emailVerifiedAt: expect.any(String), companies: { edges: [{ node: { id: '' } }] } }
const inCompany = () => ({ ...joined, email, companies: { edges: [{ node: { id: companyId } }] } })

test('the mail has a link, and its token registers into the company', async () => {
  await c.invite(ann, companyId, email)
  const mail = await mailTo(house.url, email, 'invitation')
  expect(mail.text).toContain('Ann invites you to the company "Freight" at WellWon.')
  expect(mail.text).toContain(`${house.url}/dev/join#token=`)
  const page = await (await fetch(`${house.url}/dev/join`)).text()
  for (const name of ['inviteToken', 'acceptCompanyInvitation']) expect(page).toContain(name)
  const { viewer, invitationError } = await registers(tokenIn(mail), { email: ` ${email.toUpperCase()}` })
  expect(invitationError).toBeNull()
  expect(viewer).toMatchObject(inCompany())
})

test('what was revoked while somebody registers is told, with the account', async () => {
  const { edge } = await c.invite(ann, companyId, email)
  const registered = await asDatabase(house.databaseUrl, async query => {
    // The invitation is looked at before the password is stored: here it waits, until the invitation is revoked.
    await query('begin')
    await query('lock table passwords in share mode')
    const waiting = registers(c.mailedToken(edge.node.id))
    const blocked = `select 1 from pg_locks where relation = 'passwords'::regclass and not granted`
    await eventually(async () => (await query(blocked)).length > 0, 15_000, 'the registration waits')
    expect((await c.revokeInvitation(ann, edge.node.id)).code).toBeUndefined()
    await query('commit')
    return waiting
  })
  expect(registered.invitationError).toEqual({ __typename: 'CredentialsError', code: 'INVALID_CREDENTIALS' })
  expect(registered.viewer).toMatchObject({ email, emailVerifiedAt: null, companies: { edges: [] } })
  expect(registered.tokens.accessToken).toEqual(expect.any(String))
})

test('the same key gives the same account, in the company', async () => {
  const token = await c.invited(ann, companyId, email)
  const idempotencyKey = newId()
  const first = await registers(token, { idempotencyKey })
  const again = await registers(token, { idempotencyKey })
  expect(again.viewer).toEqual(first.viewer)
  expect(again.viewer).toMatchObject(inCompany())
})

test('a token that is not good registers nobody', async () => {
  const token = await c.invited(ann, companyId, email)
  const edited = `${token.slice(0, 50)}${token[50] === 'A' ? 'B' : 'A'}${token.slice(51)}`
  const before = await accounts()
  for (const bad of ['', 'x', edited, `${token}A`]) expect(await registers(bad)).toMatchObject(refused)
  expect(await registers(token, { email: `other-${email}` })).toMatchObject(refused)
  const gone = await c.invite(ann, companyId, `gone-${email}`)
  await c.revokeInvitation(ann, gone.edge.node.id)
  const revoked = await registers(c.mailedToken(gone.edge.node.id), { email: `gone-${email}` })
  expect(revoked).toMatchObject(refused)
  await rowsOf(house.databaseUrl, "update company_invitations set expires_at = '2020-01-01' where email = $1", [email])
  expect(await registers(token)).toMatchObject(refused)
  expect(await accounts()).toBe(before)
})

test('who was cut off between the account and the company is in it a little later', async () => {
  const token = await c.invited(ann, companyId, email)
  const { viewer } = await registers(token, { inviteToken: undefined })
  expect(viewer.companies.edges).toEqual([])
  const userId = Buffer.from(viewer.user.id, 'base64url').toString().split(':')[1]
  const sealed = createSeal(Buffer.from(hkdfSync('sha256', testSecret, '', 'seal', 32))).close(token)
  const database = openDatabase(house.databaseUrl, 1, () => undefined)
  const task = { id: newId(), reactor: 'invited', kind: 'join', input: { userId, sealed } }
  await postgresTasks(database).add(task)
  await database.close()
  const verified = 'select 1 from user_accounts where id = $1 and email_verified_at is not null'
  const done = async () => (await rowsOf(house.databaseUrl, verified, [userId])).length || null
  await eventually(done, 15_000, 'the address is confirmed')
  const { memberCount } = await c.companySeen(ann, { id: companyId })
  expect(memberCount).toBe(2)
})

test('it is good once', async () => {
  const token = await c.invited(ann, companyId, email)
  expect((await registers(token)).viewer).toMatchObject(inCompany())
  expect(await registers(token)).toMatchObject(refused)
})

test('an address is mailed ten times a day', async () => {
  for (let i = 0; i < 11; i++) {
    const { edge } = await c.invite(ann, companyId, email)
    if (i < 10) await mailTo(house.url, email, 'invitation', i + 1)
    await c.revokeInvitation(ann, edge.node.id)
  }
  await c.invite(ann, companyId, `last-${email}`)
  await mailTo(house.url, `last-${email}`, 'invitation')
  expect(await mailsTo(house.url, email)).toHaveLength(10)
})

test('what is revoked, has expired or is of an archived company by the time of its mail is never mailed', async () => {
  const office = await openHouse()
  const begun = "select 1 from checkpoints where consumer = 'accountMails'"
  await eventually(async () => (await rowsOf(office.databaseUrl, begun)).length) // what follows is for processes as well
  await office.stop()
  const api = await openDoor(office.databaseUrl, { ROLE: 'api' })
  const owner = await register(`http://127.0.0.1:${api.port}`, 'Owner')
  const [open, archived] = [await c.companyIdOf(owner), await c.companyIdOf(owner)]
  const address = (what: string) => `${what}-${email}`
  const gone = await c.invite(owner, open, address('revoked'))
  await c.revokeInvitation(owner, gone.edge.node.id)
  await c.invite(owner, archived, address('archived'))
  await c.archiveCompany(owner, archived)
  await c.invite(owner, open, address('expired'))
  const expire = "update company_invitations set expires_at = now() - interval '1 s' where email = $1"
  await rowsOf(office.databaseUrl, expire, [address('expired')])
  await c.invite(owner, open, address('good'))
  await api.stop()

  const later = await openDoor(office.databaseUrl)
  const url = `http://127.0.0.1:${later.port}`
  await mailTo(url, address('good'), 'invitation')
  const tasks = "select id from tasks where reactor = 'accountMails'"
  await eventually(async () => !(await rowsOf(office.databaseUrl, tasks)).length)
  for (const what of ['revoked', 'archived', 'expired']) expect(await mailsTo(url, address(what))).toEqual([])
  await later.stop()
  await office.close()
})

test.each([
  ['Freight', 'Freight'],
  ['ИП Иванов И.И.', 'ИП Иванов И.И.'],
  ['a\nb', 'a b'],
  ['x'.repeat(70), `${'x'.repeat(60)}…`],
  ['Win at https://evil.example', null],
  ['Win at evil.example', null],
  ['me@evil', null],
  ['t.co/x', null],
])('a name in a mail: %j', (name, shown) => expect(shownName(name)).toBe(shown))
