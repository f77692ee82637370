import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { line, paragraph } from '../../kernel/text.ts'
import { PlatformRole } from './events.ts'

const userId = z.uuid()
const ofUser = (c: { userId: string }) => `userAccount-${c.userId}`

export const DisplayName = line(1, 100)
export const Handle = z
  .string()
  .regex(/^[a-z0-9_.]{3,32}$/, 'A handle has 3 to 32 of the characters a-z, 0-9, "_" and ".".')
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('This is not an e-mail address.'))

/** Why an account is disabled, for the log. */
const Reason = paragraph(1_000)

/** A language tag such as `ru-RU` (BCP 47), in its canonical spelling. */
export const Locale = z
  .string()
  .max(35, 'A language tag has at most 35 characters.')
  .refine(tag => spelled(tag) !== null, 'This is not a language tag (BCP 47) such as ru-RU.')
  .transform(tag => spelled(tag) ?? tag)
function spelled(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch {
    return null
  }
}

/** The name of a time zone (IANA) such as `Europe/Moscow`. Offsets are refused: they know no summer time. */
export const TimeZone = z
  .string()
  .max(64, 'The name of a time zone has at most 64 characters.')
  .refine(isTimeZone, 'This is not a time zone (IANA) such as Europe/Moscow.')
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const userAccountCommands = defineCommands({
  CreateUserAccount: {
    input: z.object({
      userId,
      email: Email,
      handle: Handle,
      displayName: DisplayName,
      /** USER when left out; another one only by the system. */
      platformRole: PlatformRole.optional(),
    }),
    stream: ofUser,
  },
  AuthenticateUser: { input: z.object({ userId, sessionId: z.uuid() }), stream: ofUser },
  Logout: { input: z.object({ userId, sessionIds: z.array(z.uuid()) }), stream: ofUser },
  EndSession: { input: z.object({ userId, sessionId: z.uuid() }), stream: ofUser },
  VerifyEmail: { input: z.object({ userId }), stream: ofUser },
  ResetPassword: { input: z.object({ userId }), stream: ofUser },
  ChangePassword: { input: z.object({ userId }), stream: ofUser },
  UpdateProfile: {
    input: z.object({
      userId,
      displayName: DisplayName.optional(),
      handle: Handle.optional(),
      avatarFileId: z.uuid().nullable().optional(),
      expectedVersion: z.int().optional(),
    }),
    stream: ofUser,
    facts: ['ownPicture'],
  },
  UpdateSettings: {
    input: z.object({ userId, locale: Locale.nullable().optional(), timeZone: TimeZone.nullable().optional() }),
    stream: ofUser,
  },
  DeleteAccount: { input: z.object({ userId }), stream: ofUser, facts: ['admins', 'soleOwnerOf'] },
  ChangePlatformRole: {
    input: z.object({ userId, role: PlatformRole }),
    stream: ofUser,
    facts: ['platformRole', 'admins'],
  },
  DisableUser: {
    input: z.object({ userId, reason: Reason.nullable() }),
    stream: ofUser,
    facts: ['platformRole', 'admins'],
  },
  EnableUser: { input: z.object({ userId }), stream: ofUser, facts: ['platformRole'] },
})
