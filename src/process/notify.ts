import { chatEvents, readMarkerEvents } from '../domain/chat/events.ts'
import { companyEvents } from '../domain/company/events.ts'
import { type NotificationKind, notificationEvents } from '../domain/notification/events.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId } from '../kernel/id.ts'
import { idOf } from '../kernel/message.ts'
import { reactor, reactsTo, type Task, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'
import { type DigestNeeds, mailWhatIsUnread } from './digest.ts'

export interface NotifyNeeds extends DigestNeeds {
  dispatch: Dispatch
  /** How long notifications are collected for a mail. */
  delayMs: number
  isDeleted: (userId: string) => Promise<boolean>
  /** Ids of the unread notifications of what somebody has read of a chat meanwhile. */
  readInChat: (userId: string, chatId: string) => Promise<readonly string[]>
}

interface About {
  userId: string
  category: 'MENTION' | 'COMPANY' | 'SYSTEM'
  kind: NotificationKind
  by: string | null
  subject: { type: 'Message' | 'Company'; id: string } | null
  chatId: string | null
}
const tell = (about: About): Task => task('tell', about)

/** Of each message one is told once, also when a mention is only written into it later. */
const mentioned = (userIds: readonly string[], by: string | null, messageId: string, stream: string): Task[] =>
  userIds
    .filter(userId => userId !== by)
    .map(userId =>
      tell({
        ...{ userId, category: 'MENTION', kind: 'MENTIONED', by },
        subject: { type: 'Message', id: messageId },
        chatId: idOf(stream),
      }),
    )

const ofCompany =
  (kind: NotificationKind) => (event: { data: { userId: string }; actor: string | null; stream: string }) =>
    event.data.userId === event.actor
      ? []
      : [
          tell({
            ...{ userId: event.data.userId, category: 'COMPANY', kind, by: event.actor },
            subject: { type: 'Company', id: idOf(event.stream) },
            chatId: null,
          }),
        ]

const newPassword = ({ stream }: { stream: string }): Task[] => [
  tell({
    ...{ userId: idOf(stream), category: 'SYSTEM', kind: 'PASSWORD_CHANGED', by: null },
    subject: null,
    chatId: null,
  }),
]

/** Tells people what concerns them, and mails what they have not read after a while: one mail for all of it. */
export const notify = (needs: NotifyNeeds) =>
  reactor({
    name: 'notify',
    start: 'now',
    on: [
      reactsTo(chatEvents, {
        MessageSent: ({ data, stream }) => mentioned(data.mentions, data.authorId, data.messageId, stream),
        MessageEdited: ({ data, stream, actor }) => mentioned(data.mentions, actor, data.messageId, stream),
      }),
      reactsTo(companyEvents, {
        CompanyMemberAdded: ofCompany('COMPANY_JOINED'),
        CompanyMemberRoleChanged: ofCompany('COMPANY_ROLE_CHANGED'),
        CompanyMemberRemoved: ofCompany('COMPANY_LEFT'),
      }),
      reactsTo(userAccountEvents, { UserPasswordChanged: newPassword, UserPasswordReset: newPassword }),
      reactsTo(readMarkerEvents, {
        MessagesMarkedAsRead: ({ data: { userId, chatId } }) => [task('seen', { userId, chatId })],
      }),
      reactsTo(notificationEvents, {
        NotificationCreated: ({ data: { userId, mail }, at }) =>
          mail ? [task('mail', { userId }, { dueAt: new Date(at.getTime() + needs.delayMs) })] : [],
      }),
    ],
    do: {
      tell: async (about: About, { id }) => {
        const { userId, by, subject } = about
        if (await needs.isDeleted(userId)) return undefined
        const message = subject?.type === 'Message' ? subject.id : null
        if (message && !(await needs.messagesToTell(userId, [message])).length) return undefined
        const notificationId = message ? eventId(userId, message, 0) : id
        const request = {
          type: 'Notify',
          input: { ...about, notificationId },
          actor: by ?? userId,
          key: notificationId,
        }
        const outcome = await needs.dispatch(request)
        if (outcome instanceof Rejection) throw new Error(`not told: ${outcome.code}`)
        return undefined
      },
      seen: async ({ userId, chatId }: { userId: string; chatId: string }, { id }) => {
        const ids = await needs.readInChat(userId, chatId)
        if (!ids.length) return undefined
        const input = { userId, target: { ids: ids.slice(0, 100) } }
        const outcome = await needs.dispatch({ type: 'MarkNotificationsAsRead', input, actor: userId, key: id })
        if (outcome instanceof Rejection) throw new Error(`not marked as read: ${outcome.code}`)
        return undefined
      },
      mail: async ({ userId }: { userId: string }, { id }) => mailWhatIsUnread(needs, userId, id),
    },
  })
