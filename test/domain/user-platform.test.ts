import { describe, expect, test } from 'vitest'
import { type PlatformRole, userAccountEvents } from '../../src/domain/userAccount/events.ts'
import { userAccount } from '../../src/domain/userAccount/userAccount.ts'
import { decode } from '../../src/kernel/codec.ts'
import { given } from '../../src/kernel/given.ts'
import { newId, nobody, system } from '../../src/kernel/id.ts'

const { UserAccountCreated, UserPlatformRoleChanged, UserDisabled, UserEnabled, UserAccountDeleted } =
  userAccountEvents.make

const userId = newId()
const admin = newId()
const created = (platformRole: PlatformRole = 'USER') =>
  UserAccountCreated({ userId, platformRole }, { email: 'ann@example.com', handle: 'ann', displayName: 'Ann' })
const disabled = UserDisabled({ userId, admins: null }, { reason: null })
const opened = UserEnabled({ userId, platformRole: 'USER' })
const absent = given(userAccount, [])
const ann = given(userAccount, [created()])
const annAsAdmin = given(userAccount, [created('ADMIN')])
const closed = given(userAccount, [created(), disabled])
const gone = given(userAccount, [created(), UserAccountDeleted({ userId, admins: null })])

const admins = { others: 1, mark: 'these two' }
const env = { actor: admin, facts: { platformRole: 'ADMIN', admins, soleOwnerOf: [] } } as const
const alone = { ...env, facts: { ...env.facts, admins: { others: 0, mark: 'this one' } } }
const bySystem = { actor: system, facts: { platformRole: null, admins, soleOwnerOf: [] } }
const commands = [
  ['ChangePlatformRole', { userId, role: 'AGENT' }],
  ['DisableUser', { userId, reason: null }],
  ['EnableUser', { userId }],
] as const

describe.each(commands)('%s', (command, input) => {
  test.each(['MANAGER', 'AGENT', 'USER', null] as const)('is not for %s, whatever the account', platformRole => {
    for (const account of [absent, ann, closed, gone])
      account.when(command, input, { actor: admin, facts: { ...env.facts, platformRole } }).rejects('FORBIDDEN')
  })
  test('is not for nobody', () => {
    ann.when(command, input, { actor: nobody, facts: { ...env.facts, platformRole: null } }).rejects('FORBIDDEN')
  })
  test('needs an account', () => {
    absent.when(command, input, env).rejects('NOT_FOUND')
    gone.when(command, input, env).rejects('STATE_CONFLICT')
  })
})

describe('CreateUserAccount', () => {
  const input = { userId, email: 'ann@example.com', handle: 'ann', displayName: 'Ann' }
  test.each(['ADMIN', 'MANAGER', 'AGENT'] as const)('of a %s is for the system alone', platformRole => {
    absent.when('CreateUserAccount', { ...input, platformRole }, { actor: system }).then([created(platformRole)])
    absent.when('CreateUserAccount', { ...input, platformRole }, { actor: nobody }).rejects('FORBIDDEN')
    absent.when('CreateUserAccount', { ...input, platformRole }, { actor: admin }).rejects('FORBIDDEN')
  })
})

describe('ChangePlatformRole', () => {
  test('by an ADMIN and by the system; the same role changes nothing', () => {
    for (const by of [env, bySystem]) {
      const then = [UserPlatformRoleChanged({ userId, role: 'AGENT', admins: null })]
      ann.when('ChangePlatformRole', { userId, role: 'AGENT' }, by).then(then)
      ann.when('ChangePlatformRole', { userId, role: 'USER' }, by).then([])
    }
  })
  test('of an ADMIN claims the mark of all of them', () => {
    const then = [UserPlatformRoleChanged({ userId, role: 'USER', admins: 'these two' })]
    annAsAdmin.when('ChangePlatformRole', { userId, role: 'USER' }, env).then(then)
    annAsAdmin.when('ChangePlatformRole', { userId, role: 'ADMIN' }, env).then([])
  })
  test('leaves the last ADMIN, also when the system asks', () => {
    annAsAdmin.when('ChangePlatformRole', { userId, role: 'USER' }, alone).rejects('STATE_CONFLICT')
    const system0 = { ...bySystem, facts: alone.facts }
    annAsAdmin.when('ChangePlatformRole', { userId, role: 'USER' }, system0).rejects('STATE_CONFLICT')
  })
  test('of a disabled ADMIN takes nobody away', () => {
    const out = given(userAccount, [created('ADMIN'), UserDisabled({ userId, admins: 'these two' }, { reason: null })])
    const then = [UserPlatformRoleChanged({ userId, role: 'USER', admins: null })]
    out.when('ChangePlatformRole', { userId, role: 'USER' }, alone).then(then)
  })
})

describe('DisableUser', () => {
  test('keeps the reason as personal; again changes nothing', () => {
    const then = [UserDisabled({ userId, admins: null }, { reason: 'spam' })]
    ann.when('DisableUser', { userId, reason: 'spam' }, env).then(then)
    closed.when('DisableUser', { userId, reason: 'spam' }, env).then([])
  })
  test('is not for oneself, nor for the last ADMIN', () => {
    annAsAdmin.when('DisableUser', { userId, reason: null }, { ...env, actor: userId }).rejects('STATE_CONFLICT')
    annAsAdmin.when('DisableUser', { userId, reason: null }, alone).rejects('STATE_CONFLICT')
  })
  test('closes the account for all that its owner does, and EnableUser opens it', () => {
    const open = given(userAccount, [created(), disabled, opened])
    const own = { actor: userId, facts: env.facts }
    const sessionId = newId()
    closed.when('AuthenticateUser', { userId, sessionId }, own).rejects('INVALID_CREDENTIALS')
    closed.when('ChangePassword', { userId }, own).rejects('NOT_FOUND')
    closed.when('UpdateProfile', { userId, displayName: 'B' }, own).rejects('NOT_FOUND')
    closed.when('UpdateSettings', { userId, locale: 'de' }, own).rejects('NOT_FOUND')
    closed.when('EnableUser', { userId }, env).then([opened])
    ann.when('EnableUser', { userId }, env).then([])
    open
      .when('AuthenticateUser', { userId, sessionId }, own)
      .then([userAccountEvents.make.UserAuthenticated({ sessionId })])
  })
})

describe('DeleteAccount', () => {
  test('of an ADMIN claims the mark; the last one stays', () => {
    const own = { ...env, actor: userId }
    annAsAdmin.when('DeleteAccount', { userId }, own).then([UserAccountDeleted({ userId, admins: 'these two' })])
    annAsAdmin.when('DeleteAccount', { userId }, alone).rejects('STATE_CONFLICT')
    closed.when('DeleteAccount', { userId }, bySystem).then([UserAccountDeleted({ userId, admins: null })])
  })
})

test('who leaves the ADMINs claims their mark, who comes back lets go of it', () => {
  const of = (event: { type: string }) => userAccount.claims?.[event.type as 'UserEnabled']?.(event as never)
  const claim = (value: string | null) => ({ kind: 'admins', value })
  expect(of(UserPlatformRoleChanged({ userId, role: 'USER', admins: 'm' }))).toEqual([claim('m')])
  expect(of(UserDisabled({ userId, admins: 'm' }, { reason: null }))).toEqual([claim('m')])
  expect(of(UserAccountDeleted({ userId, admins: 'm' }))).toContainEqual(claim('m'))
  expect(of(UserPlatformRoleChanged({ userId, role: 'ADMIN', admins: null }))).toEqual([claim(null)])
  expect(of(UserEnabled({ userId, platformRole: 'ADMIN' }))).toEqual([claim(null)])
  // Anything else that happens to them meanwhile must not let go of it.
  expect(of(UserPlatformRoleChanged({ userId, role: 'AGENT', admins: null }))).toEqual([])
  expect(of(UserDisabled({ userId, admins: null }, { reason: null }))).toEqual([])
  expect(of(opened)).toEqual([])
})

test('a deletion of the first version is read as one that claimed nothing', () => {
  const recorded = { id: newId(), stream: `userAccount-${userId}`, revision: 1, position: 2n, at: new Date(0) }
  const who = { tenant: null, actor: userId, command: newId() }
  const raw = { ...recorded, ...who, type: 'UserAccountDeleted', v: 1, bump: true }
  const event = decode(userAccountEvents, { ...raw, data: JSON.stringify({ userId }), personal: null })
  expect(event.data).toEqual({ userId, admins: null })
})
