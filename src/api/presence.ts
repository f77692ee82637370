import { peopleMetBy } from '../domain/chat/queries/index.ts'
import { Presence, presenceNow, presenceOf, User, users } from '../domain/userAccount/graphql/index.ts'
import { builder, viewerField } from '../graph/builder.ts'
import { type Batch, type Context, load, viewerOf } from '../graph/context.ts'
import { heartbeatMs, isOver, rest, untilWoken } from '../graph/feed.ts'
import { atMost, parseGlobalId } from '../graph/node.ts'

// Who is there, and who may know: yourself and those whom you share a chat with. For all others it is as if it were not known.

/** Of some people, those whose presence the viewer may know. */
async function knowable(ctx: Context, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const { userId } = viewerOf(ctx)
  const met = await ctx.ask(peopleMetBy, { userId, userIds })
  return new Set([...met, ...userIds.filter(id => id === userId)])
}

const whomIMayKnow: Batch<string, boolean> = async (ctx, userIds) => {
  const known = await knowable(ctx, userIds)
  return userIds.map(id => known.has(id))
}

builder.objectField(User, 'presence', t =>
  t.field({
    ...viewerField,
    type: Presence,
    nullable: true,
    description:
      'Whether they are there, for people who share a chat with them; null for others, and while it is not known.',
    resolve: async (user, _, ctx) =>
      !user.deletedAt && (await load(ctx, whomIMayKnow, user.id)) ? presenceNow(ctx, user.id) : null,
  }),
)

interface PresenceFrame {
  userIds: readonly string[]
}

const PresenceChanged = builder.objectRef<PresenceFrame>('PresenceChanged').implement({
  description: 'How people are there: those whose state changed since the last time.',
  fields: t => ({
    users: t.field({
      type: [User],
      description: 'Who, with their presence as it is now.',
      resolve: async (frame, _, ctx) => {
        const views = await Promise.all(frame.userIds.map(id => load(ctx, users, id)))
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
      'Whether people are there: first all of them, then once a second at most those whose state changed. People whom you share no chat with are left out.',
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
      if (changed.length || first) yield { userIds: changed.map(({ id }) => id) }
      first = false
      const toldAt = Date.now()
      await waiter.next(Math.min(heartbeatMs, ...views.map(({ view }) => (view?.ms ?? heartbeatMs) + 1)))
      await rest(ctx, toldAt + tellEveryMs - Date.now())
    }
  } finally {
    waiter.stop()
  }
}
