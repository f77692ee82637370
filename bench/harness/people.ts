import { postgresSessions } from '../../src/adapter/postgres/sessions.ts'
import { createAuth } from '../../src/api/auth.ts'
import { createTokens } from '../../src/graph/tokens.ts'
import { nobody } from '../../src/kernel/id.ts'
import { type House, keyFor } from './house.ts'

// Who there is in a bench's database. Ids are made of numbers, so that any process knows them.

const numbered = (kind: number, i: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(i).padStart(12, '0')}`
export const userAt = (i: number): string => numbered(1, i)
export const chatAt = (i: number): string => numbered(2, i)

/** Runs `each` for the numbers from 0, so many at a time. */
export async function forAll(count: number, each: (i: number) => Promise<unknown>, together = 100): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let i = next++; i < count; i = next++) await each(i)
  }
  await Promise.all(Array.from({ length: together }, lane))
}

export const makeUsers = ({ does }: House, count: number): Promise<void> =>
  forAll(count, i => {
    const named = { email: `person${i}@example.org`, handle: `person${i}`, displayName: `Person ${i}` }
    return does('CreateUserAccount', nobody, { userId: userAt(i), ...named })
  })

/** Opens group `i` with these people; the first is its owner. */
export async function makeChat({ does }: House, i: number, people: readonly number[]): Promise<void> {
  const [owner = '', ...others] = people.map(userAt)
  const chatId = chatAt(i)
  await does('CreateChat', owner, { chatId, kind: 'GROUP', title: `Chat ${i}`, participantIds: others.slice(0, 100) })
  for (let from = 100; from < others.length; from += 100)
    await does('AddParticipants', owner, { chatId, participantIds: others.slice(from, from + 100), role: 'MEMBER' })
}

/** Signs the first people in; gives their access tokens, good for hours. */
export async function signIn({ database, epoch }: House, count: number): Promise<string[]> {
  const sessions = postgresSessions(database.db, 30)
  const tokens = createTokens(keyFor('tokens'), epoch)
  const auth = createAuth({ secret: keyFor('access'), accessSeconds: 36_000, sessions, tokens })
  const made: string[] = []
  await forAll(count, async i => {
    const { accessToken } = await auth.issue(await sessions.open(userAt(i), 'bench', null))
    made[i] = accessToken
  })
  return made
}
