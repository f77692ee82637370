import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/kernel/id.ts'
import { type Loose, type Person, post, register } from './client.ts'
import * as c from './company-people.ts'
import { type House, openHouse } from './house.ts'

// Somebody is asked to join a company by e-mail.

let house: House
let ann: Person
let bob: Person
let eve: Person
let id: string
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  ;[ann, bob, eve] = (await Promise.all(['Ann', 'Bob', 'Eve'].map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
  ]
  id = await c.companyIdOf(ann)
})

const shown =
  'query ($token: String!) { companyInvitation(token: $token) { id email role companyName company { id } invitedBy { displayName } } }'
const showTo = async (who: Person | null, token: string): Promise<Loose> => {
  const { data, errors } = await post(house.url, shown, { token }, who?.accessToken)
  if (errors) throw new Error(JSON.stringify(errors))
  return data.companyInvitation
}
const open = async (by: Person): Promise<Loose> =>
  (await c.companySeen(by, { id }, 'invitations { edges { node { email role acceptedAt revokedAt } } }')).invitations

async function db<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: house.databaseUrl })
  await client.connect()
  const { rows } = await client.query<Row>(text, values).finally(() => client.end())
  return rows
}

test('an invitation is listed for who invites, shown to who has its token, and accepted once', async () => {
  await c.join(ann, id, eve)
  const { edge } = await c.invite(ann, id, ` ${bob.email.toUpperCase()}`, 'ADMIN')
  expect(edge.node).toMatchObject({
    ...{ email: bob.email, role: 'ADMIN', companyName: 'Freight', company: { id }, invitedBy: { id: ann.id } },
    ...{ acceptedAt: null, revokedAt: null },
  })
  expect(Date.parse(edge.node.expiresAt) - Date.parse(edge.node.createdAt)).toBeCloseTo(7 * 24 * 3_600_000, -5)
  expect((await open(ann)).edges).toHaveLength(1)
  expect(await open(eve)).toBeNull()
  const asNode = 'query ($id: ID!) { node(id: $id) { ... on CompanyInvitation { email } } }'
  const seenBy = async (who: Person) => (await who.ask(asNode, { id: edge.node.id })).node
  expect(await Promise.all([ann, eve, bob].map(seenBy))).toEqual([{ email: bob.email }, null, null])

  const token = c.mailedToken(edge.node.id)
  for (const who of [null, bob]) {
    const seen = await showTo(who, token)
    expect(seen).toMatchObject({
      email: bob.email,
      companyName: 'Freight',
      company: null,
      invitedBy: { displayName: 'Ann' },
    })
  }
  const accepted = await c.acceptInvitation(bob, token)
  expect(accepted.edge.node).toMatchObject({ id, memberCount: 3, viewerMembership: { role: 'ADMIN' } })
  expect((await open(ann)).edges).toEqual([])
  expect(await showTo(null, token)).toBeNull()
  expect((await c.acceptInvitation(bob, token)).edge.node.id).toBe(id) // the answer was lost: it is told again
  expect((await c.acceptInvitation(eve, token)).code).toBe('INVALID_CREDENTIALS')
  await c.removeMember(ann, await c.ownMembership(bob, id))
  expect((await c.acceptInvitation(bob, token)).code).toBe('INVALID_CREDENTIALS')
})

test('somebody who registers later accepts it as well', async () => {
  const email = `${newId()}@example.com`
  const token = await c.invited(ann, id, email)
  const { data } = await post(
    house.url,
    'mutation ($input: RegisterInput!) { register(input: $input) { ... on RegisterPayload { tokens { accessToken } } } }',
    { input: { email, password: 'correct horse battery', displayName: 'New' } },
  )
  const answer = await post(
    house.url,
    'mutation ($token: String!) { acceptCompanyInvitation(input: { token: $token }) { ... on AcceptCompanyInvitationPayload { edge { node { id } } } } }',
    { token },
    data.register.tokens.accessToken,
  )
  expect(answer.data.acceptCompanyInvitation.edge.node.id).toBe(id)
})

test('it is for its address only, whoever has the token', async () => {
  const token = await c.invited(ann, id, bob.email)
  expect(await c.acceptInvitation(eve, token)).toMatchObject({
    __typename: 'CredentialsError',
    code: 'INVALID_CREDENTIALS',
  })
  expect(await c.companiesOf(eve)).toEqual([])
  expect((await c.acceptInvitation(bob, token)).edge.node.id).toBe(id)
})

test('a revoked one is not good, and neither is one of an archived company', async () => {
  const first = await c.invite(ann, id, bob.email)
  const revoked = await c.revokeInvitation(ann, first.edge.node.id)
  expect(revoked).toMatchObject({ company: { id }, removedInvitationId: first.edge.node.id })
  expect((await c.revokeInvitation(ann, first.edge.node.id)).removedInvitationId).toBe(first.edge.node.id)
  expect((await c.acceptInvitation(bob, c.mailedToken(first.edge.node.id))).code).toBe('INVALID_CREDENTIALS')
  expect(await showTo(null, c.mailedToken(first.edge.node.id))).toBeNull()
  const second = await c.invited(ann, id, bob.email)
  await c.archiveCompany(ann, id)
  expect((await c.acceptInvitation(bob, second)).code).toBe('STATE_CONFLICT')
  expect(await showTo(null, second)).toBeNull()
})

test('an expired one is not good, and the address can be invited anew', async () => {
  const { edge } = await c.invite(ann, id, bob.email)
  const inner = Buffer.from(edge.node.id, 'base64url').toString().split('.')[1]
  // As if the week were over: in the log, so that rows and state say the same.
  await db(
    'update events set data = regexp_replace(data, \'"expiresAt":"20..\', \'"expiresAt":"2020\') where data like $1',
    [`%${inner}%`],
  )
  await db("update company_invitations set expires_at = '2020-01-01' where id = $1", [inner])
  const again = await freshDoor()
  const token = c.mailedToken(edge.node.id)
  expect(await again(bob, token)).toBe('TOKEN_EXPIRED')
  expect(await showTo(null, token)).toBeNull()
})

/** A process that has not kept the company's state. Accepts there and gives the code. */
async function freshDoor() {
  const { openDoor } = await import('./house.ts')
  const door = await openDoor(house.databaseUrl)
  return async (who: Person, token: string): Promise<string> => {
    const query =
      'mutation ($token: String!) { acceptCompanyInvitation(input: { token: $token }) { ... on Error { code } } }'
    const { data } = await post(`http://127.0.0.1:${door.port}`, query, { token }, who.accessToken)
    await door.stop()
    return data.acceptCompanyInvitation.code
  }
}

test('inviting twice is inviting once; in another role it is refused; who is in is not invited', async () => {
  const first = await c.invite(ann, id, bob.email)
  expect((await c.invite(ann, id, bob.email)).edge).toEqual(first.edge)
  expect((await c.invite(ann, id, bob.email, 'ADMIN')).code).toBe('ALREADY_EXISTS')
  await c.join(ann, id, eve)
  expect((await c.invite(ann, id, eve.email)).code).toBe('ALREADY_EXISTS')
  const key = { idempotencyKey: newId() }
  const keyed = await c.invite(ann, id, 'x@example.com', 'MEMBER', key)
  await c.revokeInvitation(ann, keyed.edge.node.id)
  expect((await c.invite(ann, id, 'x@example.com', 'MEMBER', key)).edge.node.id).toBe(keyed.edge.node.id)
  expect((await c.invite(ann, id, 'y@example.com', 'MEMBER', key)).code).toBe('IDEMPOTENCY_KEY_REUSED')
})

test('nobody invites above themselves, and strangers are told nothing', async () => {
  await c.join(ann, id, bob, 'ADMIN')
  await c.join(ann, id, eve)
  expect((await c.invite(bob, id, 'x@example.com', 'OWNER')).code).toBe('FORBIDDEN')
  expect((await c.invite(eve, id, 'x@example.com')).code).toBe('FORBIDDEN')
  const dot = await register(house.url, 'Dot')
  await c.companyIdOf(dot)
  const { edge } = await c.invite(ann, id, 'x@example.com')
  expect((await c.invite(dot, id, 'x@example.com')).code).toBe('NOT_FOUND')
  expect((await c.revokeInvitation(dot, edge.node.id)).code).toBe('NOT_FOUND')
  expect((await c.revokeInvitation(eve, edge.node.id)).code).toBe('FORBIDDEN')
})

test.each(['', 'x', 'not an address', 'a@b', `${'x'.repeat(250)}@example.com`, 'a@example.com\nBcc: eve@example.com'])(
  'an address that is none is refused: %j',
  async email => {
    expect(await c.invite(ann, id, email)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['email'] }] })
  },
)

test('a token that is none is refused, made up or cut or of another server', async () => {
  const token = await c.invited(ann, id, bob.email)
  const foreign = `${token.slice(0, 43)}${'A'.repeat(43)}`
  for (const bad of ['', 'x', token.slice(1), `${token}A`, foreign, 'x'.repeat(100_000)]) {
    expect((await c.acceptInvitation(bob, bad)).code).toBe('INVALID_CREDENTIALS')
    if (bad === foreign) expect(await showTo(bob, bad)).toBeNull()
    else await expect(showTo(bob, bad)).rejects.toThrow('INVALID_INPUT')
  }
})

test('the token is nowhere in the database', async () => {
  const token = await c.invited(ann, id, bob.email)
  await c.acceptInvitation(bob, token)
  const tables = await db<{ name: string }>(
    "select table_name as name from information_schema.tables where table_schema = 'public'",
  )
  for (const { name } of tables) {
    const [found] = await db<{ n: number }>(`select count(*)::int n from "${name}" t where t::text like $1`, [
      `%${token.slice(45)}%`,
    ])
    expect([name, found?.n]).toEqual([name, 0])
  }
})
