import { type Issue, type Rejection, reject } from '../../../kernel/reject.ts'
import type { MessageEntity } from '../events.ts'
import { type Members, memberOf } from './members.ts'

const most = 50

/**
 * Whom a text mentions: those who are named, and those of its entities. Only people of the chat; in an edit also those
 * whom the message mentions already, though they have left since.
 */
export function mentionsOf(
  members: Members,
  named: readonly string[],
  entities: readonly MessageEntity[],
  already: readonly string[] = [],
): readonly string[] | Rejection {
  const isStranger = (id: string) => !memberOf(members, id) && !already.includes(id)
  const issues = [
    ...named.map((id, i) => ({ id, path: ['mentionedUserIds', `${i}`] })),
    ...entities.map(({ userId }, i) => ({ id: userId, path: ['entities', `${i}`, 'userId'] })),
  ].flatMap(({ id, path }): Issue[] =>
    id && isStranger(id)
      ? [{ path, code: 'INVALID_INPUT', message: 'Only people of this chat can be mentioned.' }]
      : [],
  )
  if (issues.length) return reject('INVALID_INPUT', 'Only people of this chat can be mentioned.', { issues })
  const all = [...new Set([...named, ...entities.flatMap(({ userId }) => userId ?? [])])]
  if (all.length <= most) return all
  const message = `A message mentions at most ${most} people.`
  return reject('LIMIT_EXCEEDED', message, {
    issues: [{ path: ['mentionedUserIds'], code: 'LIMIT_EXCEEDED', message }],
  })
}

export const sameIds = (some: readonly string[], others: readonly string[]): boolean => some.join() === others.join()

const written = ({ kind, offset, length, url, userId }: MessageEntity) =>
  JSON.stringify([kind, offset, length, url, userId])
export const sameEntities = (some: readonly MessageEntity[], others: readonly MessageEntity[]): boolean =>
  sameIds(some.map(written), others.map(written))
