import { builder } from '../../../graph/builder.ts'
import { commandField } from '../../../graph/command-field.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { ValidationError } from '../../../graph/errors.ts'
import { pace } from '../../../graph/pace.ts'

// Who is there. It is nobody's history: each session tells for a minute at a time, and it is never in the log.

type PresenceState = 'ONLINE' | 'AWAY' | 'OFFLINE'

/** How somebody is there, over all of their sessions. `ms`: when that may end by itself. */
export interface PresenceView {
  state: PresenceState
  lastSeenAt: Date | null
  ms: number
}

const presenceMs = 60_000
const seenMs = 30 * 86_400_000
const paced = pace(60, 10_000)

/** Under it each session of an account says how it is there. */
export const presenceOf = (userId: string): string => `presence:${userId}`
const seenOf = (userId: string) => `seen:${userId}`

const PresenceStateEnum = builder.enumType('PresenceState', {
  description: 'Whether somebody is there.',
  values: {
    ONLINE: { description: 'There, on at least one device.' },
    AWAY: { description: 'Signed in and doing something else, on all devices.' },
    OFFLINE: { description: 'Not there.' },
  } satisfies Record<PresenceState, { description: string }>,
})

export const Presence = builder.objectRef<PresenceView>('Presence').implement({
  description: 'Whether somebody is there, over all of their devices.',
  fields: t => ({
    state: t.field({ type: PresenceStateEnum, description: 'How they are there now.', resolve: p => p.state }),
    lastSeenAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When they were last ONLINE; null when that is longer ago than is remembered (30 days).',
      resolve: p => p.lastSeenAt,
    }),
  }),
})

commandField('setPresence', {
  description:
    'Says how you are there on this device, for a minute: say it again every half a minute. Null when it could not be told.',
  input: builder.inputType('SetPresenceInput', {
    description: 'How you are there.',
    fields: t => ({ state: t.field({ type: PresenceStateEnum, required: true, description: 'On this device.' }) }),
  }),
  payload: builder.objectRef<{ expiresAt: Date }>('SetPresencePayload').implement({
    description: 'It is told.',
    fields: t => ({
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when it counts, unless you say it again.',
        resolve: p => p.expiresAt,
      }),
    }),
  }),
  errors: [ValidationError],
  resolve: async ({ state }, ctx) => {
    const { userId, sessionId } = viewerOf(ctx)
    paced(userId)
    const now = new Date()
    if (state === 'ONLINE') await ctx.ephemeral.put(seenOf(userId), 'at', now.toISOString(), seenMs)
    const told =
      state === 'OFFLINE'
        ? await ctx.ephemeral.remove(presenceOf(userId), [sessionId])
        : await ctx.ephemeral.put(presenceOf(userId), sessionId, state, presenceMs)
    return told ? { expiresAt: new Date(now.getTime() + (state === 'OFFLINE' ? 0 : presenceMs)) } : null
  },
})

/** How somebody is there; null while it is not known. Whoever asks has to be allowed to know: that is not looked at here. */
export async function presenceNow(ctx: Context, userId: string): Promise<PresenceView | null> {
  const [sessions, seen] = await Promise.all([
    ctx.ephemeral.read(presenceOf(userId)),
    ctx.ephemeral.read(seenOf(userId)),
  ])
  if (!sessions || !seen) return null
  const states = sessions.map(({ value }) => value)
  const state = states.includes('ONLINE') ? 'ONLINE' : states.length ? 'AWAY' : 'OFFLINE'
  const last = seen[0]?.value
  const ms = Math.min(Number.POSITIVE_INFINITY, ...sessions.map(one => one.ms))
  return { state, lastSeenAt: last ? new Date(last) : null, ms }
}
