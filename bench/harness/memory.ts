import type { Child } from './child.ts'

/** Looks at the memory of a process while `work` goes on: bytes at a fifth of it, and the most after that. */
export async function memoryDuring<T>(
  of: Child,
  work: () => Promise<T>,
): Promise<{ value: T; early: number; most: number }> {
  const seen = [of.rss()]
  const timer = setInterval(() => seen.push(of.rss()), 50)
  try {
    const value = await work()
    const fifth = Math.floor(seen.length / 5)
    return { value, early: seen[fifth] ?? 0, most: Math.max(...seen.slice(fifth)) }
  } finally {
    clearInterval(timer)
  }
}
