import { describe, expect, test } from 'vitest'
import { invitationToken, openInvitationToken } from '../../src/domain/company/commands/index.ts'
import { company, permissionsOf } from '../../src/domain/company/company.ts'
import { type CompanyRole, companyEvents } from '../../src/domain/company/events.ts'
import { given } from '../../src/kernel/given.ts'
import { newId } from '../../src/kernel/id.ts'

const { CompanyCreated, CompanyUpdated, CompanyArchived, CompanyMemberAdded, CompanyMemberRoleChanged } =
  companyEvents.make
const { CompanyMemberRemoved, CompanyMemberInvited, CompanyInvitationRevoked, CompanyInvitationAccepted } =
  companyEvents.make

const [companyId, owner, admin, member, stranger, invitationId] = Array.from({ length: 6 }, newId) as [
  string,
  string,
  string,
  string,
  string,
  string,
]
type Event = ReturnType<(typeof companyEvents.make)[keyof typeof companyEvents.make]>
const joined = (userId: string, role: CompanyRole) => CompanyMemberAdded({ userId, role })
const details = { name: 'Freight', kpp: '773601001', ogrn: '1027700132195', legalAddress: 'Moscow' }
const created = CompanyCreated({ companyId }, { inn: '7707083893', ...details })
/** Revisions 0 to 3. */
const founding: readonly Event[] = [created, joined(owner, 'OWNER'), joined(admin, 'ADMIN'), joined(member, 'MEMBER')]
const firm = (...more: readonly Event[]) => given(company, [...founding, ...more])
const nothing = given(company, [])
type Env = Parameters<ReturnType<typeof firm>['when']>[2]
const by = (actor: string, facts: Env['facts'] = { isKnownUser: true }): Env => ({ actor, facts })

describe('CreateCompany', () => {
  const make = (more: object = {}) => ({ companyId, inn: ' 7707083893', ...details, ...more })
  const sole = { inn: '500100732259', kpp: null, ogrn: null }
  test('whoever makes it owns it', () => {
    nothing.when('CreateCompany', make(), by(owner)).then(founding.slice(0, 2))
  })
  test('of an id that is there: nothing happens', () => {
    firm().when('CreateCompany', make(), by(owner)).then([])
  })
  test('of a sole trader: an OGRN of 15 digits, and no KPP', () => {
    nothing
      .when('CreateCompany', make(sole), by(owner))
      .then([CompanyCreated({ companyId }, { ...details, ...sole }), joined(owner, 'OWNER')])
    nothing.when('CreateCompany', make({ ...sole, kpp: details.kpp }), by(owner)).rejects('INVALID_INPUT')
    nothing.when('CreateCompany', make({ ...sole, ogrn: details.ogrn }), by(owner)).rejects('INVALID_INPUT')
    nothing.when('CreateCompany', make({ ogrn: '304500116000157' }), by(owner)).rejects('INVALID_INPUT')
  })
  test('takes its INN, and lets go of it when it is archived', () => {
    const claims = company.claims as Record<string, (event: unknown) => unknown>
    expect(claims.CompanyCreated?.(created)).toEqual([{ kind: 'inn', value: '7707083893' }])
    expect(claims.CompanyArchived?.(CompanyArchived({}))).toEqual([{ kind: 'inn', value: null }])
  })
})

describe('UpdateCompany', () => {
  const to = (more: object) => ({ companyId, ...more })
  test('absent keeps, null clears', () => {
    const then = [CompanyUpdated({ companyId }, { ...details, kpp: null, name: 'Cargo' })]
    firm()
      .when('UpdateCompany', to({ name: 'Cargo', kpp: null }), by(admin))
      .then(then)
  })
  test('what changes nothing succeeds, also with a stale version', () => {
    firm().when('UpdateCompany', to({}), by(owner)).then([])
    firm()
      .when('UpdateCompany', to({ ...details, expectedVersion: 9 }), by(owner))
      .then([])
  })
  test('a stale version is refused; people coming and going do not move it', () => {
    firm()
      .when('UpdateCompany', to({ name: 'Cargo', expectedVersion: 3 }), by(owner))
      .rejects('VERSION_CONFLICT')
    const again = [CompanyUpdated({ companyId }, { ...details, name: 'Cargo' })]
    firm()
      .when('UpdateCompany', to({ name: 'Cargo', expectedVersion: 0 }), by(owner))
      .then(again)
  })
  test('owners and admins of a live company', () => {
    firm()
      .when('UpdateCompany', to({ name: 'Cargo' }), by(member))
      .rejects('FORBIDDEN')
    firm()
      .when('UpdateCompany', to({ name: 'Cargo' }), by(stranger))
      .rejects('NOT_FOUND')
    nothing.when('UpdateCompany', to({ name: 'Cargo' }), by(owner)).rejects('NOT_FOUND')
    firm(CompanyArchived({}))
      .when('UpdateCompany', to({ name: 'Cargo' }), by(owner))
      .rejects('STATE_CONFLICT')
  })
  test('numbers still fit the INN', () => {
    firm()
      .when('UpdateCompany', to({ ogrn: '304500116000157' }), by(owner))
      .rejects('INVALID_INPUT')
  })
  test('erased details need a name', () => {
    const erased = given(company, [{ ...created, personal: null }, joined(owner, 'OWNER')])
    erased.when('UpdateCompany', to({ kpp: details.kpp }), by(owner)).rejects('INVALID_INPUT')
    const then = [CompanyUpdated({ companyId }, { name: 'Cargo', kpp: null, ogrn: null, legalAddress: null })]
    erased.when('UpdateCompany', to({ name: 'Cargo' }), by(owner)).then(then)
  })
})

describe('ArchiveCompany', () => {
  test('by owners, once', () => {
    firm()
      .when('ArchiveCompany', { companyId }, by(owner))
      .then([CompanyArchived({})])
    firm(CompanyArchived({})).when('ArchiveCompany', { companyId, expectedVersion: 0 }, by(owner)).then([])
    firm().when('ArchiveCompany', { companyId, expectedVersion: 1 }, by(owner)).rejects('VERSION_CONFLICT')
    firm().when('ArchiveCompany', { companyId }, by(admin)).rejects('FORBIDDEN')
    firm().when('ArchiveCompany', { companyId }, by(stranger)).rejects('NOT_FOUND')
  })
})

describe('AddCompanyMember', () => {
  const add = (userId: string | null, role: CompanyRole = 'MEMBER') => ({ companyId, userId, role })
  test('by owners and admins; who is in keeps their role', () => {
    firm()
      .when('AddCompanyMember', add(stranger), by(admin))
      .then([joined(stranger, 'MEMBER')])
    firm().when('AddCompanyMember', add(admin), by(owner)).then([])
    firm(CompanyMemberRemoved({ userId: member }))
      .when('AddCompanyMember', add(member), by(owner))
      .then([joined(member, 'MEMBER')])
  })
  test('nobody rises above themselves', () => {
    firm().when('AddCompanyMember', add(stranger, 'OWNER'), by(admin)).rejects('FORBIDDEN')
    firm()
      .when('AddCompanyMember', add(stranger, 'OWNER'), by(owner))
      .then([joined(stranger, 'OWNER')])
  })
  test('whether somebody is there is told only to who may add them', () => {
    for (const facts of [{ isKnownUser: true }, { isKnownUser: false }]) {
      firm().when('AddCompanyMember', add(stranger), by(member, facts)).rejects('FORBIDDEN')
      firm().when('AddCompanyMember', add(null), by(member, facts)).rejects('FORBIDDEN')
      firm().when('AddCompanyMember', add(null), by(stranger, facts)).rejects('NOT_FOUND')
    }
    firm().when('AddCompanyMember', add(null), by(owner)).rejects('NOT_FOUND')
    firm()
      .when('AddCompanyMember', add(stranger), by(owner, { isKnownUser: false }))
      .rejects('NOT_FOUND')
  })
  test('not to an archived one, not above the limit', () => {
    firm(CompanyArchived({})).when('AddCompanyMember', add(stranger), by(owner)).rejects('STATE_CONFLICT')
    const crowd = Array.from({ length: 997 }, () => joined(newId(), 'MEMBER'))
    firm(...crowd)
      .when('AddCompanyMember', add(stranger), by(owner))
      .rejects('LIMIT_EXCEEDED')
    firm(...crowd.slice(1))
      .when('AddCompanyMember', add(stranger), by(owner))
      .then([joined(stranger, 'MEMBER')])
  })
})

describe('ChangeCompanyMemberRole', () => {
  const make = (userId: string, role: CompanyRole, expectedVersion?: number) => ({
    companyId,
    userId,
    role,
    expectedVersion,
  })
  test('by owners and admins, once', () => {
    const then = [CompanyMemberRoleChanged({ userId: member, role: 'ADMIN' })]
    firm()
      .when('ChangeCompanyMemberRole', make(member, 'ADMIN', 3), by(admin))
      .then(then)
    firm()
      .when('ChangeCompanyMemberRole', make(member, 'MEMBER', 99), by(admin))
      .then([])
    firm()
      .when('ChangeCompanyMemberRole', make(member, 'ADMIN', 2), by(admin))
      .rejects('VERSION_CONFLICT')
  })
  test('only owners make and unmake owners; nobody promotes themselves', () => {
    firm().when('ChangeCompanyMemberRole', make(member, 'OWNER'), by(admin)).rejects('FORBIDDEN')
    firm().when('ChangeCompanyMemberRole', make(admin, 'OWNER'), by(admin)).rejects('FORBIDDEN')
    firm().when('ChangeCompanyMemberRole', make(owner, 'MEMBER'), by(admin)).rejects('FORBIDDEN')
    firm().when('ChangeCompanyMemberRole', make(member, 'ADMIN'), by(member)).rejects('FORBIDDEN')
  })
  test('the last owner stays one', () => {
    firm().when('ChangeCompanyMemberRole', make(owner, 'ADMIN'), by(owner)).rejects('STATE_CONFLICT')
    const two = firm(CompanyMemberRoleChanged({ userId: admin, role: 'OWNER' }))
    two
      .when('ChangeCompanyMemberRole', make(owner, 'ADMIN'), by(owner))
      .then([CompanyMemberRoleChanged({ userId: owner, role: 'ADMIN' })])
  })
  test('who is not there, and where one is not, look alike', () => {
    firm().when('ChangeCompanyMemberRole', make(stranger, 'ADMIN'), by(owner)).rejects('NOT_FOUND')
    firm().when('ChangeCompanyMemberRole', make(member, 'ADMIN'), by(stranger)).rejects('NOT_FOUND')
    firm(CompanyArchived({}))
      .when('ChangeCompanyMemberRole', make(member, 'ADMIN'), by(owner))
      .rejects('STATE_CONFLICT')
  })
})

describe('RemoveCompanyMember', () => {
  const make = (userId: string) => ({ companyId, userId })
  test('by owners and admins, once; and oneself by anybody', () => {
    firm()
      .when('RemoveCompanyMember', make(member), by(admin))
      .then([CompanyMemberRemoved({ userId: member })])
    firm()
      .when('RemoveCompanyMember', make(member), by(member))
      .then([CompanyMemberRemoved({ userId: member })])
    firm().when('RemoveCompanyMember', make(stranger), by(admin)).then([])
    firm(CompanyArchived({}))
      .when('RemoveCompanyMember', make(member), by(member))
      .then([CompanyMemberRemoved({ userId: member })])
  })
  test('the last owner can neither leave nor be removed', () => {
    firm().when('RemoveCompanyMember', make(owner), by(owner)).rejects('STATE_CONFLICT')
    firm().when('RemoveCompanyMember', make(owner), by(admin)).rejects('FORBIDDEN')
    const two = firm(CompanyMemberRoleChanged({ userId: member, role: 'OWNER' }))
    two.when('RemoveCompanyMember', make(owner), by(member)).then([CompanyMemberRemoved({ userId: owner })])
  })
  test('others are not for members or strangers to remove', () => {
    firm().when('RemoveCompanyMember', make(admin), by(member)).rejects('FORBIDDEN')
    firm().when('RemoveCompanyMember', make(stranger), by(member)).rejects('FORBIDDEN')
    firm().when('RemoveCompanyMember', make(member), by(stranger)).rejects('NOT_FOUND')
    firm(CompanyMemberRemoved({ userId: member }))
      .when('RemoveCompanyMember', make(admin), by(member))
      .rejects('NOT_FOUND')
  })
})

const derive = (purpose: string, of: string) => Buffer.from(`${purpose} ${of}`.padEnd(32).slice(0, 32))
const { token, hash } = invitationToken(derive, { companyId, invitationId })
const now = new Date('2026-11-21T12:00:00.000Z')
const weekLater = '2026-11-28T12:00:00.000Z'
const email = 'bob@example.com'
const invited = (more: object = {}) =>
  CompanyMemberInvited({ invitationId, role: 'MEMBER', tokenHash: hash, expiresAt: weekLater, ...more }, { email })

describe('InviteCompanyMember', () => {
  const invite = (more: object = {}) => ({
    companyId,
    invitationId,
    email: ' Bob@Example.com',
    role: 'MEMBER' as CompanyRole,
    tokenHash: hash,
    ...more,
  })
  const at = (actor: string, accountOfEmail: string | null = null) => ({ actor, now, facts: { accountOfEmail } })
  test('for seven days; twice is once', () => {
    firm().when('InviteCompanyMember', invite(), at(admin)).then([invited()])
    firm(invited())
      .when('InviteCompanyMember', invite({ invitationId: newId() }), at(admin))
      .then([])
    firm(invited())
      .when('InviteCompanyMember', invite({ role: 'ADMIN' }), at(admin))
      .rejects('ALREADY_EXISTS')
  })
  test('anew after it has expired or was revoked', () => {
    const old = invited({ expiresAt: now.toISOString() })
    firm(old).when('InviteCompanyMember', invite(), at(admin)).then([invited()])
    firm(invited(), CompanyInvitationRevoked({ invitationId }))
      .when('InviteCompanyMember', invite(), at(admin))
      .then([invited()])
  })
  test('who has an account as well, but not who is in', () => {
    firm().when('InviteCompanyMember', invite(), at(admin, stranger)).then([invited()])
    firm().when('InviteCompanyMember', invite(), at(admin, member)).rejects('ALREADY_EXISTS')
  })
  test('by owners and admins, and nobody rises above themselves', () => {
    firm().when('InviteCompanyMember', invite(), at(member, member)).rejects('FORBIDDEN')
    firm().when('InviteCompanyMember', invite(), at(stranger)).rejects('NOT_FOUND')
    firm()
      .when('InviteCompanyMember', invite({ role: 'OWNER' }), at(admin))
      .rejects('FORBIDDEN')
    firm(CompanyArchived({})).when('InviteCompanyMember', invite(), at(owner)).rejects('STATE_CONFLICT')
  })
  test('a hundred at a time', () => {
    const many = Array.from({ length: 100 }, (_, i) =>
      CompanyMemberInvited(
        { invitationId: newId(), role: 'MEMBER', tokenHash: 'x', expiresAt: weekLater },
        { email: `${i}@example.com` },
      ),
    )
    firm(...many)
      .when('InviteCompanyMember', invite(), at(admin))
      .rejects('LIMIT_EXCEEDED')
    firm(...many.slice(1))
      .when('InviteCompanyMember', invite(), at(admin))
      .then([invited()])
  })
})

describe('RevokeCompanyInvitation', () => {
  const revoke = { companyId, invitationId }
  test('once, by owners and admins', () => {
    firm(invited())
      .when('RevokeCompanyInvitation', revoke, by(admin))
      .then([CompanyInvitationRevoked({ invitationId })])
    firm().when('RevokeCompanyInvitation', revoke, by(admin)).then([])
    firm(invited()).when('RevokeCompanyInvitation', revoke, by(member)).rejects('FORBIDDEN')
    firm(invited()).when('RevokeCompanyInvitation', revoke, by(stranger)).rejects('NOT_FOUND')
    const used = CompanyInvitationAccepted({ invitationId, userId: stranger })
    firm(invited(), used).when('RevokeCompanyInvitation', revoke, by(admin)).rejects('STATE_CONFLICT')
  })
})

describe('AcceptCompanyInvitation', () => {
  const used = CompanyInvitationAccepted({ invitationId, userId: stranger })
  const accept = (who: string, its: string | null = email, moment = now) => ({
    actor: who,
    now: moment,
    facts: { emailOfActor: its },
  })
  const input = { token } as never
  test('whose address it is becomes a member', () => {
    firm(invited({ role: 'ADMIN' }))
      .when('AcceptCompanyInvitation', input, accept(stranger))
      .then([used, joined(stranger, 'ADMIN')])
  })
  test('who is in already uses it up and keeps their role', () => {
    firm(invited({ role: 'ADMIN' }))
      .when('AcceptCompanyInvitation', input, accept(member))
      .then([CompanyInvitationAccepted({ invitationId, userId: member })])
  })
  test('once: the same person again is told that it is done, until they were removed', () => {
    const after = [invited(), used, joined(stranger, 'MEMBER')]
    firm(...after)
      .when('AcceptCompanyInvitation', input, accept(stranger))
      .then([])
    firm(...after)
      .when('AcceptCompanyInvitation', input, accept(newId()))
      .rejects('INVALID_CREDENTIALS')
    firm(...after, CompanyMemberRemoved({ userId: stranger }))
      .when('AcceptCompanyInvitation', input, accept(stranger))
      .rejects('INVALID_CREDENTIALS')
  })
  test('not another address, not erased, not expired, not revoked, not of an archived company', () => {
    firm(invited())
      .when('AcceptCompanyInvitation', input, accept(stranger, 'eve@example.com'))
      .rejects('INVALID_CREDENTIALS')
    firm(invited()).when('AcceptCompanyInvitation', input, accept(stranger, null)).rejects('INVALID_CREDENTIALS')
    firm({ ...invited(), personal: null })
      .when('AcceptCompanyInvitation', input, accept(stranger, null))
      .rejects('INVALID_CREDENTIALS')
    firm(invited())
      .when('AcceptCompanyInvitation', input, accept(stranger, email, new Date(weekLater)))
      .rejects('TOKEN_EXPIRED')
    firm(invited(), CompanyInvitationRevoked({ invitationId }))
      .when('AcceptCompanyInvitation', input, accept(stranger))
      .rejects('INVALID_CREDENTIALS')
    firm(invited(), CompanyArchived({}))
      .when('AcceptCompanyInvitation', input, accept(stranger))
      .rejects('STATE_CONFLICT')
  })
  test('not with a token that only names the invitation', () => {
    const guessed = invitationToken(() => Buffer.alloc(32), { companyId, invitationId }).token
    firm(invited())
      .when('AcceptCompanyInvitation', { token: guessed } as never, accept(stranger))
      .rejects('INVALID_CREDENTIALS')
    nothing.when('AcceptCompanyInvitation', input, accept(stranger)).rejects('INVALID_CREDENTIALS')
  })
})

test('a token says whose it is, and is the same each time; nothing else is one', () => {
  expect(openInvitationToken(token)).toEqual({ companyId, invitationId, hash })
  expect(invitationToken(derive, { companyId, invitationId })).toEqual({ token, hash })
  for (const text of [
    '',
    token.slice(1),
    `${token}A`,
    `${token.slice(0, -1)}!`,
    token.replace(/.$/, 'B'),
    'ё'.repeat(86),
  ])
    expect(openInvitationToken(text)).toBeNull()
})

test('what each role may do', () => {
  const may = (role: CompanyRole, archived = false) =>
    Object.entries(permissionsOf({ archived }, role))
      .filter(([, can]) => can)
      .map(([name]) => name.slice(3))
  expect(may('OWNER')).toEqual(['Edit', 'ManageMembers', 'ManageTemplates', 'CreateChats', 'Archive'])
  expect(may('ADMIN')).toEqual(['Edit', 'ManageMembers', 'ManageTemplates', 'CreateChats'])
  expect(may('MEMBER')).toEqual(['CreateChats'])
  expect(may('OWNER', true)).toEqual([])
})
