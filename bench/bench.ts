import type { Context } from './harness/context.ts'

/** One round: our figure, and that of the limit or the peer, in the same unit. */
export interface Measured {
  ours: number
  reference: number
}

/** What must be reached: by the ratio of ours to the reference, or by our figure alone. */
export interface Goal {
  of: 'ratio' | 'ours'
  atLeast?: number
  atMost?: number
  /** When it is not the bench's. */
  unit?: string
}

export interface Bench {
  /** What it measures together, by the names of the results; null: for information. */
  goals: Readonly<Record<string, Goal | null>>
  /** Of `ours` and `reference`. */
  unit: string
  /** When three take too long. */
  rounds?: number
  /** What is compared with what, in one sentence. */
  method: string
  /** Sets everything up; what it gives measures one round. What was started is ended by the context. */
  open: (context: Context) => Promise<Round>
}
export type Round = () => Promise<Record<string, Measured>>

/** The median over the rounds; `spread`: from the lowest ratio to the highest, as a part of the median. */
export interface Result extends Measured {
  ratio: number
  spread: number
}

export const ratioAtLeast = (atLeast: number): Goal => ({ of: 'ratio', atLeast })
export const ratioAtMost = (atMost: number, unit?: string): Goal => ({ of: 'ratio', atMost, ...(unit ? { unit } : {}) })
export const oursAtMost = (atMost: number, unit?: string): Goal => ({ of: 'ours', atMost, ...(unit ? { unit } : {}) })

export const isReached = (goal: Goal | null, result: Result): boolean =>
  !goal || (result[goal.of] >= (goal.atLeast ?? -Infinity) && result[goal.of] <= (goal.atMost ?? Infinity))

export function resultOf(rounds: readonly Measured[]): Result {
  const ratios = rounds.map(({ ours, reference }) => ours / reference)
  const ratio = median(ratios)
  return {
    ratio,
    ours: median(rounds.map(round => round.ours)),
    reference: median(rounds.map(round => round.reference)),
    spread: (Math.max(...ratios) - Math.min(...ratios)) / (ratio || 1),
  }
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  const at = (i: number) => sorted[i] ?? Number.NaN
  const middle = sorted.length / 2
  return sorted.length % 2 ? at(Math.floor(middle)) : (at(middle - 1) + at(middle)) / 2
}
