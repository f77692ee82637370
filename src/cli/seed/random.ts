/** Random numbers that follow from a name alone: the same name, the same numbers. */
export interface Random {
  /** From 0 to 1, without 1. */
  next: () => number
  /** A whole number from 0, without `n`. */
  below: (n: number) => number
  any: <T>(of: readonly T[]) => T
}

/** FNV-1a of the name is where mulberry32 begins. Not for secrets. */
export function randomOf(name: string): Random {
  let state = 0x811c9dc5
  for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return { next, below, any: of => of[below(of.length)] as never }
}
