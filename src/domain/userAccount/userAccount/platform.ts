import { system } from '../../../kernel/id.ts'
import { Rejection, reject } from '../../../kernel/reject.ts'
import { type PlatformRole, userAccountEvents } from '../events.ts'
import { admins, type Rules } from './account.ts'

const { UserPlatformRoleChanged, UserDisabled, UserEnabled } = userAccountEvents.make

/** What the platform does with an account: an ADMIN by hand, or the system. */
export const platform: Rules<'ChangePlatformRole' | 'DisableUser' | 'EnableUser'> = {
  ChangePlatformRole: (account, { userId, role }, { actor, facts }) => {
    if (!isAdmin(actor, facts.platformRole)) return forbidden()
    if (account.is === 'absent') return noUser(userId)
    if (account.is === 'deleted') return deleted()
    if (account.platformRole === role) return []
    const mark = admins(account, facts.admins)
    if (mark instanceof Rejection) return mark
    return [UserPlatformRoleChanged({ userId, role, admins: mark })]
  },

  DisableUser: (account, { userId, reason }, { actor, facts }) => {
    if (!isAdmin(actor, facts.platformRole)) return forbidden()
    if (account.is === 'absent') return noUser(userId)
    if (account.is === 'deleted') return deleted()
    if (account.is === 'disabled') return []
    if (userId === actor) return reject('STATE_CONFLICT', 'Nobody disables themselves: another ADMIN has to.')
    const mark = admins(account, facts.admins)
    if (mark instanceof Rejection) return mark
    return [UserDisabled({ userId, admins: mark }, { reason })]
  },

  EnableUser: (account, { userId }, { actor, facts }) => {
    if (!isAdmin(actor, facts.platformRole)) return forbidden()
    if (account.is === 'absent') return noUser(userId)
    if (account.is === 'deleted') return deleted()
    return account.is === 'active' ? [] : [UserEnabled({ userId, platformRole: account.platformRole })]
  },
}

const isAdmin = (actor: string, role: PlatformRole | null) => actor === system || role === 'ADMIN'
const forbidden = () => reject('FORBIDDEN', 'Only an ADMIN of the platform does this.')
const noUser = (id: string) => reject('NOT_FOUND', 'There is no such user.', { missing: [{ type: 'User', id }] })
const deleted = () => reject('STATE_CONFLICT', 'This account is deleted.')
