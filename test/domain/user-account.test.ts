import { describe, expect, test } from 'vitest'
import { userAccountEvents } from '../../src/domain/userAccount/events.ts'
import { userAccount } from '../../src/domain/userAccount/userAccount.ts'
import { given } from '../../src/kernel/given.ts'
import { newId, nobody } from '../../src/kernel/id.ts'

const {
  UserAccountCreated,
  UserAuthenticated,
  UserLoggedOut,
  UserPasswordChanged,
  UserPasswordReset,
  UserEmailVerified,
  UserProfileUpdated,
  UserSettingsUpdated,
  UserAccountDeleted,
} = userAccountEvents.make

const userId = newId()
const sessionId = newId()
const env = { actor: userId, facts: { admins: { others: 0, mark: '' }, soleOwnerOf: [] } }
const profile = { handle: 'ann', displayName: 'Ann' }
const created = UserAccountCreated({ userId, platformRole: 'USER' }, { email: 'ann@example.com', ...profile })
const deleted = UserAccountDeleted({ userId, admins: null })
const absent = given(userAccount, [])
const ann = given(userAccount, [created])
const gone = given(userAccount, [created, deleted])
/** An account whose personal parts were erased. */
const erased = given(userAccount, [{ ...created, personal: null }])

describe('CreateUserAccount', () => {
  const input = { userId, email: ' Ann@Example.com ', handle: 'ann', displayName: ' Ann ' }
  test('makes a plain user; the e-mail in lower case, the name trimmed', () => {
    absent.when('CreateUserAccount', input, { actor: nobody }).then([created])
  })
  test('is refused for an id that is there, also when it was deleted', () => {
    ann.when('CreateUserAccount', input, { actor: nobody }).rejects('ALREADY_EXISTS')
    gone.when('CreateUserAccount', input, { actor: nobody }).rejects('ALREADY_EXISTS')
  })
})

describe('AuthenticateUser', () => {
  test('is written down', () => {
    ann.when('AuthenticateUser', { userId, sessionId }, env).then([UserAuthenticated({ sessionId })])
  })
  test('is refused in the same words for an account that never was and one that is deleted', () => {
    absent.when('AuthenticateUser', { userId, sessionId }, env).rejects('INVALID_CREDENTIALS')
    gone.when('AuthenticateUser', { userId, sessionId }, env).rejects('INVALID_CREDENTIALS')
  })
})

describe('Logout', () => {
  test('names the sessions that ended; none: nothing happened', () => {
    ann.when('Logout', { userId, sessionIds: [sessionId] }, env).then([UserLoggedOut({ sessionIds: [sessionId] })])
    ann.when('Logout', { userId, sessionIds: [] }, env).then([])
  })
  test('of a deleted account is done already', () => {
    gone.when('Logout', { userId, sessionIds: [sessionId] }, env).then([])
  })
})

describe('VerifyEmail', () => {
  const verified = UserEmailVerified({ userId })
  test('happens once', () => {
    ann.when('VerifyEmail', { userId }, env).then([verified])
    given(userAccount, [created, verified]).when('VerifyEmail', { userId }, env).then([])
    erased.when('VerifyEmail', { userId }, env).then([verified])
  })
  test('is refused for who is not there', () => {
    absent.when('VerifyEmail', { userId }, env).rejects('NOT_FOUND')
    gone.when('VerifyEmail', { userId }, env).rejects('NOT_FOUND')
  })
  test('comes with the first reset of a password: the mail arrived', () => {
    ann.when('ResetPassword', { userId }, env).then([UserPasswordReset({}), verified])
    given(userAccount, [created, verified])
      .when('ResetPassword', { userId }, env)
      .then([UserPasswordReset({})])
    gone.when('ResetPassword', { userId }, env).rejects('NOT_FOUND')
  })
})

describe('ChangePassword', () => {
  test('is written down without the password', () => {
    ann.when('ChangePassword', { userId }, env).then([UserPasswordChanged({})])
  })
  test('needs an account', () => {
    absent.when('ChangePassword', { userId }, env).rejects('NOT_FOUND')
    gone.when('ChangePassword', { userId }, env).rejects('NOT_FOUND')
  })
})

describe('UpdateProfile', () => {
  const update = (more: object) => ({ userId, ...more })
  test('keeps what is left out', () => {
    const renamed = UserProfileUpdated({ userId, avatarFileId: null }, { handle: 'ann', displayName: 'Anna' })
    ann.when('UpdateProfile', update({ displayName: 'Anna' }), env).then([renamed])
    const moved = UserProfileUpdated({ userId, avatarFileId: null }, { handle: 'anna', displayName: 'Ann' })
    ann.when('UpdateProfile', update({ handle: 'anna' }), env).then([moved])
  })
  test('refuses a stale version, and says yes to a fresh one', () => {
    const twice = given(userAccount, [
      created,
      UserProfileUpdated({ userId, avatarFileId: null }, { ...profile, displayName: 'A' }),
    ])
    twice.when('UpdateProfile', update({ displayName: 'B', expectedVersion: 0 }), env).rejects('VERSION_CONFLICT')
    const then = [UserProfileUpdated({ userId, avatarFileId: null }, { ...profile, displayName: 'B' })]
    twice.when('UpdateProfile', update({ displayName: 'B', expectedVersion: 1 }), env).then(then)
  })
  test('that changes nothing is done, whatever the version', () => {
    ann.when('UpdateProfile', update({ ...profile, expectedVersion: 7 }), env).then([])
  })
  test('of an erased profile needs both parts', () => {
    erased.when('UpdateProfile', update({ displayName: 'A' }), env).rejects('INVALID_INPUT')
    erased.when('UpdateProfile', update({ handle: 'ann' }), env).rejects('INVALID_INPUT')
    erased
      .when('UpdateProfile', update(profile), env)
      .then([UserProfileUpdated({ userId, avatarFileId: null }, profile)])
  })
  test('needs an account', () => {
    absent.when('UpdateProfile', update(profile), env).rejects('NOT_FOUND')
    gone.when('UpdateProfile', update(profile), env).rejects('NOT_FOUND')
  })
})

describe('EndSession', () => {
  test('is written down; of a deleted account it is done already', () => {
    ann.when('EndSession', { userId, sessionId }, env).then([UserLoggedOut({ sessionIds: [sessionId] })])
    gone.when('EndSession', { userId, sessionId }, env).then([])
  })
})

describe('UpdateSettings', () => {
  const moscow = UserSettingsUpdated({ userId }, { locale: 'ru-RU', timeZone: 'Europe/Moscow' })
  const set = given(userAccount, [created, moscow])
  test('keeps what is left out and clears what is null; the locale in its canonical spelling', () => {
    ann.when('UpdateSettings', { userId, locale: 'RU-ru', timeZone: 'Europe/Moscow' }, env).then([moscow])
    const cleared = UserSettingsUpdated({ userId }, { locale: null, timeZone: 'Europe/Moscow' })
    set.when('UpdateSettings', { userId, locale: null }, env).then([cleared])
  })
  test('that changes nothing is done', () => {
    set.when('UpdateSettings', { userId, locale: 'ru-ru' }, env).then([])
    ann.when('UpdateSettings', { userId, timeZone: null }, env).then([])
  })
  test('leaves the version of the profile as it was', () => {
    const input = { userId, displayName: 'Anna', expectedVersion: 0 }
    set
      .when('UpdateProfile', input, env)
      .then([UserProfileUpdated({ userId, avatarFileId: null }, { ...profile, displayName: 'Anna' })])
  })
  test('that were erased read as none', () => {
    const erased = given(userAccount, [created, { ...moscow, personal: null }])
    erased.when('UpdateSettings', { userId, locale: null }, env).then([])
    erased.when('UpdateSettings', { userId, locale: 'ru-RU', timeZone: 'Europe/Moscow' }, env).then([moscow])
  })
  test('needs an account', () => {
    absent.when('UpdateSettings', { userId, locale: 'de' }, env).rejects('NOT_FOUND')
    gone.when('UpdateSettings', { userId, locale: 'de' }, env).rejects('NOT_FOUND')
  })
})

describe('DeleteAccount', () => {
  test('once; again changes nothing', () => {
    ann.when('DeleteAccount', { userId }, env).then([deleted])
    gone.when('DeleteAccount', { userId }, env).then([])
  })
  test('needs an account', () => {
    absent.when('DeleteAccount', { userId }, env).rejects('NOT_FOUND')
  })
})

describe('claims', () => {
  const of = (event: { type: string }) => userAccount.claims?.[event.type as 'UserAccountDeleted']?.(event as never)
  test('an account holds its e-mail and its handle, and lets go of both', () => {
    const taken = { email: 'ann@example.com', handle: 'ann' }
    expect(of(created)).toEqual(Object.entries(taken).map(([kind, value]) => ({ kind, value })))
    expect(of(UserProfileUpdated({ userId, avatarFileId: null }, { ...profile, handle: 'anna' }))).toEqual([
      { kind: 'handle', value: 'anna' },
    ])
    expect(of(deleted)).toEqual(Object.keys(taken).map(kind => ({ kind, value: null })))
  })
})
