import { builder } from '../../../graph/builder.ts'
import { command, commandField } from '../../../graph/command-field.ts'
import { Refused, viewerOf } from '../../../graph/context.ts'
import { NotFoundError } from '../../../graph/errors.ts'
import { globalId, idOf } from '../../../graph/node.ts'
import { reject } from '../../../kernel/reject.ts'

commandField('endSession', {
  description: 'Signs one of your devices out, this one or another. Its sockets close within a second.',
  input: builder.inputType('EndSessionInput', {
    description: 'Which device.',
    fields: t => ({ sessionId: t.id({ required: true, description: 'Id of a Session of yours.' }) }),
  }),
  payload: builder.objectRef<{ sessionId: string }>('EndSessionPayload').implement({
    description: 'It is signed out.',
    fields: t => ({
      removedSessionId: t.id({
        description: 'The session that ended.',
        resolve: p => globalId('Session', p.sessionId),
      }),
    }),
  }),
  errors: [NotFoundError],
  resolve: async (input, ctx) => {
    const { userId } = viewerOf(ctx)
    const sessionId = idOf('Session', input.sessionId)
    const [ended] = await ctx.sessions.end(userId, { only: sessionId })
    if (!ended)
      throw new Refused(
        reject('NOT_FOUND', 'There is no such session.', { missing: [{ type: 'Session', id: sessionId }] }),
      )
    await command(ctx, userId, 'EndSession', { userId, sessionId })
    return { sessionId }
  },
})
