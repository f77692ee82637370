import type { NotificationKind } from '../domain/notification/events.ts'
import { type Chore, chore } from '../kernel/chore.ts'
import { eventId } from '../kernel/id.ts'
import type { MailClaims, UpTo } from '../port/mail.ts'
import { digestWords, lineOfNotice, linesOfChats, type Unread } from './digest-words.ts'
import { languageOf, written } from './letters.ts'
import { type Mailing, sendOnce } from './mailing.ts'

interface Told {
  id: string
  kind: NotificationKind
  byId: string | null
  subjectType: 'Message' | 'Company' | null
  subjectId: string | null
}

export interface DigestNeeds {
  mailing: Mailing
  appUrl: () => string
  /** Of some messages, those that somebody may still be told of, as they are now, and where they stand. */
  messagesToTell: (
    userId: string,
    ids: readonly string[],
  ) => Promise<readonly { id: string; body: string | null; chatId: string; sequence: number }[]>
  /** What somebody has not read and wants mailed, the oldest first. */
  unreadToMail: (userId: string) => Promise<readonly Told[]>
  account: (userId: string) => Promise<{ email: string; emailVerifiedAt: Date | null; locale: string | null } | null>
  namesOf: (userIds: readonly string[]) => Promise<ReadonlyMap<string, string>>
  wantsMessages: (userId: string) => Promise<boolean>
  /** Chats that hold what has been unread for long enough, and the last of it. */
  unreadChats: (userIds: readonly string[]) => Promise<readonly (UpTo & { userId: string })[]>
  /** What of parts of chats is unread for long enough, the oldest first. */
  messagesToMail: (userId: string, parts: readonly (UpTo & { after: number })[]) => Promise<readonly Unread[]>
}

/** The id of somebody's notification of a message that mentions them. */
export const noticeOf = (userId: string, messageId: string): string => eventId(userId, messageId, 0)

/** One mail for all that is unread now and no mail has told yet. */
export async function mailWhatIsUnread(needs: DigestNeeds, userId: string, id: string): Promise<undefined> {
  const account = await needs.account(userId)
  if (!account?.email || !account.emailVerifiedAt) return
  await sendOnce(needs.mailing, id, async () => {
    // Chats first: what is told of them is noted before anything is read that the mail holds.
    const chats = (await needs.wantsMessages(userId)) ? await needs.unreadChats([userId]) : []
    if (chats.length) await needs.mailing.claims.advance(id, userId, chats)
    const notices = await noticesToMail(needs, userId, id)
    const said = await saidToMail(needs, userId, id, chats, new Set(notices.map(n => n.id)))
    if (!notices.length && !said.length) return null
    const by = [...notices.flatMap(n => n.byId ?? []), ...said.map(m => m.authorId)]
    const names = await needs.namesOf([...new Set(by)])
    const language = languageOf(account.locale)
    const lines = [
      ...notices.map(n => lineOfNotice(n.kind, language, (n.byId && names.get(n.byId)) || null, n.text)),
      ...linesOfChats(said, language, names),
    ]
    const { subject, link, foot } = digestWords[language]
    const one = lines.length === 1 ? lines[0]?.split(':\n')[0] : undefined
    return written(account.email, {
      subject: one ?? subject(notices.length, said.length),
      lines,
      link: { text: link, url: needs.appUrl() },
      foot,
    })
  })
}

/** Notifications that this mail tells of: not of a message that was told as one of its chat, nor by another mail. */
async function noticesToMail({ mailing: { claims }, ...needs }: DigestNeeds, userId: string, id: string) {
  const unread = await needs.unreadToMail(userId)
  const ids = unread.flatMap(n => (n.subjectType === 'Message' && n.subjectId ? [n.subjectId] : []))
  const messages = new Map((await needs.messagesToTell(userId, ids)).map(m => [m.id, m]))
  const marks = await claims.marks(id, userId, [...new Set([...messages.values()].map(m => m.chatId))])
  const still = unread.flatMap(n => {
    if (n.subjectType !== 'Message') return [{ ...n, text: null }]
    const message = messages.get(n.subjectId ?? '')
    return message && message.sequence > (marks.get(message.chatId)?.after ?? -1) ? [{ ...n, text: message.body }] : []
  })
  const mine = await claims.take(
    id,
    still.map(n => n.id),
  )
  return still.filter(n => mine.has(n.id))
}

/** Messages that this mail tells of, without those that it or another mail tells as a mention. */
async function saidToMail(
  { mailing: { claims }, ...needs }: DigestNeeds,
  userId: string,
  id: string,
  chats: readonly UpTo[],
  notices: ReadonlySet<string>,
): Promise<readonly Unread[]> {
  if (!chats.length) return []
  const marks = await claims.marks(
    id,
    userId,
    chats.map(chat => chat.chatId),
  )
  const parts = [...marks].flatMap(([chatId, { after, sequence, mine }]) => (mine ? [{ chatId, after, sequence }] : []))
  if (!parts.length) return []
  const found = (await needs.messagesToMail(userId, parts)).map(m => ({ ...m, notice: noticeOf(userId, m.id) }))
  const told = await taken(
    claims,
    id,
    found.map(m => m.notice),
    found.filter(m => m.mentioned).map(m => m.notice),
  )
  return found.filter(m => !told.has(m.notice) && !notices.has(m.notice))
}

/** Takes mentions that are told as messages, so that no other mail tells them, and says what others have told. */
async function taken(claims: MailClaims, id: string, all: readonly string[], mentions: readonly string[]) {
  if (mentions.length) await claims.take(id, mentions)
  return claims.told(id, all)
}

export interface DigestRoundNeeds extends Pick<DigestNeeds, 'account' | 'wantsMessages' | 'unreadChats'> {
  claims: Pick<MailClaims, 'waiting'>
  /** People who take part in chats, by id. */
  people: (after: string, limit: number) => Promise<readonly string[]>
  /** Adds the task to mail somebody what is unread, unless it is there. */
  order: (id: string, userId: string) => Promise<void>
  /** How often people are mailed what is said in chats, at most. */
  everyMs: number
  roundMs: number
  now: () => number
}

const first = '00000000-0000-0000-0000-000000000000'

/** Looks who has something unread that no mail told: a hundred people a round, and one mail a person in each `everyMs`. */
export function digests(needs: DigestRoundNeeds): Chore {
  let after = first
  return chore({
    name: 'digests',
    everyMs: needs.roundMs,
    run: async () => {
      const people = await needs.people(after, 100)
      const window = Math.floor(needs.now() / needs.everyMs)
      const chats = people.length ? await needs.unreadChats(people) : []
      for (const userId of await needs.claims.waiting(chats, new Date(window * needs.everyMs))) {
        if (!(await needs.wantsMessages(userId))) continue
        if (!(await needs.account(userId))?.emailVerifiedAt) continue
        await needs.order(eventId(`digest.${window}`, userId, 0), userId)
      }
      after = people.length < 100 ? first : (people.at(-1) ?? first)
      return after !== first
    },
  })
}
