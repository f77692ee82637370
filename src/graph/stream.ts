import type { ObjectRef } from '@pothos/core'
import { builder, type Types } from './builder.ts'
import type { Frame } from './frame.ts'
import { signPosition } from './tokens.ts'

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

/** A kind of feed, as the schema tells of it. */
interface FeedType {
  /** `Chat` makes `ChatEvent` and `ChatFrame`. */
  name: string
  /** Description of the frame. */
  frame: string
  /** Description of the event. */
  events: string
  /** What can happen; what ends a feed is added. */
  types: readonly ObjectRef<Types, EventView>[]
}

/** `<Name>Event` and `<Name>Frame`: what every subscriber to a resumable feed gets. Gives the frame. */
export function frameType({ name, frame, events, types }: FeedType) {
  const event = builder.unionType(`${name}Event`, {
    description: events,
    types: [...types, StreamReset, StreamClosed],
    resolveType: view => view.eventType as never,
  })
  return builder.objectRef<Frame<EventView | EndView>>(`${name}Frame`).implement({
    description: frame,
    fields: t => ({
      position: t.field({
        type: 'StreamPosition',
        description: 'Where you are after this frame: go on from here.',
        resolve: (f, _, ctx) => signPosition(ctx.tokens, f.position),
      }),
      live: t.exposeBoolean('live', { description: 'False while what was missed is replayed.' }),
      event: t.field({ type: event, nullable: true, description: 'What happened.', resolve: f => f.event }),
    }),
  })
}

/** The argument `after` of a resumable feed. `position`: the field that gives its first one. */
export const afterArg = (position: string) =>
  builder.args(t => ({
    after: t.field({
      type: 'StreamPosition',
      description: `The last position that you have: of a frame, or of \`${position}\`.`,
    }),
  }))
