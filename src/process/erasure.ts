import { chatEvents } from '../domain/chat/events.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import { reactor, reactsTo, task } from '../kernel/reactor.ts'

/** All of it may be done again. */
export interface ErasureNeeds {
  /** Takes what is personal out of a stream's events, and then out of its rows. */
  erase: (stream: string) => Promise<void>
  /** Sessions, and whatever else is kept of an account outside of the log. */
  forget: (userId: string) => Promise<void>
}

/**
 * Who deletes an account, or a chat for everybody, leaves nothing personal in the log: not in the account's own stream, nor in
 * the chat's. What somebody said in chats that live on belongs to these, and stays.
 */
export const erasure = ({ erase, forget }: ErasureNeeds) =>
  reactor({
    name: 'erasure',
    start: 'beginning',
    on: [
      reactsTo(userAccountEvents, {
        UserAccountDeleted: ({ data: { userId }, stream }) => [task('erase', { stream }), task('forget', { userId })],
      }),
      reactsTo(chatEvents, { ChatHardDeleted: ({ stream }) => [task('erase', { stream })] }),
    ],
    do: {
      erase: async ({ stream }: { stream: string }) => {
        await erase(stream)
        return undefined
      },
      forget: async ({ userId }: { userId: string }) => {
        await forget(userId)
        return undefined
      },
    },
  })
