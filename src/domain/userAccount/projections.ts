import { patch, projection, put } from '../../kernel/projection.ts'
import { userAccountEvents } from './events.ts'
import { userAccounts } from './tables.ts'

export const accounts = projection('accounts', userAccountEvents, [userAccounts], {
  UserAccountCreated: ({ data, personal, revision, at }) => [
    put(userAccounts, {
      id: data.userId,
      version: revision,
      status: 'ACTIVE',
      platformRole: data.platformRole,
      email: personal?.email ?? null,
      handle: personal?.handle ?? null,
      displayName: personal?.displayName ?? null,
      createdAt: at,
    }),
  ],
  UserProfileUpdated: ({ data, personal, revision }) => [
    patch(userAccounts, {
      id: data.userId,
      version: revision,
      handle: personal?.handle ?? null,
      avatarFileId: data.avatarFileId,
      displayName: personal?.displayName ?? null,
    }),
  ],
  // Nobody else sees these: the version stays.
  UserEmailVerified: ({ data, at }) => [patch(userAccounts, { id: data.userId, emailVerifiedAt: at })],
  UserSettingsUpdated: ({ data, personal }) => [
    patch(userAccounts, {
      id: data.userId,
      locale: personal?.locale ?? null,
      timeZone: personal?.timeZone ?? null,
    }),
  ],
  // Only oneself sees one's role: the version stays here as well.
  UserPlatformRoleChanged: ({ data }) => [patch(userAccounts, { id: data.userId, platformRole: data.role })],
  UserDisabled: ({ data, revision }) => [
    patch(userAccounts, { id: data.userId, version: revision, status: 'DISABLED' }),
  ],
  UserEnabled: ({ data, revision }) => [patch(userAccounts, { id: data.userId, version: revision, status: 'ACTIVE' })],
  UserAccountDeleted: ({ data, revision, at }) => [
    patch(userAccounts, {
      id: data.userId,
      version: revision,
      status: 'DELETED',
      email: null,
      emailVerifiedAt: null,
      handle: null,
      avatarFileId: null,
      displayName: null,
      locale: null,
      timeZone: null,
      deletedAt: at,
    }),
  ],
})

const ofUser = ({ data }: { data: { userId: string } }) => [`user:${data.userId}`]

const ofEverybody = ({ data }: { data: { userId: string } }) => [`user:${data.userId}`, `profile:${data.userId}`]

/** Whose inbox hears of it; and of a profile, the feeds of who sees it (`profile:<id>`). */
export const userAccountAudience = {
  events: userAccountEvents,
  on: {
    UserEmailVerified: ofUser,
    UserProfileUpdated: ofEverybody,
    UserSettingsUpdated: ofUser,
    UserPlatformRoleChanged: ofUser,
  },
}
