import { chatEvents } from '../domain/chat/events.ts'
import { type ChatRemovedView, toChatEvent } from '../domain/chat/graphql/index.ts'
import { participationOf } from '../domain/chat/queries/index.ts'
import { companyEvents } from '../domain/company/events.ts'
import { toCompanyEvent } from '../domain/company/graphql/index.ts'
import { membershipOf } from '../domain/company/queries/index.ts'
import { messageTemplateEvents } from '../domain/messageTemplate/events.ts'
import { notificationEvents } from '../domain/notification/events.ts'
import { toNotificationEvent } from '../domain/notification/graphql/index.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import type { Context } from '../graph/context.ts'
import type { Frame } from '../graph/frame.ts'
import type { EndView, EventView } from '../graph/stream.ts'
import { decode, type RawEvent } from '../kernel/codec.ts'
import { categoryOf } from '../kernel/message.ts'

export type InboxFrameView = Frame<EventView | EndView>
type Told = Pick<InboxFrameView, 'event' | 'stillAllowed'>

/** What an inbox tells of an event of the index; null: there is no frame for it. */
export async function inboxTold(ctx: Context, userId: string, raw: RawEvent): Promise<Told | null> {
  const category = categoryOf(raw.stream)
  if (category === messageTemplateEvents.category) return null // the feed of the company tells it
  if (category === companyEvents.category) return companyTold(ctx, userId, raw)
  if (category === userAccountEvents.category) return accountTold(userId, raw)
  if (category === notificationEvents.category)
    return { event: toNotificationEvent(decode(notificationEvents, raw), userId) }
  return chatTold(ctx, userId, raw)
}

/** Of a company: where one comes or goes, rises or falls, and of the company itself. */
async function companyTold(ctx: Context, userId: string, raw: RawEvent): Promise<Told | null> {
  const event = toCompanyEvent(decode(companyEvents, raw))
  if (event.userId && event.userId !== userId) return null // of others: the feed of the company tells it
  if (raw.type === 'CompanyMemberRemoved') return { event: { ...event, eventType: 'CompanyLeft' } }
  const isIn = async () => (await ctx.ask(membershipOf, { userId, companyIds: [event.companyId] }))[0] !== null
  if (!(await isIn())) return { event: null }
  const eventType = raw.type === 'CompanyMemberAdded' ? 'CompanyJoined' : event.eventType
  return { event: { ...event, eventType }, stillAllowed: isIn }
}

function accountTold(userId: string, raw: RawEvent): Told {
  const { type, at, actor } = decode(userAccountEvents, raw)
  const eventType = type === 'UserProfileUpdated' ? 'ProfileUpdated' : 'ViewerUpdated'
  const view = { eventType, at, actorId: actor, userId }
  return { event: view }
}

async function chatTold(ctx: Context, userId: string, raw: RawEvent): Promise<Told> {
  const event = toChatEvent(decode(chatEvents, raw))
  const cause = causes[raw.type]
  if (cause) {
    const view: ChatRemovedView = { ...event, eventType: 'ChatRemoved', cause }
    return { event: view }
  }
  const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [event.chatId] }))[0] !== null
  if (!(await isIn())) return { event: null }
  const view = raw.type === 'ParticipantAdded' ? { ...event, eventType: 'ChatCreated' } : event
  return { event: view, stillAllowed: isIn }
}
const causes: Record<string, ChatRemovedView['cause']> = {
  ChatHardDeleted: 'DELETED',
  ParticipantLeft: 'LEFT',
  ParticipantRemoved: 'REMOVED',
}
