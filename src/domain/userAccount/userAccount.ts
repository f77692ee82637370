import { decider } from '../../kernel/decider.ts'
import { reject, rejectField } from '../../kernel/reject.ts'
import { userAccountCommands } from './commands.ts'
import { userAccountEvents } from './events.ts'

interface Active {
  is: 'active'
  version: number
  handle: string | null
  displayName: string | null
  locale: string | null
  timeZone: string | null
  emailVerified: boolean
}
export type UserAccount = { is: 'absent' } | Active | { is: 'deleted' }

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

const gone = () => reject('NOT_FOUND', 'There is no such account.')

export const userAccount = decider(
  userAccountEvents,
  userAccountCommands,
)<UserAccount>({
  initial: { is: 'absent' },
  stateVersion: 3,

  decide: {
    CreateUserAccount: (account, { userId, email, handle, displayName }) =>
      account.is === 'absent'
        ? [UserAccountCreated({ userId, platformRole: 'USER' }, { email, handle, displayName })]
        : reject('ALREADY_EXISTS', 'This account exists already.'),

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

    UpdateProfile: (account, { userId, handle, displayName, expectedVersion }) => {
      if (account.is !== 'active') return gone()
      const next = { handle: handle ?? account.handle, displayName: displayName ?? account.displayName }
      if (next.handle === account.handle && next.displayName === account.displayName) return []
      if (expectedVersion !== undefined && expectedVersion !== account.version)
        return reject('VERSION_CONFLICT', 'The profile was changed meanwhile.', { currentVersion: account.version })
      if (next.handle === null) return rejectField('handle', 'This profile was erased: give a handle.')
      if (next.displayName === null) return rejectField('displayName', 'This profile was erased: give a name.')
      return [UserProfileUpdated({ userId }, { handle: next.handle, displayName: next.displayName })]
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

    DeleteAccount: (account, { userId }) =>
      account.is === 'active' ? [UserAccountDeleted({ userId })] : account.is === 'deleted' ? [] : gone(),
  },

  evolve: {
    UserAccountCreated: (_, { personal, revision }) => ({
      ...{ is: 'active', version: revision, locale: null, timeZone: null, emailVerified: false },
      ...profile(personal),
    }),
    UserEmailVerified: account => change(account, { emailVerified: true }),
    UserProfileUpdated: (account, { personal, revision }) =>
      change(account, { version: revision, ...profile(personal) }),
    UserSettingsUpdated: (account, { personal }) =>
      change(account, { locale: personal?.locale ?? null, timeZone: personal?.timeZone ?? null }),
    UserAccountDeleted: () => ({ is: 'deleted' }),
  },

  claims: {
    UserAccountCreated: ({ personal }) => [
      { kind: 'email', value: personal?.email ?? null },
      { kind: 'handle', value: personal?.handle ?? null },
    ],
    UserProfileUpdated: ({ personal }) => [{ kind: 'handle', value: personal?.handle ?? null }],
    UserAccountDeleted: () => [
      { kind: 'email', value: null },
      { kind: 'handle', value: null },
    ],
  },
})

const change = (account: UserAccount, to: Partial<Active>): UserAccount =>
  account.is === 'active' ? { ...account, ...to } : account
const profile = (personal: { handle: string; displayName: string } | null) => ({
  handle: personal?.handle ?? null,
  displayName: personal?.displayName ?? null,
})
