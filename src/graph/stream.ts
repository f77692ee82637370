import { builder } from './builder.ts'

/** An event that ends a feed. */
export interface EndView {
  eventType: 'StreamReset' | 'StreamClosed'
  reason: EndReason
}
export type EndReason = 'POSITION_EXPIRED' | 'POSITION_UNKNOWN' | 'TOO_MANY_MISSED' | 'ACCESS_REVOKED' | 'DELETED'

/** An event on its way to subscribers. */
export interface EventView {
  eventType: string
  at: Date
  /** Whose doing it was; null: the system's. */
  actorId: string | null
}

const StreamEndReason = builder.enumType('StreamEndReason', {
  description: 'Why a feed ended.',
  values: {
    POSITION_EXPIRED: { description: 'The position is too old to go on from.' },
    POSITION_UNKNOWN: { description: 'The position is of another log: the server was restored or moved.' },
    TOO_MANY_MISSED: { description: 'So much was missed that querying anew is cheaper.' },
    ACCESS_REVOKED: { description: 'You are not in it any more.' },
    DELETED: { description: 'It was deleted.' },
  },
})

export const StreamReset = builder.objectRef<EndView>('StreamReset').implement({
  description: 'The feed cannot go on from there: query anew, and subscribe from the position of that answer.',
  fields: t => ({ reason: t.field({ type: StreamEndReason, description: 'Why.', resolve: e => e.reason }) }),
})
export const StreamClosed = builder.objectRef<EndView>('StreamClosed').implement({
  description: 'The feed is over for you.',
  fields: t => ({ reason: t.field({ type: StreamEndReason, description: 'Why.', resolve: e => e.reason }) }),
})

/** What every event has. Its `actor` is added in the edges, where users are known. */
export const DomainEvent = builder.interfaceRef<EventView>('DomainEvent').implement({
  description: 'Something that happened.',
  resolveType: view => view.eventType,
  fields: t => ({
    occurredAt: t.field({ type: 'DateTime', description: 'When.', resolve: e => e.at }),
  }),
})
