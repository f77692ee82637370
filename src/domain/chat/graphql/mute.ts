import { builder, viewerField } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Batch, load, viewerOf } from '../../../graph/context.ts'
import { NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { idOf } from '../../../graph/node.ts'
import type { Commit } from '../../../port/event-store.ts'
import { type MuteView, mutesOf } from '../queries/index.ts'
import { answeredChat, Chat, type ChatView } from './chat.ts'

// Muting is the reader's own: nobody else sees it.

const mutes: Batch<string, MuteView | null> = (ctx, chatIds) =>
  ctx.ask(mutesOf, { userId: viewerOf(ctx).userId, chatIds })

builder.objectFields(Chat, t => ({
  muted: t.boolean({
    ...viewerField,
    description: 'Whether you muted it: it does not count in your totals, and nothing of it is notified.',
    resolve: async (c, _, ctx) => (await load(ctx, mutes, c.id)) !== null,
  }),
  mutedUntil: t.field({
    ...viewerField,
    type: 'DateTime',
    nullable: true,
    description: 'Until when you muted it; null when you did not, or for good.',
    resolve: async (c, _, ctx) => (await load(ctx, mutes, c.id))?.until ?? null,
  }),
}))

export const MuteChatPayload = payloadType<{ chat: ChatView; commit: Commit }>('MuteChatPayload', t => ({
  chat: t.field({ type: Chat, description: 'The chat, muted.', resolve: p => p.chat }),
}))
commandField('muteChat', {
  description: 'Mutes a chat for you: it does not count in your totals, and nothing of it is notified.',
  input: builder.inputType('MuteChatInput', {
    description: 'Which chat, and until when.',
    fields: t => ({
      chatId: t.id({ required: true, description: 'Id of the Chat.' }),
      until: t.field({ type: 'DateTime', description: 'Until when; for good when left out.' }),
    }),
  }),
  payload: MuteChatPayload,
  errors: [ValidationError, NotFoundError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const chatId = idOf('Chat', input.chatId)
    const wanted = { chatId, userId, until: input.until?.toISOString() ?? null }
    const commit = await command(ctx, userId, 'MuteChat', wanted)
    return { chat: await answeredChat(ctx, chatId), commit }
  },
})

export const UnmuteChatPayload = payloadType<{ chat: ChatView; commit: Commit }>('UnmuteChatPayload', t => ({
  chat: t.field({ type: Chat, description: 'The chat, not muted.', resolve: p => p.chat }),
}))
commandField('unmuteChat', {
  description: 'Takes a chat out of the muted ones.',
  input: builder.inputType('UnmuteChatInput', {
    description: 'Which chat.',
    fields: t => ({ chatId: t.id({ required: true, description: 'Id of the Chat.' }) }),
  }),
  payload: UnmuteChatPayload,
  errors: [NotFoundError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const chatId = idOf('Chat', input.chatId)
    const commit = await command(ctx, userId, 'UnmuteChat', { chatId, userId })
    return { chat: await answeredChat(ctx, chatId), commit }
  },
})
