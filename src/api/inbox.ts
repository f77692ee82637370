import { chatEvents } from '../domain/chat/events.ts'
import {
  ChatArchived,
  ChatCreated,
  type ChatEventView,
  ChatRemoved,
  type ChatRemovedView,
  ChatRestored,
  ChatUpdated,
  toChatEvent,
  UnreadCountChanged,
} from '../domain/chat/graphql/index.ts'
import { chatIdsIn, chatsMoved, participationOf } from '../domain/chat/queries/index.ts'
import { companyEvents } from '../domain/company/events.ts'
import {
  CompanyArchived,
  CompanyJoined,
  CompanyLeft,
  CompanyMemberRoleChanged,
  CompanyUpdated,
  companyFeed,
} from '../domain/company/graphql/index.ts'
import { companyIdsIn } from '../domain/company/queries/index.ts'
import { messageTemplateEvents } from '../domain/messageTemplate/events.ts'
import { notificationEvents } from '../domain/notification/events.ts'
import { NotificationCreated, NotificationsChanged, toNotificationEvent } from '../domain/notification/graphql/index.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import { ProfileUpdated, Viewer, ViewerUpdated } from '../domain/userAccount/graphql/index.ts'
import { builder } from '../graph/builder.ts'
import { type Context, viewerOf } from '../graph/context.ts'
import { type Frame, untold } from '../graph/feed.ts'
import { openFeed, type Told } from '../graph/follow.ts'
import { afterArg, type EndView, type EventView, frameType } from '../graph/stream.ts'
import { type Position, signPosition } from '../graph/tokens.ts'
import { decode, type RawEvent } from '../kernel/codec.ts'
import { categoryOf, idOf } from '../kernel/message.ts'
import { companyTold } from './companies-told.ts'

// The inbox of one person: what happens to their chats, companies and account, over all domains.

const InboxFrame = frameType({
  name: 'Inbox',
  frame: 'One step of an inbox. Without an event it is a heartbeat, or an event that is not for you any more.',
  events: 'What an inbox hears of.',
  types: [
    ChatCreated,
    ChatUpdated,
    ChatArchived,
    ChatRestored,
    ChatRemoved,
    UnreadCountChanged,
    CompanyJoined,
    CompanyLeft,
    CompanyUpdated,
    CompanyArchived,
    CompanyMemberRoleChanged,
    ProfileUpdated,
    ViewerUpdated,
    NotificationCreated,
    NotificationsChanged,
  ],
})
type InboxFrameView = Frame<EventView | EndView>

const inboxFeed = (userId: string) => `user:${userId}`

builder.objectField(Viewer, 'inboxPosition', t =>
  t.field({
    type: 'StreamPosition',
    description: 'Where your inbox was when this was read: subscribe to `inbox` from here and nothing is missed.',
    resolve: (v, _, ctx) => signPosition(ctx.tokens, v.position),
  }),
)

builder.subscriptionField('inbox', t =>
  t.field({
    type: InboxFrame,
    description:
      'What happens to your chats, your companies and your account, from a position on. Without `after`: from now on.',
    args: afterArg('Viewer.inboxPosition'),
    subscribe: (_, { after }, ctx) => follow(ctx, after ?? null),
    resolve: frame => frame,
  }),
)

const pageSize = 100

async function* follow(ctx: Context, after: string | null): AsyncGenerator<InboxFrameView> {
  const { userId } = viewerOf(ctx)
  yield* openFeed(ctx, {
    ...{ feed: inboxFeed(userId), after, foreign: 'This position is not of your inbox.' },
    now: () => ctx.live.audiencePosition(),
    happened: (position, startedAt) => happened(ctx, userId, position, startedAt),
    state: (position, told) => movedChats(ctx, userId, position, told),
  })
}

async function* happened(
  ctx: Context,
  userId: string,
  position: Position,
  startedAt: bigint,
): AsyncGenerator<InboxFrameView, Told> {
  const page = await nextPage(ctx, userId, position.at)
  for (const raw of page.events) {
    position.at = raw.position
    const frame = await toFrame(ctx, userId, raw, { ...position }, raw.position > startedAt)
    if (frame) yield frame
  }
  if (page.events.length) return 'some'
  if (page.upTo > position.at) position.at = page.upTo
  return 'none'
}

interface InboxPage {
  /** How far one is when there is nothing (more) to tell. */
  upTo: bigint
  events: readonly RawEvent[]
}

/** What the index holds for this person, as far as rows show it. */
async function nextPage(ctx: Context, userId: string, after: bigint): Promise<InboxPage> {
  const upTo = await ctx.audience.lowWater()
  if (upTo <= after) return { upTo, events: [] }
  const chatIds = await ctx.ask(chatIdsIn, userId)
  const companyIds = await ctx.ask(companyIdsIn, userId)
  const audiences = [inboxFeed(userId), ...chatIds.map(id => `chat:${id}`), ...companyIds.map(companyFeed)]
  const page = await ctx.audience.page(audiences, after, pageSize)
  const heads = await ctx.store.heads([...new Set(page.map(e => e.stream))])
  const events: RawEvent[] = []
  for (const raw of page) {
    if (raw.revision > (heads.get(raw.stream)?.projected ?? -1)) return { upTo: after, events }
    events.push(raw)
    // What happened next in a chat or company that one was not in when its events were asked for is on the next page.
    const joined = { ParticipantAdded: chatIds, CompanyMemberAdded: companyIds }[raw.type]
    if (joined && !joined.includes(idOf(raw.stream))) return { upTo: after, events }
  }
  return { upTo, events }
}

async function toFrame(
  ctx: Context,
  userId: string,
  raw: RawEvent,
  position: Position,
  live: boolean,
): Promise<InboxFrameView | null> {
  if (categoryOf(raw.stream) === messageTemplateEvents.category) return null // the feed of the company tells it
  if (categoryOf(raw.stream) === companyEvents.category) {
    const told = await companyTold(ctx, userId, raw)
    return told && { position, live, ...told }
  }
  if (categoryOf(raw.stream) === userAccountEvents.category) {
    const event = decode(userAccountEvents, raw)
    const eventType = event.type === 'UserProfileUpdated' ? 'ProfileUpdated' : 'ViewerUpdated'
    const view = { eventType, at: event.at, actorId: event.actor, userId }
    return { position, live, event: view }
  }
  if (categoryOf(raw.stream) === notificationEvents.category)
    return { position, live, event: toNotificationEvent(decode(notificationEvents, raw), userId) }
  const event = toChatEvent(decode(chatEvents, raw))
  const removed = causes[raw.type]
  if (removed) {
    const view: ChatRemovedView = { ...event, eventType: 'ChatRemoved', cause: removed }
    return { position, live, event: view }
  }
  const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [event.chatId] }))[0] !== null
  if (!(await isIn())) return { position, live, event: null }
  const view = raw.type === 'ParticipantAdded' ? { ...event, eventType: 'ChatCreated' } : event
  return { position, live, event: view, stillAllowed: isIn }
}
const causes: Record<string, ChatRemovedView['cause']> = {
  ChatHardDeleted: 'DELETED',
  ParticipantLeft: 'LEFT',
  ParticipantRemoved: 'REMOVED',
}

/** Lines of the chat list are state: the latest of each that moved, then the mark moves. It is read before the rows. */
async function* movedChats(
  ctx: Context,
  userId: string,
  position: Position,
  told: Map<string, bigint>,
): AsyncGenerator<InboxFrameView> {
  const mark = await ctx.store.lowWater()
  const at = new Date()
  for (const { key: chatId } of untold(told, await ctx.ask(chatsMoved, { userId, after: position.mark }))) {
    const event: ChatEventView = { eventType: 'UnreadCountChanged', at, actorId: null, chatId, userId, messageId: '' }
    const isIn = async () => (await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] !== null
    yield { position: { ...position }, live: true, event, stillAllowed: isIn }
  }
  if (mark > position.mark) position.mark = mark
}
