import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { type Context, viewerOf } from '../../../graph/context.ts'
import { ValidationError } from '../../../graph/errors.ts'
import { DomainEvent, type EventView } from '../../../graph/stream.ts'
import type { Commit } from '../../../port/event-store.ts'
import { Viewer, type ViewerView, viewerView } from './viewer.ts'

// What only its owner sees of an account, and the news of it on all devices.

commandField('updateSettings', {
  description: 'Changes your language or time zone, on all of your devices.',
  input: builder.inputType('UpdateSettingsInput', {
    description: 'What changes; what is left out stays, null clears.',
    fields: t => ({
      locale: t.string({
        description: 'A language tag (BCP 47) such as `ru-RU`; it is kept in its canonical spelling.',
      }),
      timeZone: t.string({ description: 'The name of a time zone (IANA) such as `Europe/Moscow`.' }),
    }),
  }),
  payload: payloadType<{ viewer: ViewerView; commit: Commit }>('UpdateSettingsPayload', t => ({
    viewer: t.field({ type: Viewer, description: 'You, as you are set now.', resolve: p => p.viewer }),
  })),
  errors: [ValidationError],
  resolve: async ({ locale, timeZone }, ctx) => {
    const { userId } = viewerOf(ctx)
    const commit = await command(ctx, userId, 'UpdateSettings', { userId, locale, timeZone })
    return { viewer: await you(ctx), commit }
  },
})

/** In one's own inbox: something changed that only oneself sees of one's account. */
export const ViewerUpdated = builder.objectRef<EventView>('ViewerUpdated').implement({
  description: 'Your account changed: its settings, or what it may do.',
  interfaces: [DomainEvent],
  fields: t => ({
    viewer: t.field({ type: Viewer, description: 'You, as you are now.', resolve: (_, __, ctx) => you(ctx) }),
  }),
})

async function you(ctx: Context): Promise<ViewerView> {
  const viewer = await viewerView(ctx, viewerOf(ctx).userId)
  if (!viewer) throw new Error('an account without its row')
  return viewer
}
