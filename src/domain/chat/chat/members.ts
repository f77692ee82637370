import type { ChatRole } from '../events.ts'

/** `version`: the revision of the event that gave the role. */
export interface Member {
  role: ChatRole
  version: number
}

/**
 * Who is in a chat. In buckets by the end of the user id, so that one change copies a few people and not all of them:
 * the fold of a chat of 5,000 copied each time takes seconds. Plain JSON, as a decider's state has to be.
 */
export type Members = Readonly<Record<string, Readonly<Record<string, Member>>>>

const bucketOf = (userId: string) => userId.slice(-2)

export const memberOf = (members: Members, userId: string): Member | undefined => members[bucketOf(userId)]?.[userId]

export const withMember = (members: Members, userId: string, member: Member): Members => {
  const bucket = bucketOf(userId)
  return { ...members, [bucket]: { ...members[bucket], [userId]: member } }
}

export function withoutMember(members: Members, userId: string): Members {
  const bucket = bucketOf(userId)
  const { [userId]: _, ...others } = members[bucket] ?? {}
  return { ...members, [bucket]: others }
}

const all = (members: Members): Member[] => Object.values(members).flatMap(bucket => Object.values(bucket))
export const countOf = (members: Members): number => all(members).length
export const ownersOf = (members: Members): number => all(members).filter(m => m.role === 'OWNER').length

const ranks: readonly ChatRole[] = ['OWNER', 'ADMIN', 'MEMBER']

/** Who comes after the last owner: of the highest role whoever has had it for the longest; null where all only read. */
export function heirOf(members: Members): string | null {
  const people = Object.values(members)
    .flatMap(bucket => Object.entries(bucket))
    .filter(([, { role }]) => ranks.includes(role))
  const [first] = people.sort(([, a], [, b]) => ranks.indexOf(a.role) - ranks.indexOf(b.role) || a.version - b.version)
  return first?.[0] ?? null
}
