import {
  chatAvatars,
  chatIdsToLeave,
  companyChatIds,
  holdsOf,
  messagesRead,
  messagesToMail,
  messagesToTell,
  messagesWith,
  peopleOfChats,
  unreadChats,
} from './domain/chat/queries/index.ts'
import {
  companiesByIds,
  companyIdsIn,
  invitationsByIds,
  invitationsOver,
  invitationsTo,
} from './domain/company/queries/index.ts'
import { fileIdsOf, filesByIds, openSince, settledBefore } from './domain/file/queries.ts'
import { preferencesOf, unreadOfChat, unreadToMail } from './domain/notification/queries.ts'
import { accountById, accountIdByEmail, userAvatars, usersByIds } from './domain/userAccount/queries.ts'
import type { Query } from './graph/context.ts'
import { type Chore, chore } from './kernel/chore.ts'
import type { Dispatch } from './kernel/dispatch.ts'
import type { Reactor } from './kernel/reactor.ts'
import type { Seal } from './kernel/seal.ts'
import type { AccountTokens } from './port/account-mails.ts'
import type { EventStore } from './port/event-store.ts'
import type { Files } from './port/files.ts'
import type { Passwords, Sessions } from './port/sessions.ts'
import type { Tasks } from './port/tasks.ts'
import type { Throttle } from './port/throttle.ts'
import { type AccountMailNeeds, accountMails } from './process/account-mails.ts'
import { type CompanyChatsNeeds, companyChats } from './process/company-chats.ts'
import { digests } from './process/digest.ts'
import { type ErasureNeeds, erasure, oldInvitations } from './process/erasure.ts'
import { type FarewellNeeds, farewell } from './process/farewell.ts'
import { type FilesNeeds, fileSweeps, removedFiles } from './process/files.ts'
import { type FirstAdminsNeeds, firstAdmins } from './process/first-admins.ts'
import { type InvitesNeeds, invited, invitesFrom } from './process/invites.ts'
import type { Mailing } from './process/mailing.ts'
import { type NotifyNeeds, notify } from './process/notify.ts'
import { type SignOutNeeds, signOut } from './process/sign-out.ts'

/** What processes are made of; compose gives it. */
export interface ProcessNeeds {
  dispatch: Dispatch
  store: EventStore
  files: Files
  unusedFileHours: number
  ask: <Args, View>(query: Query<Args, View>, args: Args) => Promise<View>
  mailing: Mailing
  /** How long notifications are collected for one mail. */
  mailDelayMs: number
  accountTokens: AccountTokens
  /** Makes the secret part of an invitation's token. */
  derive: (purpose: string, of: string) => Buffer
  throttle: Throttle
  seal: Seal
  /** Where links in mails lead to. */
  appUrl: () => string
  sessions: Sessions
  passwords: Passwords
  /** Takes what is personal out of a stream's events and rows. */
  erase: (stream: string) => Promise<void>
  /** Takes what is personal out of one event, and out of the snapshots of its stream. */
  eraseEvent: (stream: string, revision: number) => Promise<void>
  adminEmails: readonly string[]
  sweepLimits: () => Promise<boolean>
  tasks: Pick<Tasks, 'add'>
}

/** What joins domains by doing something later, each bound to what it needs: the queries of domains, commands, ports. */
export function processesFrom(needs: ProcessNeeds): { reactors: readonly Reactor[]; chores: readonly Chore[] } {
  return {
    reactors: [
      companyChats(forCompanyChats(needs)),
      removedFiles(forFiles(needs)),
      accountMails(forAccountMails(needs)),
      invited({ ...needs, account: userId => needs.ask(accountById, userId) }),
      notify(forNotify(needs)),
      signOut(forSignOut(needs)),
      firstAdmins(forFirstAdmins(needs)),
      erasure(forErasure(needs)),
      farewell(forFarewell(needs)),
    ],
    chores: [
      digestsOf(needs),
      ...fileSweeps(forFiles(needs)),
      oldInvitations({ tasks: needs.tasks, invitationsOver: args => needs.ask(invitationsOver, args) }),
      chore({ name: 'sweepLimits', everyMs: 600_000, run: needs.sweepLimits }),
      chore({ name: 'sweepMails', everyMs: 3_600_000, run: () => needs.mailing.claims.sweep(30, 1_000) }),
    ],
  }
}

const forAccountMails = ({ ask, mailing, accountTokens, ...more }: ProcessNeeds): AccountMailNeeds => ({
  ...{ mailing, tokens: accountTokens, seal: more.seal, appUrl: more.appUrl },
  ...{ derive: more.derive, throttle: more.throttle },
  invitation: of => openInvitation(ask, of),
  account: userId => ask(accountById, userId),
  accountIdByEmail: email => ask(accountIdByEmail, email),
})

/** What nobody read for a week is not mailed any more. */
const staleMs = 7 * 86_400_000

const said = (delayMs: number) => ({ since: new Date(Date.now() - staleMs), before: new Date(Date.now() - delayMs) })

const forNotify = ({ ask, dispatch, mailing, mailDelayMs, appUrl }: ProcessNeeds): NotifyNeeds => ({
  ...{ dispatch, mailing, appUrl },
  delayMs: mailDelayMs,
  messagesToTell: (userId, ids) => ask(messagesToTell, { userId, ids }),
  unreadToMail: userId => ask(unreadToMail, { userId, since: new Date(Date.now() - staleMs), limit: 50 }),
  readInChat: async (userId, chatId) => {
    const unread = await ask(unreadOfChat, { userId, chatId })
    const read = new Set(
      await ask(messagesRead, { userId, ids: unread.flatMap(n => (n.subjectId ? [n.subjectId] : [])) }),
    )
    return unread.filter(n => read.has(n.subjectId ?? '')).map(n => n.id)
  },
  wantsMessages: async userId => (await ask(preferencesOf, userId)).MESSAGE.includes('EMAIL'),
  unreadChats: userIds => ask(unreadChats, { userIds, ...said(mailDelayMs) }),
  messagesToMail: (userId, parts) => ask(messagesToMail, { userId, parts, ...said(mailDelayMs) }),
  account: userId => ask(accountById, userId),
  isDeleted: async userId => (await ask(usersByIds, [userId]))[0]?.status === 'DELETED',
  namesOf: async ids =>
    new Map((await ask(usersByIds, ids)).flatMap(user => (user ? [[user.id, user.displayName]] : []))),
})

/** Who goes on not reading is mailed what is said in chats once an hour, when notifications wait for two minutes. */
const digestsOf = (needs: ProcessNeeds): Chore => {
  const { account, wantsMessages, unreadChats } = forNotify(needs)
  return digests({
    ...{ account, wantsMessages, unreadChats, claims: needs.mailing.claims, now: Date.now },
    people: (after, limit) => needs.ask(peopleOfChats, { after, limit }),
    order: (id, userId) => needs.tasks.add({ id, reactor: 'notify', kind: 'mail', input: { userId } }),
    everyMs: Math.max(1_000, needs.mailDelayMs * 30),
    roundMs: Math.min(60_000, Math.max(1_000, needs.mailDelayMs)),
  })
}

const forFiles = ({ dispatch, ask, store, files, unusedFileHours }: ProcessNeeds): FilesNeeds => ({
  dispatch,
  files,
  unusedMs: unusedFileHours * 3_600_000,
  rowsAreWhole: async () => {
    const { head } = await store.movedSince(await store.lowWater())
    return (await store.lowWater()) >= head
  },
  openSince: args => ask(openSince, args),
  settledBefore: args => ask(settledBefore, args),
  held: ids => heldOf(ask, ids),
  messagesWith: args => ask(messagesWith, args),
  kept: async ids => {
    const found = await ask(filesByIds, ids)
    return new Set(found.filter(file => file !== null && file.state !== 'REJECTED').map(file => file?.id ?? ''))
  },
})

async function heldOf(ask: ProcessNeeds['ask'], ids: readonly string[]): Promise<ReadonlySet<string>> {
  const holds = await ask(holdsOf, ids)
  const pictures = [await ask(userAvatars, ids), await ask(chatAvatars, { fileIds: ids, userId: null })]
  return new Set([...ids.filter((_, i) => holds[i] === 'now'), ...pictures.flat()])
}

const forFarewell = ({ dispatch, ask, erase }: ProcessNeeds): FarewellNeeds => ({
  dispatch,
  chatIds: args => ask(chatIdsToLeave, args),
  companyIds: userId => ask(companyIdsIn, userId),
  fileIds: args => ask(fileIdsOf, args),
  held: ids => heldOf(ask, ids),
  erase,
})

const forFirstAdmins = ({ dispatch, ask, adminEmails }: ProcessNeeds): FirstAdminsNeeds => ({
  dispatch,
  isNamed: async userId => adminEmails.includes((await ask(accountById, userId))?.email ?? ''),
})

const forErasure = ({ ask, sessions, accountTokens, ...needs }: ProcessNeeds): ErasureNeeds => ({
  ...needs,
  invitationsTo: args => ask(invitationsTo, args),
  forget: async userId => {
    await sessions.forget(userId)
    await accountTokens.drop(userId)
  },
})

const forSignOut = ({ sessions, passwords }: ProcessNeeds): SignOutNeeds => ({
  endSessions: async (userId, openedBefore) => void (await sessions.end(userId, { openedBefore })),
  removePassword: passwords.remove,
})

const forCompanyChats = ({ dispatch, ask }: ProcessNeeds): CompanyChatsNeeds => ({
  dispatch,
  companyChatIds: args => ask(companyChatIds, args),
})

/** An invitation that can be accepted now; null for all others. */
async function openInvitation(ask: ProcessNeeds['ask'], of: { companyId: string; invitationId: string }) {
  const [invitation] = await ask(invitationsByIds, [of.invitationId])
  const [company] = await ask(companiesByIds, [of.companyId])
  if (!invitation?.email || invitation.companyId !== of.companyId) return null
  if (invitation.acceptedAt || invitation.revokedAt || invitation.expiresAt <= new Date()) return null
  if (!company || company.archivedAt) return null
  const [inviter] = invitation.invitedBy ? await ask(usersByIds, [invitation.invitedBy]) : []
  const locale = inviter ? ((await ask(accountById, inviter.id))?.locale ?? null) : null
  return {
    email: invitation.email,
    tokenHash: invitation.tokenHash,
    companyName: company.name,
    inviter: inviter && !inviter.deletedAt ? { name: inviter.displayName, locale } : null,
  }
}

/** What registering with an invitation needs, bound to the queries of companies. */
export const invitesOf = ({
  ask,
  ...needs
}: Omit<InvitesNeeds, 'account' | 'invitation'> & Pick<ProcessNeeds, 'ask'>) =>
  invitesFrom({
    ...needs,
    account: userId => ask(accountById, userId),
    invitation: of => openInvitation(ask, of),
  })
