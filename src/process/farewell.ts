import { userAccountEvents } from '../domain/userAccount/events.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId, system } from '../kernel/id.ts'
import { type Reactor, reactor, reactsTo, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'

// Who deletes an account is in no chat and in no company any more, and leaves no files but those that messages hold.

export interface FarewellNeeds {
  dispatch: Dispatch
  /** Chats that somebody is in, archived ones too. */
  chatIds: (args: { userId: string; limit: number }) => Promise<readonly string[]>
  /** Companies that somebody is in, archived ones too. */
  companyIds: (userId: string) => Promise<readonly string[]>
  /** Files of somebody that are not deleted, in order, after one of them. */
  fileIds: (args: { ownerId: string; after: string | null; limit: number }) => Promise<readonly string[]>
  /** Of these, the ones that something holds: a message that is not deleted, a profile, a chat. */
  held: (ids: readonly string[]) => Promise<ReadonlySet<string>>
  /** Takes what is personal out of a stream's events, and then out of its rows. */
  erase: (stream: string) => Promise<void>
}

/** As many as surely take less than a minute. */
const atOnce = 200
/** A command that asked who is there before the deletion is appended within seconds, or never. */
const lateMs = 60_000

/**
 * Each task does what is left to do, as the rows tell it: twice is no harm. All is done once more a minute later, for whoever
 * was just adding the person, or taking an upload of theirs, while they went.
 */
export function farewell({ dispatch, chatIds, companyIds, fileIds, held, erase }: FarewellNeeds): Reactor {
  /** `id` of the task, `of` what the command is about: together the command's key. */
  async function tell(id: string, type: string, of: string, input: object): Promise<void> {
    const outcome = await dispatch({ type, input, actor: system, key: eventId(of, id, 0) })
    if (outcome instanceof Rejection) throw new Error(`${type} was refused: ${outcome.code}`)
  }
  const leave = {
    leaveChats: async ({ userId }: { userId: string }, { id }: { id: string }) => {
      const ids = await chatIds({ userId, limit: atOnce })
      for (const chatId of ids) await tell(id, 'RemoveDeletedAccount', chatId, { chatId, userId })
      return ids.length === atOnce ? { again: new Date() } : undefined
    },
    leaveCompanies: async ({ userId }: { userId: string }, { id }: { id: string }) => {
      for (const companyId of await companyIds(userId))
        await tell(id, 'RemoveDeletedMember', companyId, { companyId, userId })
      return undefined
    },
    dropFiles: async ({ userId }: { userId: string }, { id }: { id: string }) => {
      let after: string | null = null
      do {
        const ids = await fileIds({ ownerId: userId, after, limit: atOnce })
        const kept = await held(ids)
        for (const fileId of ids.filter(one => !kept.has(one))) {
          await erase(`file-${fileId}`) // its name; before it is dropped, for then it is not looked at again
          await tell(id, 'DropFile', fileId, { fileId })
        }
        after = ids.length === atOnce ? (ids.at(-1) ?? null) : null
      } while (after !== null)
      return undefined
    },
  }
  return reactor({
    name: 'farewell',
    start: 'beginning',
    on: [
      reactsTo(userAccountEvents, {
        UserAccountDeleted: ({ data: { userId }, at }) => {
          const later = { dueAt: new Date(at.getTime() + lateMs) }
          return [...Object.keys(leave).map(kind => task(kind, { userId })), task('leaveLate', { userId }, later)]
        },
      }),
    ],
    do: {
      ...leave,
      leaveLate: async (input: { userId: string }, doing: { id: string }) => {
        await leave.leaveCompanies(input, doing)
        await leave.dropFiles(input, doing)
        return leave.leaveChats(input, doing)
      },
    },
  })
}
