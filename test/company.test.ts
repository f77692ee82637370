import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { newId } from '../src/kernel/id.ts'
import { confirm } from './admin.ts'
import { type Loose, type Person, register } from './client.ts'
import * as c from './company-people.ts'
import { type House, openHouse } from './house.ts'

// Companies over the real API: founded, changed, archived; and the people in them.

let house: House
let ann: Person
let bob: Person
let eve: Person
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
})

describe('a company', () => {
  test('is founded with its owner, found by id and by INN, and listed', async () => {
    const inn = c.freshInn()
    const details = { kpp: '773601001', ogrn: '1027700132195', legalAddress: 'Moscow' }
    const { edge } = await c.found(ann, { inn: ` ${inn}`, name: ' Freight ', ...details })
    expect(edge.node).toMatchObject({
      ...{ inn, name: 'Freight', ...details },
      ...{ archivedAt: null, memberCount: 1, viewerMembership: { role: 'OWNER' } },
    })
    expect(await c.companySeen(ann, { id: edge.node.id })).toEqual(edge.node)
    expect(await c.companySeen(ann, { inn })).toEqual(edge.node)
    expect(await c.companiesOf(ann)).toEqual([{ id: edge.node.id, name: 'Freight' }])
    for (const ref of [{ id: edge.node.id }, { inn }]) expect(await c.companySeen(bob, ref)).toBeNull()
    expect(await c.companiesOf(bob)).toEqual([])
  })

  test('has its INN for itself while it is in use', async () => {
    const inn = c.freshInn()
    const first = await c.companyIdOf(ann, { inn })
    expect(await c.found(bob, { inn })).toMatchObject({ __typename: 'ConflictError', code: 'ALREADY_EXISTS' })
    const racers = await Promise.all([c.found(bob, { inn: '7707083893' }), c.found(ann, { inn: '7707083893' })])
    expect(racers.map(r => r.code ?? 'founded').sort()).toEqual(['ALREADY_EXISTS', 'founded'])
    expect((await c.archiveCompany(ann, first)).company.archivedAt).toEqual(expect.any(String))
    const second = await c.companyIdOf(bob, { inn })
    await c.join(bob, second, ann)
    expect((await c.companySeen(ann, { inn }, 'id')).id).toBe(second)
    expect(
      await c.companySeen(ann, { id: first }, 'inn archivedAt permissions { canEdit canArchive canCreateChats }'),
    ).toEqual({
      inn,
      archivedAt: expect.any(String),
      permissions: { canEdit: false, canArchive: false, canCreateChats: false },
    })
  })

  test.each([
    ['one digit off', { inn: '7707083892' }, ['inn']],
    ['zeros only', { inn: '0000000000' }, ['inn']],
    ['letters', { inn: '77O7083893' }, ['inn']],
    ['spaces in it', { inn: '77 07 083893' }, ['inn']],
    ['eleven digits', { inn: '77070838931' }, ['inn']],
    ['twelve digits, the first check digit off', { inn: '500100732249' }, ['inn']],
    ['a KPP too short', { kpp: '77360100' }, ['kpp']],
    ['a KPP of zeros', { kpp: '000000000' }, ['kpp']],
    ['an OGRN one digit off', { ogrn: '1027700132196' }, ['ogrn']],
    ['the OGRN of a person', { ogrn: '304500116000157' }, ['ogrn']],
    ['the KPP of a person', { inn: '500100732259', kpp: '773601001' }, ['kpp']],
    ['no name', { name: ' ' }, ['name']],
    ['a name of two lines', { name: 'a\nb' }, ['name']],
    ['a name of 201 characters', { name: 'x'.repeat(201) }, ['name']],
  ])('is refused: %s', async (_what, input, path) => {
    const refused = await c.found(ann, { inn: '7728168971', ...input })
    expect(refused).toMatchObject({ __typename: 'ValidationError', code: 'INVALID_INPUT', issues: [{ path }] })
    expect(await c.companiesOf(ann)).toEqual([])
  })

  test('an INN that is none is not asked for', async () => {
    const { errors } = await ann.try('{ company(by: { inn: "7707083892" }) { id } }')
    expect(errors?.[0]?.extensions?.code).toBe('INVALID_INPUT')
  })

  test('the same key and input make one company, other input is refused', async () => {
    const input = { inn: c.freshInn(), idempotencyKey: newId() }
    const ids = await Promise.all([1, 2, 3].map(() => c.companyIdOf(ann, input)))
    expect(new Set(ids).size).toBe(1)
    expect(await c.companiesOf(ann)).toHaveLength(1)
    expect((await c.found(ann, { ...input, name: 'Other' })).code).toBe('IDEMPOTENCY_KEY_REUSED')
    expect((await c.found(bob, input)).code).toBe('ALREADY_EXISTS') // a key is its author's; the INN is taken
  })

  test('is changed: absent keeps, null clears, a stale version is told the current one', async () => {
    const id = await c.companyIdOf(ann, { kpp: '773601001', legalAddress: 'Moscow' })
    const { version } = await c.companySeen(ann, { id })
    const { company } = await c.updateCompany(ann, id, { name: 'Cargo', kpp: null, expectedVersion: version })
    expect(company).toMatchObject({ name: 'Cargo', kpp: null, legalAddress: 'Moscow' })
    expect(company.version).toBeGreaterThan(version)
    expect(await c.updateCompany(ann, id, { name: 'Again', expectedVersion: version })).toMatchObject({
      ...{ code: 'VERSION_CONFLICT', currentVersion: company.version, current: { id, name: 'Cargo' } },
    })
    const same = await c.updateCompany(ann, id, { name: 'Cargo', expectedVersion: version })
    expect(same.company).toEqual(company)
    expect(await c.updateCompany(ann, id, { name: null })).toMatchObject({ issues: [{ path: ['name'] }] })
    await c.join(ann, id, bob)
    expect((await c.companySeen(ann, { id })).version).toBe(company.version)
  })

  test('lists page by page, each once', async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push(await c.companyIdOf(ann))
    const got: string[] = []
    for (let after: string | null = null, more = true; more; ) {
      const { viewer }: Loose = await ann.ask(
        'query ($after: String) { viewer { companies(first: 2, after: $after) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }',
        { after },
      )
      got.push(...viewer.companies.edges.map((e: Loose) => e.node.id))
      ;({ endCursor: after, hasNextPage: more } = viewer.companies.pageInfo)
    }
    expect(got).toEqual(ids)
  })
})

describe('members', () => {
  let id: string
  beforeEach(async () => {
    id = await c.companyIdOf(ann)
  })
  const people = 'memberCount members { edges { cursor node { id role user { id displayName } } } }'
  const namesIn = async (by: Person, filter: object = {}): Promise<string[]> => {
    const query = `query ($id: ID!, $filter: CompanyMemberFilter) { company(by: { id: $id }) {
      members(filter: $filter) { edges { node { user { displayName } } } } } }`
    const { company } = await by.ask(query, { id, filter })
    return company.members.edges.map((e: Loose) => e.node.user.displayName)
  }

  test('are added by id, e-mail in any case, and handle', async () => {
    const cid = await register(house.url, 'Cid')
    const { user } = await cid.ask('query ($id: ID!) { user(id: $id) { handle } }', { id: cid.id })
    const byId = await c.addMember(ann, id, { id: bob.id })
    expect(byId).toMatchObject({
      company: { memberCount: 2 },
      edge: { node: { role: 'MEMBER', user: { id: bob.id } } },
    })
    // Anybody can register with any address: only who has shown that it is theirs is found by it.
    expect((await c.addMember(ann, id, { email: eve.email }, 'ADMIN')).code).toBe('NOT_FOUND')
    await confirm(house.databaseUrl, eve)
    expect((await c.addMember(ann, id, { email: eve.email.toUpperCase() }, 'ADMIN')).edge.node).toMatchObject({
      role: 'ADMIN',
    })
    expect((await c.addMember(eve, id, { handle: user.handle })).edge.node.user.id).toBe(cid.id)
    const seen = await c.companySeen(cid, { id }, people)
    expect(seen.members.edges.map((e: Loose) => e.node.user.id)).toEqual([ann.id, bob.id, eve.id, cid.id])
    expect(seen.memberCount).toBe(4)
    expect(seen.members.edges[1].cursor).toBe(byId.edge.cursor)
    expect(await namesIn(ann, { role: ['OWNER', 'ADMIN'] })).toEqual(['Ann', 'Eve'])
    expect(await namesIn(ann, { query: 'eV' })).toEqual(['Eve'])
    expect(await namesIn(ann, { query: 'nobody' })).toEqual([])
  })

  test('are the people that a search among those of a company finds, and only for who is in it', async () => {
    const found = async (by: Person, filter: object, more: object = {}): Promise<Loose> =>
      (
        await by.ask(
          `query ($filter: UserFilter, $first: Int, $after: String) { users(filter: $filter, first: $first, after: $after) {
            pageInfo { hasNextPage endCursor } edges { node { id handle } } } }`,
          { filter, ...more },
        )
      ).users
    const ids = async (by: Person, filter: object) =>
      (await found(by, filter)).edges.map((e: Loose) => e.node.id).sort()
    const bobs = await c.join(ann, id, bob)
    const companyId = id
    expect(await ids(bob, { companyId })).toEqual([ann.id, bob.id].sort())
    expect(await ids(ann, { companyId, query: 'Bo' })).toEqual([bob.id])
    expect(await ids(ann, { companyId, query: 'Eve' })).toEqual([])
    const one = await found(ann, { companyId }, { first: 1 })
    const two = await found(ann, { companyId }, { first: 1, after: one.pageInfo.endCursor })
    expect([one.pageInfo.hasNextPage, two.pageInfo.hasNextPage]).toEqual([true, false])
    expect([...one.edges, ...two.edges].map((e: Loose) => e.node.id).sort()).toEqual([ann.id, bob.id].sort())
    for (const nothing of [companyId, ann.id, 'x']) expect(await ids(eve, { companyId: nothing })).toEqual([])
    await c.removeMember(ann, bobs)
    expect(await ids(bob, { companyId })).toEqual([])
    expect(await ids(ann, { companyId })).toEqual([ann.id])
  })

  test('twice is once, and the role stays', async () => {
    const first = await c.addMember(ann, id, { id: bob.id }, 'ADMIN')
    await confirm(house.databaseUrl, bob)
    const again = await c.addMember(ann, id, { email: bob.email }, 'MEMBER')
    expect(again.edge.node).toEqual(first.edge.node)
    const key = { idempotencyKey: newId() }
    await c.removeMember(ann, first.edge.node.id)
    await c.addMember(ann, id, { id: bob.id }, 'MEMBER', key)
    expect((await c.addMember(ann, id, { id: bob.id }, 'MEMBER', key)).company.memberCount).toBe(2)
    expect((await c.addMember(ann, id, { id: bob.id }, 'ADMIN', key)).code).toBe('IDEMPOTENCY_KEY_REUSED')
  })

  test('whether an address has an account is told only to who may add people, and in words that tell no more', async () => {
    await c.join(ann, id, bob)
    const asked = (by: Person, user: object) => c.addMember(by, id, user)
    for (const who of [bob, eve]) {
      const answers = await Promise.all(
        [{ email: ann.email }, { email: 'nobody@example.com' }, { handle: 'nobody.at.all' }].map(u => asked(who, u)),
      )
      expect(new Set(answers.map(a => JSON.stringify(a))).size).toBe(1)
      expect(answers[0].code).toBe(who === bob ? 'FORBIDDEN' : 'NOT_FOUND')
    }
    const unknown = await Promise.all(
      [{ email: 'nobody@example.com' }, { handle: 'nobody.at.all' }].map(u => asked(ann, u)),
    )
    expect(unknown).toEqual(Array(2).fill(expect.objectContaining({ code: 'NOT_FOUND', missingIds: [] })))
    expect(unknown[0].message).toBe(unknown[1].message)
    const wrong = await Promise.all([{ email: 'not an address' }, { handle: 'A B' }].map(u => asked(ann, u)))
    expect(wrong.map(a => a.issues[0].path)).toEqual([
      ['user', 'email'],
      ['user', 'handle'],
    ])
    expect((await asked(ann, { id })).code).toBe('NOT_FOUND')
  })

  test('rise no higher than who lifts them', async () => {
    const bobs = await c.join(ann, id, bob, 'ADMIN')
    const eves = await c.join(bob, id, eve)
    expect((await c.changeMemberRole(bob, bobs, 'OWNER')).code).toBe('FORBIDDEN')
    expect((await c.changeMemberRole(bob, eves, 'OWNER')).code).toBe('FORBIDDEN')
    expect((await c.changeMemberRole(eve, eves, 'ADMIN')).code).toBe('FORBIDDEN')
    expect((await c.addMember(bob, id, { id: (await register(house.url, 'Dot')).id }, 'OWNER')).code).toBe('FORBIDDEN')
    expect((await c.removeMember(bob, await c.ownMembership(ann, id))).code).toBe('FORBIDDEN')
    const { member } = await c.changeMemberRole(bob, eves, 'ADMIN')
    expect(member).toMatchObject({ role: 'ADMIN', company: { id }, user: { id: eve.id } })
    const stale = await c.changeMemberRole(ann, eves, 'OWNER', { expectedVersion: member.version - 1 })
    expect(stale).toMatchObject({ currentVersion: member.version, current: { id: eves, role: 'ADMIN' } })
  })

  test('leave and are removed; the last owner stays', async () => {
    const own = await c.ownMembership(ann, id)
    expect((await c.removeMember(ann, own)).code).toBe('STATE_CONFLICT')
    expect((await c.changeMemberRole(ann, own, 'MEMBER')).code).toBe('STATE_CONFLICT')
    const bobs = await c.join(ann, id, bob)
    const eves = await c.join(ann, id, eve)
    expect((await c.removeMember(bob, eves)).code).toBe('FORBIDDEN')
    expect(await c.removeMember(ann, bobs)).toMatchObject({ removedMemberId: bobs, company: { memberCount: 2 } })
    expect(await c.removeMember(ann, bobs)).toMatchObject({ removedMemberId: bobs })
    expect(await c.companySeen(bob, { id })).toBeNull()
    expect((await bob.ask('query ($id: ID!) { node(id: $id) { id } }', { id: eves })).node).toBeNull()
    expect(await c.removeMember(eve, eves)).toMatchObject({ removedMemberId: eves, company: null })
    expect(await c.companiesOf(eve)).toEqual([])
    expect((await c.removeMember(eve, eves)).code).toBe('NOT_FOUND')
    await c.join(ann, id, bob, 'OWNER')
    expect((await c.removeMember(ann, own)).company).toBeNull()
    expect(await namesIn(bob)).toEqual(['Bob'])
  })

  test('of another company are told nothing', async () => {
    const other = await c.companyIdOf(bob)
    expect((await c.updateCompany(bob, id, { name: 'Mine' })).code).toBe('NOT_FOUND')
    expect((await c.archiveCompany(bob, id)).code).toBe('NOT_FOUND')
    expect((await c.addMember(bob, id, { id: bob.id }, 'OWNER')).code).toBe('NOT_FOUND')
    const own = await c.ownMembership(ann, id)
    expect((await c.removeMember(bob, own)).code).toBe('NOT_FOUND')
    expect((await c.changeMemberRole(bob, own, 'MEMBER')).code).toBe('NOT_FOUND')
    expect(await c.companiesOf(bob)).toEqual([{ id: other, name: 'Freight' }])
  })

  test('of an archived one stay as they are, but may leave', async () => {
    const bobs = await c.join(ann, id, bob)
    await c.archiveCompany(ann, id)
    expect((await c.addMember(ann, id, { id: eve.id })).code).toBe('STATE_CONFLICT')
    expect((await c.changeMemberRole(ann, bobs, 'ADMIN')).code).toBe('STATE_CONFLICT')
    expect((await c.updateCompany(ann, id, { name: 'x' })).code).toBe('STATE_CONFLICT')
    expect((await c.archiveCompany(ann, id)).company.id).toBe(id)
    expect((await c.removeMember(bob, bobs)).removedMemberId).toBe(bobs)
  })
})
