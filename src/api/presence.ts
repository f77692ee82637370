import { peopleMetBy } from '../domain/chat/queries/index.ts'
import { colleaguesAmong } from '../domain/company/queries/index.ts'
import {
  Presence,
  type PresenceView,
  presenceNow,
  presenceOf,
  User,
  users,
} from '../domain/userAccount/graphql/index.ts'
import { builder, viewerField } from '../graph/builder.ts'
import { type Batch, type Context, load, prime, viewerOf } from '../graph/context.ts'
import { heartbeatMs, isOver, rest, untilWoken } from '../graph/feed.ts'
import { atMost, parseGlobalId } from '../graph/node.ts'

// Who is there, and who may know: yourself and those whom you share a chat or a company with. For all others it is as if it were not known.

/** Of some people, those whose presence the viewer may know. */
async function knowable(ctx: Context, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { userId } = viewerOf(ctx)
  const among = { userId, userIds }
  const [met, colleagues] = await Promise.all([ctx.ask(peopleMetBy, among), ctx.ask(colleaguesAmong, among)])
  return new Set([...met, ...colleagues, ...userIds.filter(id => id === userId)])
}

const whomIMayKnow: Batch<string, boolean> = async (ctx, userIds) => {
  const known = await knowable(ctx, userIds)
  return userIds.map(id => known.has(id))
}

const presences: Batch<string, PresenceView | null> = (ctx, userIds) =>
  Promise.all(userIds.map(id => presenceNow(ctx, id)))

builder.objectField(User, 'presence', t =>
  t.field({
    ...viewerField,
    type: Presence,
    nullable: true,
    description:
      'Whether they are there, for people who share a chat or a company with them; null for others, and while it is not known.',
    resolve: async (user, _, ctx) =>
      !user.deletedAt && (await load(ctx, whomIMayKnow, user.id)) ? load(ctx, presences, user.id) : null,
  }),
)

interface PresenceFrame {
  people: readonly { id: string; view: PresenceView | null }[]
}

const PresenceChanged = builder.objectRef<PresenceFrame>('PresenceChanged').implement({
  description: 'How people are there: those whose state changed since the last time.',
  fields: t => ({
    users: t.field({
      type: [User],
      description: 'Who, with their presence as it is now.',
      resolve: async (frame, _, ctx) => {
        // As it was when it was found to be another: read again, it could be told and then changed back without a word.
        for (const { id, view } of frame.people) prime(ctx, presences, id, view)
        const views = await Promise.all(frame.people.map(({ id }) => load(ctx, users, id)))
        return views.filter(view => view !== null)
      },
    }),
  }),
})

builder.subscriptionField('presence', t =>
  t.field({
    type: PresenceChanged,
    complexity: ({ userIds }) => ({ field: 1, multiplier: userIds.length }),
    description:
      'Whether people are there: first all of them, then once a second at most those whose state changed. People whom you share neither a chat nor a company with are left out.',
    args: { userIds: t.arg.idList({ required: true, description: 'Ids of Users, at most 100.' }) },
    subscribe: (_, { userIds }, ctx) => follow(ctx, userIds),
    resolve: frame => frame,
  }),
)

const tellEveryMs = 1_000

async function* follow(ctx: Context, globalIds: readonly string[]): AsyncGenerator<PresenceFrame> {
  viewerOf(ctx)
  const parsed = atMost(100, 'userIds', globalIds).map(parseGlobalId)
  const ids = [...new Set(parsed.flatMap(one => (one?.type === 'User' ? [one.id] : [])))]
  const waiter = untilWoken(ctx, null, wake => ctx.ephemeral.watch(ids.map(presenceOf), wake))
  try {
    const told = new Map<string, string | null>()
    let first = true
    while (!isOver(ctx)) {
      const known = await knowable(ctx, ids)
      const views = await Promise.all([...known].map(async id => ({ id, view: await presenceNow(ctx, id) })))
      const changed = views.filter(({ id, view }) => told.get(id) !== (view?.state ?? null))
      for (const { id, view } of changed) told.set(id, view?.state ?? null)
      for (const id of told.keys()) if (!known.has(id)) told.delete(id)
      if (changed.length || first) yield { people: changed }
      first = false
      const toldAt = Date.now()
      await waiter.next(Math.min(heartbeatMs, ...views.map(({ view }) => (view?.ms ?? heartbeatMs) + 1)))
      await rest(ctx, toldAt + tellEveryMs - Date.now())
    }
  } finally {
    waiter.stop()
  }
}
