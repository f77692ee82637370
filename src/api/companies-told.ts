import { companyEvents } from '../domain/company/events.ts'
import { type CompanyEventView, toCompanyEvent } from '../domain/company/graphql/index.ts'
import { membershipOf } from '../domain/company/queries/index.ts'
import type { Context } from '../graph/context.ts'
import type { Frame } from '../graph/feed.ts'
import { decode, type RawEvent } from '../kernel/codec.ts'

/** What an inbox tells of an event of a company: where one comes or goes, rises or falls, and of the company itself. */
export async function companyTold(
  ctx: Context,
  userId: string,
  raw: RawEvent,
): Promise<Pick<Frame<CompanyEventView>, 'event' | 'stillAllowed'> | null> {
  const event = toCompanyEvent(decode(companyEvents, raw))
  if (event.userId && event.userId !== userId) return null // of others: the feed of the company tells it
  if (raw.type === 'CompanyMemberRemoved') return { event: { ...event, eventType: 'CompanyLeft' } }
  const isIn = async () => (await ctx.ask(membershipOf, { userId, companyIds: [event.companyId] }))[0] !== null
  if (!(await isIn())) return { event: null }
  const eventType = raw.type === 'CompanyMemberAdded' ? 'CompanyJoined' : event.eventType
  return { event: { ...event, eventType }, stillAllowed: isIn }
}
