import { type Claim, decider } from '../../kernel/decider.ts'
import { system } from '../../kernel/id.ts'
import { Rejection, reject, rejectField } from '../../kernel/reject.ts'
import { userAccountCommands } from './commands.ts'
import { userAccountEvents } from './events.ts'
import { type Account, admins, gone, stillOwns, type UserAccount } from './userAccount/account.ts'
import { platform } from './userAccount/platform.ts'

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

export type { UserAccount } from './userAccount/account.ts'

export const userAccount = decider(
  userAccountEvents,
  userAccountCommands,
)<UserAccount>({
  initial: { is: 'absent' },
  stateVersion: 5,

  decide: {
    ...platform,

    CreateUserAccount: (account, { userId, email, handle, displayName, platformRole = 'USER' }, { actor }) => {
      if (platformRole !== 'USER' && actor !== system) return reject('FORBIDDEN', 'A new account is one of a USER.')
      return account.is === 'absent'
        ? [UserAccountCreated({ userId, platformRole }, { email, handle, displayName })]
        : reject('ALREADY_EXISTS', 'This account exists already.')
    },

    AuthenticateUser: (account, { sessionId }) =>
      account.is === 'active'
        ? [UserAuthenticated({ sessionId })]
        : reject('INVALID_CREDENTIALS', 'The e-mail or the password is wrong.'),

    Logout: (account, { sessionIds }) =>
      account.is === 'active' && sessionIds.length ? [UserLoggedOut({ sessionIds })] : [],

    EndSession: (account, { sessionId }) =>
      account.is === 'active' ? [UserLoggedOut({ sessionIds: [sessionId] })] : [],

    VerifyEmail: (account, { userId }) => {
      if (account.is !== 'active') return gone()
      return account.emailVerified ? [] : [UserEmailVerified({ userId })]
    },

    /** Whoever has the token has got the mail. */
    ResetPassword: (account, { userId }) => {
      if (account.is !== 'active') return gone()
      return [UserPasswordReset({}), ...(account.emailVerified ? [] : [UserEmailVerified({ userId })])]
    },

    ChangePassword: account => (account.is === 'active' ? [UserPasswordChanged({})] : gone()),

    UpdateProfile: (account, { userId, handle, displayName, expectedVersion, ...more }, { facts }) => {
      if (account.is !== 'active') return gone()
      const next = { handle: handle ?? account.handle, displayName: displayName ?? account.displayName }
      const avatarFileId = more.avatarFileId === undefined ? account.avatarFileId : more.avatarFileId
      const samePicture = avatarFileId === account.avatarFileId
      if (next.handle === account.handle && next.displayName === account.displayName && samePicture) return []
      if (expectedVersion !== undefined && expectedVersion !== account.version)
        return reject('VERSION_CONFLICT', 'The profile was changed meanwhile.', { currentVersion: account.version })
      if (next.handle === null) return rejectField('handle', 'This profile was erased: give a handle.')
      if (next.displayName === null) return rejectField('displayName', 'This profile was erased: give a name.')
      if (avatarFileId && !samePicture && !facts.ownPicture)
        return reject('NOT_FOUND', 'There is no such picture.', { missing: [{ type: 'File', id: avatarFileId }] })
      return [UserProfileUpdated({ userId, avatarFileId }, { handle: next.handle, displayName: next.displayName })]
    },

    UpdateSettings: (account, { userId, locale, timeZone }) => {
      if (account.is !== 'active') return gone()
      const next = {
        locale: locale === undefined ? account.locale : locale,
        timeZone: timeZone === undefined ? account.timeZone : timeZone,
      }
      if (next.locale === account.locale && next.timeZone === account.timeZone) return []
      return [UserSettingsUpdated({ userId }, next)]
    },

    DeleteAccount: (account, { userId }, { facts }) => {
      if (account.is === 'deleted') return []
      if (account.is === 'absent') return gone()
      if (facts.soleOwnerOf.length) return stillOwns(facts.soleOwnerOf)
      const mark = admins(account, facts.admins)
      return mark instanceof Rejection ? mark : [UserAccountDeleted({ userId, admins: mark })]
    },
  },

  evolve: {
    UserAccountCreated: (_, { data, personal, revision }) => ({
      ...{
        is: 'active',
        version: revision,
        locale: null,
        timeZone: null,
        emailVerified: false,
        platformRole: data.platformRole,
        avatarFileId: null,
      },
      ...profile(personal),
    }),
    UserEmailVerified: account => change(account, { emailVerified: true }),
    UserProfileUpdated: (account, { data, personal, revision }) =>
      change(account, { version: revision, avatarFileId: data.avatarFileId, ...profile(personal) }),
    UserSettingsUpdated: (account, { personal }) =>
      change(account, { locale: personal?.locale ?? null, timeZone: personal?.timeZone ?? null }),
    UserPlatformRoleChanged: (account, { data }) => change(account, { platformRole: data.role }),
    UserDisabled: (account, { revision }) => change(account, { is: 'disabled', version: revision }),
    UserEnabled: (account, { revision }) => change(account, { is: 'active', version: revision }),
    UserAccountDeleted: () => ({ is: 'deleted' }),
  },

  claims: {
    UserAccountCreated: ({ personal }) => [
      { kind: 'email', value: personal?.email ?? null },
      { kind: 'handle', value: personal?.handle ?? null },
    ],
    UserProfileUpdated: ({ personal }) => [{ kind: 'handle', value: personal?.handle ?? null }],
    UserPlatformRoleChanged: ({ data }) => (data.role === 'ADMIN' ? toAdmins : fromAdmins(data.admins)),
    UserDisabled: ({ data }) => fromAdmins(data.admins),
    UserEnabled: ({ data }) => (data.platformRole === 'ADMIN' ? toAdmins : []),
    UserAccountDeleted: ({ data }) => [
      ...fromAdmins(data.admins),
      { kind: 'email', value: null },
      { kind: 'handle', value: null },
    ],
  },
})

const change = (account: UserAccount, to: Partial<Account>): UserAccount =>
  account.is === 'active' || account.is === 'disabled' ? { ...account, ...to } : account
/** Who leaves the ADMINs holds their mark for as long: nobody else leaves from among the same people. */
const fromAdmins = (mark: string | null): readonly Claim[] => (mark === null ? [] : [{ kind: 'admins', value: mark }])
const toAdmins: readonly Claim[] = [{ kind: 'admins', value: null }]
const profile = (personal: { handle: string; displayName: string } | null) => ({
  handle: personal?.handle ?? null,
  displayName: personal?.displayName ?? null,
})
