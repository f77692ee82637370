import { chatEvents } from '../domain/chat/events.ts'
import { ChatCreated, type ChatEventView, toChatEvent } from '../domain/chat/graphql/index.ts'
import { participationOf } from '../domain/chat/queries/index.ts'
import { companyEvents } from '../domain/company/events.ts'
import {
  CompanyArchived,
  CompanyMemberAdded,
  CompanyMemberRemoved,
  CompanyMemberRoleChanged,
  CompanyUpdated,
  companyFeed,
  toCompanyEvent,
} from '../domain/company/graphql/index.ts'
import { memberIdsOf, membershipOf } from '../domain/company/queries/index.ts'
import { messageTemplateEvents } from '../domain/messageTemplate/events.ts'
import {
  TemplateCreated,
  TemplateRemoved,
  TemplateUpdated,
  toTemplateEvent,
} from '../domain/messageTemplate/graphql.ts'
import { userAccountEvents } from '../domain/userAccount/events.ts'
import { ProfileUpdated, profileFeed } from '../domain/userAccount/graphql/index.ts'
import { builder } from '../graph/builder.ts'
import { badInput } from '../graph/connection.ts'
import { type Context, viewerOf } from '../graph/context.ts'
import { endFrame, openFeed, type Told } from '../graph/follow.ts'
import type { Frame } from '../graph/frame.ts'
import { parseGlobalId } from '../graph/node.ts'
import { oneByOne, type Step } from '../graph/seat.ts'
import { afterArg, type EndView, type EventView, frameType } from '../graph/stream.ts'
import type { Position } from '../graph/tokens.ts'
import { decode, type RawEvent } from '../kernel/codec.ts'
import { categoryOf } from '../kernel/message.ts'

// The feed of a company: its details, its people and their names, its templates, and chats of it that the viewer gets into.

const CompanyFrame = frameType({
  name: 'Company',
  frame: 'One step of the feed of a company. Without an event it is a heartbeat, or an event that is not for you.',
  events: 'What can happen in a company.',
  types: [
    CompanyUpdated,
    CompanyArchived,
    CompanyMemberAdded,
    CompanyMemberRoleChanged,
    CompanyMemberRemoved,
    ProfileUpdated,
    TemplateCreated,
    TemplateUpdated,
    TemplateRemoved,
    ChatCreated,
  ],
})
type CompanyFrameView = Frame<EventView | EndView>

builder.subscriptionField('companyEvents', t =>
  t.field({
    type: CompanyFrame,
    description: 'What happens in a company, in order, from a position on. Without `after`: from now on.',
    args: {
      companyId: t.arg.id({ required: true, description: 'Id of a Company that you are a member of.' }),
      ...afterArg('Company.position'),
    },
    subscribe: (_, { companyId, after }, ctx) => oneByOne(follow(ctx, companyId, after ?? null)),
    resolve: frame => frame,
  }),
)

const pageSize = 100
const noCompany = () => badInput('There is no such company.', 'NOT_FOUND')

/** What following a company needs to know all along. */
interface Following {
  ctx: Context
  userId: string
  companyId: string
  /** Whether the viewer is a member, by the rows. */
  isIn: () => Promise<boolean>
}

async function* follow(
  ctx: Context,
  companyGlobalId: string,
  after: string | null,
): AsyncGenerator<Step<EventView | EndView>> {
  const { userId } = viewerOf(ctx)
  const parsed = parseGlobalId(companyGlobalId)
  if (parsed?.type !== 'Company') throw noCompany()
  const companyId = parsed.id
  const isIn = async () => (await ctx.ask(membershipOf, { userId, companyIds: [companyId] }))[0] !== null

  yield* openFeed(
    ctx,
    {
      ...{ feed: companyFeed(companyId), foreign: 'This position is not of this company.' },
      // Chats that the viewer gets into are of their own feed.
      also: wake => ctx.live.watch(`user:${userId}`, wake),
      now: () => ctx.live.audiencePosition(),
      async barred(resumed) {
        if (await isIn()) return null
        if (!resumed) throw noCompany()
        return 'ACCESS_REVOKED'
      },
      happened: (position, startedAt) => happened({ ctx, userId, companyId, isIn }, position, startedAt),
    },
    after,
  )
}

/** A page of the index. Up to `startedAt` rows told that the viewer is in; above it the feed itself does. */
async function* happened(
  { ctx, userId, companyId, isIn }: Following,
  position: Position,
  startedAt: bigint,
): AsyncGenerator<CompanyFrameView, Told> {
  const page = await nextPage(ctx, companyId, userId, position.at)
  for (const raw of page.events) {
    position.at = raw.position
    if (raw.position > startedAt && raw.stream === `company-${companyId}` && isRemovalOf(userId, raw)) {
      yield endFrame(position, 'StreamClosed', 'ACCESS_REVOKED')
      return 'over'
    }
    const event = toView(companyId, userId, raw)
    const chatId = event && 'chatId' in event ? event.chatId : null
    const isInChat = async () => !chatId || (await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] !== null
    if (!event || !(await isInChat())) continue
    const stillAllowed = async () => (await isIn()) && (await isInChat())
    yield { position: { ...position }, live: raw.position > startedAt, event, stillAllowed }
  }
  if (page.events.length) return 'some'
  // The rows know of a removal before the index does.
  if (!(await isIn())) {
    yield endFrame(position, 'StreamClosed', 'ACCESS_REVOKED')
    return 'over'
  }
  if (page.upTo > position.at) position.at = page.upTo
  return 'none'
}

interface CompanyPage {
  /** How far one is when there is nothing (more) to tell. */
  upTo: bigint
  events: readonly RawEvent[]
}

/** What the index holds of the company, its people's names and the viewer, as far as rows show it. */
async function nextPage(ctx: Context, companyId: string, userId: string, after: bigint): Promise<CompanyPage> {
  const upTo = await ctx.audience.lowWater()
  if (upTo <= after) return { upTo, events: [] }
  const members = await ctx.ask(memberIdsOf, companyId)
  const audiences = [companyFeed(companyId), `user:${userId}`, ...members.map(profileFeed)]
  const page = await ctx.audience.page(audiences, after, pageSize)
  const heads = await ctx.store.heads([...new Set(page.map(e => e.stream))])
  const late = page.findIndex(raw => raw.revision > (heads.get(raw.stream)?.projected ?? -1))
  return late < 0 ? { upTo, events: page } : { upTo: after, events: page.slice(0, late) }
}

/** An event of the index as subscribers of this company see it; null for what is of the viewer's other feeds. */
function toView(companyId: string, userId: string, raw: RawEvent): EventView | ChatEventView | null {
  const category = categoryOf(raw.stream)
  if (raw.stream === `company-${companyId}`) return toCompanyEvent(decode(companyEvents, raw))
  if (category === messageTemplateEvents.category) return toTemplateEvent(decode(messageTemplateEvents, raw))
  if (category === userAccountEvents.category && raw.type === 'UserProfileUpdated') {
    const { at, actor, data } = decode(userAccountEvents, raw)
    return { eventType: 'ProfileUpdated', at, actorId: actor, ...(data as { userId: string }) } as EventView
  }
  if (category !== chatEvents.category || raw.type !== 'ParticipantAdded') return null
  const event = decode(chatEvents, raw)
  const added = event.data as { companyId?: string; userId: string }
  if (added.companyId !== companyId || added.userId !== userId) return null
  return { ...toChatEvent(event), eventType: 'ChatCreated' }
}

const isRemovalOf = (userId: string, raw: RawEvent): boolean =>
  raw.type === 'CompanyMemberRemoved' && toCompanyEvent(decode(companyEvents, raw)).userId === userId
