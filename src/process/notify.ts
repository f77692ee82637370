import { chatEvents } from '../domain/chat/events.ts'
import { companyEvents } from '../domain/company/events.ts'
import { type NotificationKind, notificationEvents } from '../domain/notification/events.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import type { Dispatch } from '../kernel/dispatch.ts'
import { eventId } from '../kernel/id.ts'
import { idOf } from '../kernel/message.ts'
import { reactor, reactsTo, type Task, task } from '../kernel/reactor.ts'
import { Rejection } from '../kernel/reject.ts'
import { languageOf, written } from './letters.ts'
import { type Mailing, sendOnce } from './mailing.ts'
import { titleOf } from './notification-words.ts'

interface Told {
  id: string
  kind: NotificationKind
  byId: string | null
  subjectType: 'Message' | 'Company' | null
  subjectId: string | null
}

export interface NotifyNeeds {
  dispatch: Dispatch
  mailing: Mailing
  /** How long notifications are collected for a mail. */
  delayMs: number
  appUrl: () => string
  /** Of some messages, those that somebody may still be told of, as they are now. */
  messagesToTell: (userId: string, ids: readonly string[]) => Promise<readonly { id: string; body: string | null }[]>
  /** What somebody has not read and wants mailed, the oldest first. */
  unreadToMail: (userId: string) => Promise<readonly Told[]>
  account: (userId: string) => Promise<{ email: string; emailVerifiedAt: Date | null; locale: string | null } | null>
  isDeleted: (userId: string) => Promise<boolean>
  namesOf: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
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
      mail: async ({ userId }: { userId: string }, { id }) => mailWhatIsUnread(needs, userId, id),
    },
  })

/** One mail for all that is unread now and no mail has told yet. */
async function mailWhatIsUnread(needs: NotifyNeeds, userId: string, id: string): Promise<undefined> {
  const account = await needs.account(userId)
  if (!account?.email || !account.emailVerifiedAt) return
  const unread = await needs.unreadToMail(userId)
  const messages = unread.flatMap(n => (n.subjectType === 'Message' && n.subjectId ? [n.subjectId] : []))
  const texts = new Map((await needs.messagesToTell(userId, messages)).map(m => [m.id, m.body]))
  const still = unread.filter(n => n.subjectType !== 'Message' || texts.has(n.subjectId ?? ''))
  if (!still.length) return
  const names = await needs.namesOf(still.flatMap(n => (n.byId ? [n.byId] : [])))
  await sendOnce(needs.mailing, id, async () => {
    const mine = await needs.mailing.claims.take(
      id,
      still.map(n => n.id),
    )
    const told = still.filter(n => mine.has(n.id))
    if (!told.length) return null
    const language = languageOf(account.locale)
    const lines = told.map(n => {
      const text = (n.subjectId && texts.get(n.subjectId)) || ''
      const title = titleOf(n.kind, language, (n.byId && names.get(n.byId)) || null)
      return text ? `${title}:\n${[...text].slice(0, 300).join('')}` : title
    })
    const { subject, link, foot } = digestWords[language]
    return written(account.email, {
      subject: told.length === 1 ? (lines[0]?.split(':\n')[0] ?? subject(1)) : subject(told.length),
      lines,
      link: { text: link, url: needs.appUrl() },
      foot,
    })
  })
}

const digestWords = {
  en: {
    subject: (n: number) => `${n} new notifications`,
    link: 'Open WellWon',
    foot: 'You get this mail because you have not read this yet. Where you hear of what is yours to choose: updateNotificationPreferences.',
  },
  ru: {
    subject: (n: number) => `Новых уведомлений: ${n}`,
    link: 'Открыть WellWon',
    foot: 'Вы получили это письмо, потому что ещё не прочли это. Куда присылать уведомления, выбираете вы: updateNotificationPreferences.',
  },
}
