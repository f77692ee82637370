import type { ChatRole } from '../events.ts'

/** `version`: the revision of the event that gave the role. */
export interface Member {
  role: ChatRole
  version: number
}

/**
 * Who is in a chat: a tree of two levels by the last two letters of the user id, so that one change copies a few dozen entries
 * and not all people: the fold of a chat of 5,000 copied each time takes seconds. Plain JSON, as a decider's state has to be.
 */
export type Members = Readonly<Record<string, Readonly<Record<string, Bucket>>>>
type Bucket = Readonly<Record<string, Member>>

const placeOf = (userId: string): [string, string] => [userId.slice(-1), userId.slice(-2, -1)]

function bucketOf(members: Members, userId: string): Bucket {
  const [branch, leaf] = placeOf(userId)
  return members[branch]?.[leaf] ?? {}
}

function withBucket(members: Members, userId: string, bucket: Bucket): Members {
  const [branch, leaf] = placeOf(userId)
  return { ...members, [branch]: { ...members[branch], [leaf]: bucket } }
}

export const memberOf = (members: Members, userId: string): Member | undefined => bucketOf(members, userId)[userId]

export const withMember = (members: Members, userId: string, member: Member): Members =>
  withBucket(members, userId, { ...bucketOf(members, userId), [userId]: member })

export function withoutMember(members: Members, userId: string): Members {
  const { [userId]: _, ...others } = bucketOf(members, userId)
  return withBucket(members, userId, others)
}

const entries = (members: Members): [string, Member][] =>
  Object.values(members).flatMap(branch => Object.values(branch).flatMap(bucket => Object.entries(bucket)))
const all = (members: Members): Member[] => entries(members).map(([, member]) => member)
export const countOf = (members: Members): number => all(members).length
export const ownersOf = (members: Members): number => all(members).filter(m => m.role === 'OWNER').length

const ranks: readonly ChatRole[] = ['OWNER', 'ADMIN', 'MEMBER']

/** Who comes after the last owner: of the highest role whoever has had it for the longest; null where all only read. */
export function heirOf(members: Members): string | null {
  const people = entries(members).filter(([, { role }]) => ranks.includes(role))
  const [first] = people.sort(([, a], [, b]) => ranks.indexOf(a.role) - ranks.indexOf(b.role) || a.version - b.version)
  return first?.[0] ?? null
}
