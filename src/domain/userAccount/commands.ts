import { z } from 'zod'
import { defineCommands } from '../../kernel/message.ts'
import { line } from '../../kernel/text.ts'

const userId = z.uuid()
const ofUser = (c: { userId: string }) => `userAccount-${c.userId}`

export const DisplayName = line(1, 100)
export const Handle = z
  .string()
  .regex(/^[a-z0-9_.]{3,32}$/, 'A handle has 3 to 32 of the characters a-z, 0-9, "_" and ".".')
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('This is not an e-mail address.'))

export const userAccountCommands = defineCommands({
  CreateUserAccount: {
    input: z.object({ userId, email: Email, handle: Handle, displayName: DisplayName }),
    stream: ofUser,
  },
  AuthenticateUser: { input: z.object({ userId, sessionId: z.uuid() }), stream: ofUser },
  Logout: { input: z.object({ userId, sessionIds: z.array(z.uuid()) }), stream: ofUser },
  ChangePassword: { input: z.object({ userId }), stream: ofUser },
  UpdateProfile: {
    input: z.object({
      userId,
      displayName: DisplayName.optional(),
      handle: Handle.optional(),
      expectedVersion: z.int().optional(),
    }),
    stream: ofUser,
  },
  DeleteAccount: { input: z.object({ userId }), stream: ofUser },
})
