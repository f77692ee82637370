import { decider } from '../../kernel/decider.ts'
import { reject, rejectField } from '../../kernel/reject.ts'
import { userAccountCommands } from './commands.ts'
import { userAccountEvents } from './events.ts'

export type UserAccount =
  | { is: 'absent' }
  | { is: 'active'; version: number; handle: string | null; displayName: string | null }
  | { is: 'deleted' }

const {
  UserAccountCreated,
  UserAuthenticated,
  UserLoggedOut,
  UserPasswordChanged,
  UserProfileUpdated,
  UserAccountDeleted,
} = userAccountEvents.make

const gone = () => reject('NOT_FOUND', 'There is no such account.')

export const userAccount = decider(
  userAccountEvents,
  userAccountCommands,
)<UserAccount>({
  initial: { is: 'absent' },
  stateVersion: 1,

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

    DeleteAccount: (account, { userId }) =>
      account.is === 'active' ? [UserAccountDeleted({ userId })] : account.is === 'deleted' ? [] : gone(),
  },

  evolve: {
    UserAccountCreated: (_, { personal, revision }) => ({ is: 'active', version: revision, ...profile(personal) }),
    UserProfileUpdated: (account, { personal, revision }) =>
      account.is === 'active' ? { is: 'active', version: revision, ...profile(personal) } : account,
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

const profile = (personal: { handle: string; displayName: string } | null) => ({
  handle: personal?.handle ?? null,
  displayName: personal?.displayName ?? null,
})
