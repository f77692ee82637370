import fc from 'fast-check'
import { newId } from '../../src/kernel/id.ts'

/** What the people of a history know of: ids of what was made, also of what is gone by now, so that they try it all the same. */
export interface World {
  people: { id: string; email: string; handle: string }[]
  /** Whose account is deleted: they ask for nothing any more. */
  gone: Set<string>
  chats: { id: string; by: string; people: string[] }[]
  messages: { id: string; chatId: string; by: string }[]
  files: { id: string; by: string }[]
  companies: { id: string; by: string; people: string[] }[]
  invitations: { id: string; companyId: string; token: string; userId: string }[]
  templates: { id: string; companyId: string; by: string }[]
  /** What went through: to be told again, or undone. */
  went: { type: string; input: Record<string, unknown>; actor: string }[]
}

export const emptyWorld = (): World => ({
  ...{ people: [], gone: new Set(), chats: [], messages: [], files: [] },
  ...{ companies: [], invitations: [], templates: [], went: [] },
})

/** What fast-check drew for one step: numbers, used up one after the other. The smallest ones mean the plainest choice. */
export interface Draw {
  below: (n: number) => number
  /** Whether something with this probability happens; not for the smallest number. */
  chance: (probability: number) => boolean
  any: <T>(of: readonly T[]) => T
  /** Some of them, at most three. */
  some: <T>(of: readonly T[]) => T[]
  /** One that was made, now and then one that nobody ever made. */
  id: (of: readonly { id: string }[]) => string
}

const most = 2 ** 31
const step = fc.array(fc.nat(most - 1), { minLength: 24, maxLength: 24 })
/** The steps of a history, not fewer than this. */
export const stepsOf = (minLength: number) =>
  fc
    .array(step, { minLength, maxLength: 170, size: 'max' })
    .map(steps => Object.assign(steps, { [fc.toStringMethod]: () => `${steps.length} steps` }))

export function drawing(numbers: readonly number[]): Draw {
  let at = 0
  const next = () => numbers[at++ % numbers.length] ?? 0
  const below = (n: number) => (n > 0 ? next() % n : 0)
  const any = <T>(of: readonly T[]): T => of[below(of.length)] as T
  const chance = (probability: number) => next() / most > 1 - probability
  return {
    ...{ below, any, chance },
    some: of => Array.from({ length: below(4) }, () => any(of)),
    id: of => (of.length === 0 || chance(0.04) ? newId() : any(of).id),
  }
}

/** Who does it: mostly who made it, or one of those who are in it; sometimes anybody. */
export function actorOf(world: World, draw: Draw, of: { by: string; people?: string[] } | undefined): string {
  const living = (ids: readonly string[]) => ids.filter(id => !world.gone.has(id))
  const all = living(world.people.map(person => person.id))
  if (!of || draw.chance(0.15)) return draw.any(all)
  const near = living(draw.chance(0.25) && of.people?.length ? of.people : [of.by])
  return near.length ? draw.any(near) : draw.any(all)
}
