import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

export const PlatformRole = z.enum(['ADMIN', 'MANAGER', 'AGENT', 'USER'])
export type PlatformRole = z.infer<typeof PlatformRole>

/** When it takes an ADMIN away: the mark of the admins that there were, which only one such event can claim. */
const admins = z.string().nullable()

const Profile = z.object({ handle: z.string(), displayName: z.string() })
const ofUser = (data: { userId: string }) => data.userId

export const userAccountEvents = defineEvents('userAccount', {
  UserAccountCreated: {
    v: 1,
    bump: true,
    data: z.object({ userId: z.uuid(), platformRole: PlatformRole }),
    personal: Profile.extend({ email: z.string() }),
    key: ofUser,
  },
  UserAuthenticated: { v: 1, data: z.object({ sessionId: z.uuid() }) },
  UserLoggedOut: { v: 1, data: z.object({ sessionIds: z.array(z.uuid()) }) },
  UserPasswordChanged: { v: 1, data: z.object({}) },
  UserPasswordReset: { v: 1, data: z.object({}) },
  UserEmailVerified: { v: 1, bump: true, data: z.object({ userId: z.uuid() }) },
  UserProfileUpdated: {
    v: 2,
    bump: true,
    data: z.object({ userId: z.uuid(), avatarFileId: z.uuid().nullable() }),
    personal: Profile,
    key: ofUser,
    // Version 1 knew no pictures.
    upcast: { 1: ({ data, personal }) => ({ data: { ...(data as object), avatarFileId: null }, personal }) },
  },
  UserSettingsUpdated: {
    v: 1,
    bump: true,
    data: z.object({ userId: z.uuid() }),
    personal: z.object({ locale: z.string().nullable(), timeZone: z.string().nullable() }),
    key: ofUser,
  },
  UserPlatformRoleChanged: { v: 1, bump: true, data: z.object({ userId: z.uuid(), role: PlatformRole, admins }) },
  UserDisabled: {
    v: 1,
    bump: true,
    data: z.object({ userId: z.uuid(), admins }),
    personal: z.object({ reason: z.string().nullable() }),
    key: ofUser,
  },
  /** `platformRole`: what they come back as. */
  UserEnabled: { v: 1, bump: true, data: z.object({ userId: z.uuid(), platformRole: PlatformRole }) },
  UserAccountDeleted: {
    v: 2,
    bump: true,
    data: z.object({ userId: z.uuid(), admins }),
    upcast: { 1: ({ data, personal }) => ({ data: { ...(data as object), admins: null }, personal }) },
  },
})
