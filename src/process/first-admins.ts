import { userAccountEvents } from '../domain/userAccount/events.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { system } from '../kernel/id.ts'
import { reactor, reactsTo, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'

export interface FirstAdminsNeeds {
  dispatch: Dispatch
  /** Whether the setting ADMIN_EMAILS names the address that the account has now. */
  isNamed: (userId: string) => Promise<boolean>
}

/** Who is named in ADMIN_EMAILS becomes an ADMIN when the address is confirmed: nobody else can have read the mail. */
export const firstAdmins = ({ dispatch, isNamed }: FirstAdminsNeeds) =>
  reactor({
    name: 'firstAdmins',
    start: 'beginning',
    on: [reactsTo(userAccountEvents, { UserEmailVerified: ({ data: { userId } }) => [task('promote', { userId })] })],
    do: {
      promote: async ({ userId }: { userId: string }, { id }) => {
        if (!(await isNamed(userId))) return undefined
        const request = { type: 'ChangePlatformRole', input: { userId, role: 'ADMIN' }, actor: system, key: id }
        const outcome = await dispatch(request)
        // Deleted meanwhile: nobody is left to be one.
        if (outcome instanceof Rejection && outcome.code !== 'STATE_CONFLICT') throw new Error(outcome.code)
        return undefined
      },
    },
  })
