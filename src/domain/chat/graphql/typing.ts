import { builder } from '../../../graph/builder.ts'
import { commandField } from '../../../graph/command-field.ts'
import { badInput } from '../../../graph/connection.ts'
import { type Context, Refused, viewerOf } from '../../../graph/context.ts'
import { ForbiddenError, NotFoundError } from '../../../graph/errors.ts'
import { heartbeatMs, isOver, rest, untilWoken } from '../../../graph/feed.ts'
import type { Frame } from '../../../graph/frame.ts'
import { globalId, idOf, parseGlobalId } from '../../../graph/node.ts'
import { pace } from '../../../graph/pace.ts'
import { reject } from '../../../kernel/reject.ts'
import { permissionsOf } from '../chat.ts'
import { participationOf } from '../queries/index.ts'
import { answeredChat, chatFeed, myPart } from './chat.ts'

// Who writes right now. It is nobody's history: it lives in the ephemeral store for a few seconds and is never in the log.

export const typingMs = 5_000
const tellEveryMs = 500
const typingIn = (chatId: string) => `typing:${chatId}`
/** A client that tells of each key would tell this often at most. */
const paced = pace(100, 10_000)

commandField('setTyping', {
  description:
    'Says that you are writing in a chat, for five seconds: say it again while you do, every three seconds or so. Sending ends it. Null when it could not be told.',
  input: builder.inputType('SetTypingInput', {
    description: 'Where you write.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      active: t.boolean({ required: true, description: 'True: you are writing; false: not any more.' }),
    }),
  }),
  payload: builder.objectRef<{ expiresAt: Date }>('SetTypingPayload').implement({
    description: 'It is told.',
    fields: t => ({
      expiresAt: t.field({
        type: 'DateTime',
        description: 'Until when others see it, unless you say it again.',
        resolve: p => p.expiresAt,
      }),
    }),
  }),
  errors: [NotFoundError, ForbiddenError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    paced(userId)
    const chatId = idOf('Chat', input.chatId)
    const chat = await answeredChat(ctx, chatId)
    const part = await myPart(ctx, chatId)
    if (!part || !permissionsOf({ kind: chat.kind, archived: chat.archivedAt !== null }, part.role).canSend)
      throw new Refused(reject('FORBIDDEN', 'You may not write in this chat.'))
    const expiresAt = new Date(Date.now() + (input.active ? typingMs : 0))
    const told = input.active
      ? await ctx.ephemeral.put(typingIn(chatId), userId, expiresAt.toISOString(), typingMs)
      : await ctx.ephemeral.remove(typingIn(chatId), [userId])
    return told ? { expiresAt } : null
  },
})

/** Who has sent what they wrote writes it no more. Nobody waits for this. */
export function stopTyping(ctx: Context, chatId: string): void {
  void ctx.ephemeral.remove(typingIn(chatId), [viewerOf(ctx).userId])
}

interface TypingView extends Pick<Frame<never>, 'stillAllowed'> {
  chatId: string
  userId: string
  active: boolean
  expiresAt: Date
}

/** Its `user` is added in the edges. */
export const TypingChanged = builder.objectRef<TypingView>('TypingChanged').implement({
  description: 'Somebody began to write, goes on, or stopped: the latest of each person.',
  fields: t => ({
    chatId: t.id({ description: 'Id of the Chat.', resolve: e => globalId('Chat', e.chatId) }),
    active: t.exposeBoolean('active', { description: 'Whether they are writing.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When to stop showing it if nothing else is told; the server tells that as well.',
      resolve: e => e.expiresAt,
    }),
  }),
})

builder.subscriptionField('typing', t =>
  t.field({
    type: TypingChanged,
    description:
      'Who else writes in a chat: those who do now first, then each change. It cannot be resumed, tells nothing while it is not known, and completes when you are not in the chat any more.',
    args: { chatId: t.arg.id({ required: true, description: 'Id of a Chat that you are in.' }) },
    subscribe: (_, { chatId }, ctx) => follow(ctx, chatId),
    resolve: view => view,
  }),
)

const noChat = () => badInput('There is no such chat.', 'NOT_FOUND')

async function* follow(ctx: Context, chatGlobalId: string): AsyncGenerator<TypingView> {
  const { userId: me } = viewerOf(ctx)
  const parsed = parseGlobalId(chatGlobalId)
  if (parsed?.type !== 'Chat') throw noChat()
  const chatId = parsed.id
  const stillIn = watchMembership(ctx, chatId, me)
  const waiter = untilWoken(ctx, chatFeed(chatId), wake => ctx.ephemeral.watch([typingIn(chatId)], wake))
  try {
    if (!(await stillIn())) throw noChat()
    const told = new Map<string, Date>()
    while (!isOver(ctx)) {
      if (!(await stillIn())) return
      const lookedAt = Date.now()
      const living = await ctx.ephemeral.read(typingIn(chatId))
      const others = living?.filter(({ member }) => member !== me) ?? []
      const changes: Omit<TypingView, 'chatId' | 'stillAllowed'>[] = []
      for (const { member: userId, value } of others) {
        const expiresAt = new Date(value)
        if (told.get(userId)?.getTime() === expiresAt.getTime()) continue
        told.set(userId, expiresAt)
        changes.push({ userId, active: true, expiresAt })
      }
      for (const [userId, expiresAt] of told) {
        // While the store is away nothing is known but that what was told comes to its end.
        const goesOn = living ? others.some(({ member }) => member === userId) : expiresAt.getTime() > lookedAt
        if (goesOn) continue
        told.delete(userId)
        changes.push({ userId, active: false, expiresAt: new Date(lookedAt) })
      }
      for (const change of changes) yield { ...change, chatId, stillAllowed: stillIn }
      const ends = living
        ? others.map(({ ms }) => ms)
        : [...told.values()].map(expiresAt => expiresAt.getTime() - Date.now())
      await waiter.next(Math.max(0, Math.min(heartbeatMs, ...ends.map(ms => ms + 1))))
      await rest(ctx, lookedAt + (changes.length ? tellEveryMs : 0) - Date.now())
    }
  } finally {
    waiter.stop()
  }
}

/** Whether somebody is in a chat; asked often, so that it looks only when the guard of the chat has moved since the last yes. */
function watchMembership(ctx: Context, chatId: string, userId: string): () => Promise<boolean> {
  let sure = -1
  return async () => {
    const head = await ctx.live.head(`chat-${chatId}`)
    if (!head) return false
    if (head.guard === sure) return true
    if ((await ctx.ask(participationOf, { userId, chatIds: [chatId] }))[0] === null) return false
    if (head.projected >= head.guard) sure = head.guard // or its rows are still to come: they are looked at again
    return true
  }
}
