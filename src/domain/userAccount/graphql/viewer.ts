import { builder } from '../../../graph/builder.ts'
import { type Batch, type Context, load, unauthenticated, viewerOf } from '../../../graph/context.ts'
import { Node, nodeType } from '../../../graph/node.ts'
import type { Placed } from '../../../graph/tokens.ts'
import type { Session } from '../../../port/sessions.ts'
import type { PlatformRole } from '../events.ts'
import { type AccountView, accountById } from '../queries.ts'
import { User, users } from './user.ts'

export interface ViewerView extends AccountView, Placed {
  nodeType: 'Viewer'
}
export interface SessionView extends Session {
  nodeType: 'Session'
}

export const PlatformRoleEnum = builder.enumType('PlatformRole', {
  description: 'What an account may do on the platform.',
  values: {
    ADMIN: { description: 'Everything.' },
    MANAGER: { description: 'Team, reports, tasks.' },
    AGENT: { description: 'Tickets, own tasks, chat.' },
    USER: { description: 'Chat and own data.' },
  } satisfies Record<(typeof PlatformRole.options)[number], { description: string }>,
})

export const SessionNode = builder.objectRef<SessionView>('Session').implement({
  description: 'A signed-in device.',
  interfaces: [Node],
  fields: t => ({
    deviceName: t.exposeString('deviceName', { nullable: true, description: 'What the login called it.' }),
    current: t.boolean({
      description: 'Whether it is the one that asks.',
      resolve: (s, _, ctx) => ctx.viewer?.sessionId === s.id,
    }),
    lastUsedAt: t.field({
      type: 'DateTime',
      description: 'When its tokens were last renewed.',
      resolve: s => s.lastUsedAt,
    }),
    createdAt: t.field({ type: 'DateTime', description: 'When it signed in.', resolve: s => s.createdAt }),
    expiresAt: t.field({ type: 'DateTime', description: 'When it ends by itself.', resolve: s => s.expiresAt }),
  }),
})

/** The account of who asks; null for a token whose account is gone. */
export async function viewerView(ctx: Context, userId: string): Promise<ViewerView | null> {
  const place = ctx.asksPosition ? { position: { feed: `user:${userId}`, ...(await ctx.live.audiencePosition()) } } : {}
  const account = await load(ctx, accounts, userId)
  return account ? { ...account, nodeType: 'Viewer', ...place } : null
}
const accounts: Batch<string, AccountView | null> = (ctx, ids) => Promise.all(ids.map(id => ctx.ask(accountById, id)))

export const Viewer = builder.objectRef<ViewerView>('Viewer').implement({
  description: 'You: the account of the access token, as only its owner sees it.',
  interfaces: [Node],
  fields: t => ({
    user: t.field({
      type: User,
      description: 'You, as others see you.',
      resolve: async (v, _, ctx) => {
        const user = await load(ctx, users, v.id)
        if (!user) throw new Error('an account without its row')
        return user
      },
    }),
    platformRole: t.field({
      type: PlatformRoleEnum,
      description: 'What you may do on the platform.',
      resolve: v => v.platformRole,
    }),
    email: t.exposeString('email', { description: 'Your e-mail address.' }),
    emailVerifiedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is known to be yours; null until you open the link that was mailed to you.',
      resolve: v => v.emailVerifiedAt,
    }),
    locale: t.exposeString('locale', {
      nullable: true,
      description: 'Your language, such as `ru-RU` (BCP 47); null: as your device says.',
    }),
    timeZone: t.exposeString('timeZone', {
      nullable: true,
      description: 'Your time zone, such as `Europe/Moscow` (IANA); null: as your device says.',
    }),
    sessions: t.field({
      type: [SessionNode],
      complexity: { field: 1, multiplier: 10 },
      description: 'Your signed-in devices, the last used first.',
      resolve: async (v, _, ctx) => (await ctx.sessions.list(v.id)).map(s => ({ ...s, nodeType: 'Session' as const })),
    }),
  }),
})

nodeType('Viewer', async (ctx, id) => {
  const { userId } = viewerOf(ctx)
  return id === userId ? viewerView(ctx, userId) : null
})
nodeType('Session', async (ctx, id) => {
  const session = (await ctx.sessions.list(viewerOf(ctx).userId)).find(s => s.id === id)
  return session ? { ...session, nodeType: 'Session' } : null
})

builder.queryField('viewer', t =>
  t.field({
    type: Viewer,
    nullable: true,
    description: 'You. Null when no token was sent.',
    resolve: async (_, __, ctx) => {
      if (!ctx.viewer && !ctx.tokenProblem) return null
      const viewer = await viewerView(ctx, viewerOf(ctx).userId)
      if (!viewer) throw unauthenticated('This account is deleted.')
      return viewer
    },
  }),
)
