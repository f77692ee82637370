import {
  ChatArchived,
  ChatCreated,
  type ChatEventView,
  ChatRemoved,
  ChatRestored,
  ChatUpdated,
  UnreadCountChanged,
} from '../domain/chat/graphql/index.ts'
import { chatIdsIn, chatsMoved, participationOf } from '../domain/chat/queries/index.ts'
import {
  CompanyArchived,
  CompanyJoined,
  CompanyLeft,
  CompanyMemberRoleChanged,
  CompanyUpdated,
  companyFeed,
} from '../domain/company/graphql/index.ts'
import { companyIdsIn } from '../domain/company/queries/index.ts'
import { NotificationCreated, NotificationsChanged } from '../domain/notification/graphql/index.ts'
import { ProfileUpdated, Viewer, ViewerUpdated } from '../domain/userAccount/graphql/index.ts'
import { builder } from '../graph/builder.ts'
import { type Context, viewerOf } from '../graph/context.ts'
import { untold } from '../graph/feed.ts'
import { openFeed, type Told } from '../graph/follow.ts'
import { oneByOne, type Step } from '../graph/seat.ts'
import { afterArg, type EndView, type EventView, frameType } from '../graph/stream.ts'
import { type Position, signPlace } from '../graph/tokens.ts'
import type { RawEvent } from '../kernel/codec.ts'
import { idOf } from '../kernel/message.ts'
import { type InboxFrameView, inboxTold } from './inbox-told.ts'

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
const inboxFeed = (userId: string) => `user:${userId}`

builder.objectField(Viewer, 'inboxPosition', t =>
  t.field({
    type: 'StreamPosition',
    description: 'Where your inbox was when this was read: subscribe to `inbox` from here and nothing is missed.',
    resolve: (v, _, ctx) => signPlace(ctx.tokens, v),
  }),
)

builder.subscriptionField('inbox', t =>
  t.field({
    type: InboxFrame,
    description:
      'What happens to your chats, your companies and your account, from a position on. Without `after`: from now on.',
    args: afterArg('Viewer.inboxPosition'),
    subscribe: (_, { after }, ctx) => oneByOne(follow(ctx, after ?? null)),
    resolve: frame => frame,
  }),
)

const pageSize = 100

async function* follow(ctx: Context, after: string | null): AsyncGenerator<Step<EventView | EndView>> {
  const { userId } = viewerOf(ctx)
  yield* openFeed(
    ctx,
    {
      ...{ feed: inboxFeed(userId), foreign: 'This position is not of your inbox.' },
      now: () => ctx.live.audiencePosition(),
      happened: (position, startedAt) => happened(ctx, userId, position, startedAt),
      state: (position, told) => movedChats(ctx, userId, position, told),
    },
    after,
  )
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
    const told = await inboxTold(ctx, userId, raw)
    if (told) yield { position: { ...position }, live: raw.position > startedAt, ...told }
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
