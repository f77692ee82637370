import type { Consumer } from '../kernel/consume.ts'
import type { Table } from '../kernel/projection.ts'

/** Tables that follow from the log alone: a projection's, or a consumer's. */
export interface Derived {
  name: string
  /** Whose gate counts: early rows stand where their stream's `projected` is, a consumer's where its checkpoint is. */
  gate: 'early' | 'consumer'
  tables: readonly Table[]
  /** Categories of the streams it reads; null: all. */
  categories: readonly string[] | null
  handle: Consumer['handle']
}

/** One run of a rebuild; a later run takes the place of an earlier one. */
export interface Run {
  fence: number
}

/** Makes tables anew beside the living ones, then puts them in their place. Throws StoreUnavailable, RebuildHalted. */
export interface Rebuilds {
  /** New, empty tables; with `resume`, those of a run that was interrupted, as far as they are. */
  open: (of: Derived, resume: boolean) => Promise<Run>
  /** Applies the next events to the new tables; for good, when it returns. `head` is the log's last position. */
  advance: (of: Derived, run: Run) => Promise<{ position: bigint; head: bigint }>
  /** Puts the new tables in the place of the old, at one moment. False: somebody was in the way; try again in a moment. */
  swap: (of: Derived, run: Run) => Promise<boolean>
}

/** One table against the log. */
export interface TableCheck {
  table: string
  rows: number
  /** md5 over the ordered rows: as they are, and as the log says. */
  hash: string
  expected: string
  /** The first row that differs, by key, and its columns that do; no values. Null when the hashes are equal. */
  difference: { key: string; columns: readonly string[] } | null
}

export interface VerifyOptions {
  /** Told after each page: how far the fold of one of them is. */
  onProgress?: (name: string, position: bigint, head: bigint) => void
  /** Ends it after the page under way: throws the signal's reason. */
  signal?: AbortSignal
}

/** Compares tables with a fold of the log, at one moment, while everybody goes on. Leaves nothing behind. */
export type Verify = (of: readonly Derived[], options?: VerifyOptions) => Promise<readonly TableCheck[]>

/** The rebuild cannot go on, and the old tables stay. */
export class RebuildHalted extends Error {
  override name = 'RebuildHalted'
}
