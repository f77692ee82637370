import { chatEvents } from '../domain/chat/events.ts'
import { companyEvents } from '../domain/company/events.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { nobody } from '../kernel/id.ts'
import { idOf } from '../kernel/message.ts'
import { type Reactor, reactor, reactsTo, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'

// Company chats hold members of the company only, and live as long as it does.

export interface CompanyChatsNeeds {
  dispatch: Dispatch
  /** Chats of a company that are there; `userId`: only those that this person is in. */
  companyChatIds: (args: { companyId: string; userId: string | null }) => Promise<readonly string[]>
}

/**
 * Who leaves a company leaves its chats, and with a company its chats are archived. Whoever came into a chat, or opened
 * one, while that happened is looked at as well: each command looks at the company as it is then.
 */
export function companyChats({ dispatch, companyChatIds }: CompanyChatsNeeds): Reactor {
  async function tell(type: string, input: object): Promise<void> {
    const outcome = await dispatch({ type, input, actor: nobody })
    if (outcome instanceof Rejection) throw new Error(`${type} was refused: ${outcome.code}`)
  }
  return reactor({
    name: 'companyChats',
    start: 'beginning',
    on: [
      reactsTo(companyEvents, {
        CompanyMemberRemoved: ({ stream, data }) => [
          task('leaveChats', { companyId: idOf(stream), userId: data.userId }),
        ],
        CompanyArchived: ({ stream }) => [task('archiveChats', { companyId: idOf(stream) })],
      }),
      reactsTo(chatEvents, {
        ChatCreated: ({ stream, data }) => (data.companyId ? [task('archiveChat', { chatId: idOf(stream) })] : []),
        ChatRestored: ({ stream }) => [task('archiveChat', { chatId: idOf(stream) })],
        ParticipantAdded: ({ stream, data }) =>
          data.companyId ? [task('leaveChat', { chatId: idOf(stream), userId: data.userId })] : [],
      }),
    ],
    do: {
      leaveChats: async ({ companyId, userId }: { companyId: string; userId: string }) => {
        for (const chatId of await companyChatIds({ companyId, userId }))
          await tell('RemoveFormerMember', { chatId, userId })
        return undefined
      },
      leaveChat: async ({ chatId, userId }: { chatId: string; userId: string }) => {
        await tell('RemoveFormerMember', { chatId, userId })
        return undefined
      },
      archiveChats: async ({ companyId }: { companyId: string }) => {
        for (const chatId of await companyChatIds({ companyId, userId: null }))
          await tell('ArchiveWithCompany', { chatId })
        return undefined
      },
      archiveChat: async ({ chatId }: { chatId: string }) => {
        await tell('ArchiveWithCompany', { chatId })
        return undefined
      },
    },
  })
}
