import { type Rejection, reject, rejectField } from '../../../kernel/reject.ts'
import { fillIn } from '../../../kernel/template.ts'
import { Text } from '../commands.ts'

/** A template with its variables put in, as a message's text; or what is missing, unknown or too long. */
export function filledIn(
  kept: { body: string } | null,
  { templateId, variables }: { templateId: string; variables: readonly { name: string; value: string }[] },
): string | Rejection {
  if (!kept)
    return reject('NOT_FOUND', 'There is no such message template.', {
      missing: [{ type: 'MessageTemplate', id: templateId }],
    })
  const filled = fillIn(kept.body, variables)
  if (typeof filled !== 'string') {
    const issues = [
      ...filled.missing.map(name => ({ name, message: `"${name}" is missing.` })),
      ...filled.unknown.map(name => ({ name, message: `The template has no variable "${name}".` })),
      ...filled.repeated.map(name => ({ name, message: `"${name}" is given more than once.` })),
    ].map(({ name, message }) => ({ path: ['variables', name], code: 'INVALID_INPUT' as const, message }))
    return reject('INVALID_INPUT', 'The variables do not fit the template.', { issues })
  }
  const { data, error } = Text.safeParse(filled)
  return data ?? rejectField('variables', `Filled in: ${error?.issues[0]?.message ?? 'it is no text.'}`)
}
