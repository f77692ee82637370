import type { ChatRole } from '../events.ts'

/** `version`: the revision of the event that gave the role. */
export interface Member {
  role: ChatRole
  version: number
}

interface Person extends Member {
  userId: string
}

/**
 * Who is in a chat, in short lists by the end of the user id, so that one change copies one of them and not all people: the fold
 * of a chat of 5,000 copied each time takes seconds. Lists, for an object whose keys are ids costs several times as much to
 * copy. Plain JSON, as a decider's state has to be.
 */
export type Members = readonly (readonly Person[])[]

const lists = 64
export const nobodyIn: Members = Array<readonly Person[]>(lists).fill([])

const placeOf = (userId: string): number => Number.parseInt(userId.slice(-2), 16) % lists

/** With one list changed: those in it but `userId`, and whoever is `added`. */
function changed(members: Members, userId: string, added: readonly Person[]): Members {
  const at = placeOf(userId)
  const others = (members[at] ?? []).filter(one => one.userId !== userId)
  const all = members.slice() // `with` takes many times as long in Node 20
  all[at] = others.concat(added)
  return all
}

export const memberOf = (members: Members, userId: string): Member | undefined =>
  members[placeOf(userId)]?.find(one => one.userId === userId)

export const withMember = (members: Members, userId: string, { role, version }: Member): Members =>
  changed(members, userId, [{ userId, role, version }])

export const withoutMember = (members: Members, userId: string): Members => changed(members, userId, [])

export const countOf = (members: Members): number => members.flat().length
export const ownersOf = (members: Members): number => members.flat().filter(m => m.role === 'OWNER').length

const ranks: readonly ChatRole[] = ['OWNER', 'ADMIN', 'MEMBER']

/** Who comes after the last owner: of the highest role whoever has had it for the longest; null where all only read. */
export function heirOf(members: Members): string | null {
  const people = members.flat().filter(({ role }) => ranks.includes(role))
  const [first] = people.sort((a, b) => ranks.indexOf(a.role) - ranks.indexOf(b.role) || a.version - b.version)
  return first?.userId ?? null
}
