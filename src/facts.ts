import { pairOf } from './domain/chat/chat.ts'
import {
  chatsByIds,
  directChat,
  filesSeenBy,
  messageFacts,
  participationOf,
  pinCount,
  reactionFacts,
} from './domain/chat/queries/index.ts'
import { companiesByIds, companyFacts, membershipOf, soleOwnerOf } from './domain/company/queries/index.ts'
import { openUploads, ownPicture, sendableFiles } from './domain/file/queries.ts'
import { templatesByIds } from './domain/messageTemplate/queries.ts'
import type { ReadTarget } from './domain/notification/commands.ts'
import { unreadNotifications } from './domain/notification/queries.ts'
import {
  accountById,
  accountIdByEmail,
  adminsBeside,
  knownUsers,
  platformRoleOf,
} from './domain/userAccount/queries.ts'
import type { Query } from './graph/context.ts'
import type { FactProviders } from './kernel/dispatch.ts'

/** A command about a chat, as far as its company is concerned. */
interface OfCompany {
  chatId: string
  companyId?: string | null
  participantIds?: readonly string[]
  userId?: string
}

type Ask = <Args, View>(query: Query<Args, View>, args: Args) => Promise<View>

async function standing(ask: Ask, companyId: string, userId: string) {
  const [member] = await ask(membershipOf, { userId, companyIds: [companyId] })
  const [company] = await ask(companiesByIds, [companyId])
  return member && company ? { role: member.role, archived: company.archivedAt !== null } : null
}

/** Facts that commands ask for, each bound to the queries of its owner. */
export const factsFrom = (ask: Ask): FactProviders => ({
  knownUsers: ({ participantIds }: { participantIds: string[] }) => ask(knownUsers, participantIds),
  isKnownUser: async ({ userId }: { userId: string | null }) =>
    userId !== null && (await ask(knownUsers, [userId])).length > 0,
  accountOfEmail: ({ email }: { email: string }) => ask(accountIdByEmail, email),
  emailOfActor: async (_: unknown, actor) => (await ask(accountById, actor))?.email ?? null,
  platformRole: (_: object, actor) => ask(platformRoleOf, actor),
  soleOwnerOf: ({ userId }: { userId: string }) => ask(soleOwnerOf, userId),
  admins: ({ userId }: { userId: string }) => ask(adminsBeside, userId),
  company: async (of: OfCompany, actor) => {
    const companyId = of.companyId ?? (await ask(chatsByIds, [of.chatId]))[0]?.companyId
    const userIds = [actor, ...(of.participantIds ?? []), ...(of.userId ? [of.userId] : [])]
    return companyId ? ask(companyFacts, { companyId, userIds }) : null
  },
  directChat: ({ kind, participantIds }: { kind: string; participantIds: string[] }, actor) => {
    const other = participantIds.find(id => id !== actor)
    return kind === 'DIRECT' && other ? ask(directChat, pairOf(actor, other)) : Promise.resolve(null)
  },
  message: ({ messageId }: { messageId: string }) => ask(messageFacts, messageId),
  reactions: ({ messageId }: { messageId: string }, userId) => ask(reactionFacts, { messageId, userId }),
  pinCount: ({ chatId }: { chatId: string }) => ask(pinCount, chatId),
  replyTo: ({ replyToId }: { replyToId: string | null }) =>
    replyToId ? ask(messageFacts, replyToId) : Promise.resolve(null),
  participation: async ({ chatId }: { chatId: string }, actor) =>
    (await ask(participationOf, { userId: actor, chatIds: [chatId] }))[0]?.role ?? null,
  companyStanding: ({ companyId }: { companyId: string }, actor) => standing(ask, companyId, actor),
  template: async ({ template: wanted }: { template: { templateId: string } | null }, actor) => {
    const [template] = wanted ? await ask(templatesByIds, [wanted.templateId]) : []
    const usable = template && !template.removedAt && (await standing(ask, template.companyId, actor))
    return usable ? { body: template.body } : null
  },
  sendableFiles: ({ fileIds }: { fileIds: string[] }, actor) =>
    fileIds.length ? ask(sendableFiles, { ownerId: actor, ids: fileIds }) : Promise.resolve([]),
  ownPicture: async ({ avatarFileId }: { avatarFileId?: string | null }, actor) =>
    avatarFileId ? ask(ownPicture, { ownerId: actor, id: avatarFileId }) : false,
  fileSeen: async ({ fileId }: { fileId: string }, actor) =>
    (await ask(filesSeenBy, { userId: actor, fileIds: [fileId] })).length > 0,
  unreadNotifications: (of: { userId: string; target: ReadTarget }) => ask(unreadNotifications, of),
  openUploads: (_: object, actor) => ask(openUploads, actor),
})
