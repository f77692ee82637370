import { userAccountEvents } from '../domain/userAccount/events.ts'
import { reactor, reactsTo, task } from '../kernel/reactor.ts'

/** What it needs: the sessions of an account that were opened before a moment end, and its password goes. Both may be done again. */
export interface SignOutNeeds {
  endSessions: (userId: string, openedBefore: Date) => Promise<void>
  removePassword: (userId: string) => Promise<void>
}

/**
 * Who is disabled or deleted is signed out, whoever decided it and whatever became of the server that was told so. Sessions
 * that were opened later stay: the account may have been enabled again.
 */
export const signOut = ({ endSessions, removePassword }: SignOutNeeds) =>
  reactor({
    name: 'signOut',
    start: 'beginning',
    on: [
      reactsTo(userAccountEvents, {
        UserDisabled: ({ data: { userId } }) => [task('endSessions', { userId })],
        UserAccountDeleted: ({ data: { userId } }) => [
          task('endSessions', { userId }),
          task('removePassword', { userId }),
        ],
      }),
    ],
    do: {
      endSessions: async ({ userId }: { userId: string }, { at }) => {
        await endSessions(userId, at)
        return undefined
      },
      removePassword: async ({ userId }: { userId: string }) => {
        await removePassword(userId)
        return undefined
      },
    },
  })
