import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { type Bench, type Goal, isReached, type Result } from '../bench.ts'

const file = new URL('../results.json', import.meta.url).pathname

export interface Report {
  machine: Record<string, string | number>
  results: Record<string, Result>
}

/** What was measured last; null before the first time. */
export const readResults = (): Report | null => (existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null)

/** Writes what was measured over what was there of the same names; others stay as they are. */
export function writeResults(machine: Report['machine'], results: Report['results']): void {
  const all = { ...readResults()?.results, ...results }
  writeFileSync(file, `${JSON.stringify({ machine, results: all }, null, 2)}\n`)
}

export function goalOf(goal: Goal | null): string {
  if (!goal) return ''
  const { of, atLeast, atMost } = goal
  return `${of === 'ours' ? 'ours ' : ''}${atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`}`
}

/** A table for people, in Markdown. Figures have three digits that count. */
export function table(benches: readonly Bench[], results: Report['results']): string {
  const rows = benches.flatMap(bench =>
    Object.entries(bench.goals).flatMap(([name, goal]) => {
      const result = results[name]
      if (!result) return []
      const { ratio, ours, reference, spread } = result
      const reached = goal ? (isReached(goal, result) ? 'yes' : 'no') : ''
      return `| \`${name}\` | ${short(ours)} | ${short(reference)} | ${goal?.unit ?? bench.unit} | ${short(ratio)} | ${Math.round(spread * 100)}% | ${goalOf(goal)} | ${reached} |`
    }),
  )
  return [
    '| result | ours | reference | unit | ratio | spread | goal | reached |',
    '|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n')
}

const short = (n: number): string => n.toLocaleString('en-US', { maximumSignificantDigits: 3 })
