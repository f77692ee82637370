import type { Decider } from '../../../kernel/decider.ts'
import { reject } from '../../../kernel/reject.ts'
import type { userAccountCommands } from '../commands.ts'
import type { PlatformRole, userAccountEvents } from '../events.ts'

export interface Account {
  is: 'active' | 'disabled'
  /** Revision of the last event that changed what others see. */
  version: number
  handle: string | null
  displayName: string | null
  avatarFileId: string | null
  locale: string | null
  timeZone: string | null
  emailVerified: boolean
  platformRole: PlatformRole
}
export type UserAccount = { is: 'absent' } | Account | { is: 'deleted' }

declare module '../../../kernel/decider.ts' {
  interface Facts {
    /** What the actor may do on the platform; null for who is not in, and for the system. */
    platformRole: PlatformRole | null
    /** Whether the command's `avatarFileId` is a picture of the actor's own that can be shown. */
    ownPicture: boolean
    /** The ADMINs beside the command's `userId`, and the mark of them all. */
    admins: { others: number; mark: string }
    /** Companies that the command's `userId` alone owns while others are in them, with their names. */
    soleOwnerOf: readonly { id: string; name: string }[]
  }
}

/** `companies`: by name. */
export const stillOwns = (companies: readonly { name: string }[]) =>
  reject(
    'STATE_CONFLICT',
    `You are the only owner of ${list(companies.map(c => c.name))}, and others are in there. First make somebody else an owner, or archive it.`,
  )
const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more companies` : names.join(', ')

/** The rules of some commands. */
export type Rules<Commands extends keyof typeof userAccountCommands> = Pick<
  Decider<typeof userAccountEvents.shapes, typeof userAccountCommands, UserAccount>['decide'],
  Commands
>

export const gone = () => reject('NOT_FOUND', 'There is no such account.')

/**
 * What an event that takes this account from the ADMINs claims: null when it is none of them, the mark of all otherwise.
 * Two ADMINs who take each other's role at the same time claim the same mark, and the second is decided anew. Refused for the last.
 */
export function admins(account: Account, { others, mark }: { others: number; mark: string }) {
  if (account.is !== 'active' || account.platformRole !== 'ADMIN') return null
  return others === 0 ? lastAdmin() : mark
}
const lastAdmin = () => reject('STATE_CONFLICT', 'The platform needs an ADMIN: make somebody else one first.')
