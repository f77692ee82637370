/** How often something may be done with one key: `points` times in the `seconds` that begin with the first. */
export interface Limit {
  name: string
  points: number
  seconds: number
}

/** Counts what may be done only so often. Keys may be personal: they are kept as keyed hashes, and for as long as they count. */
export interface Throttle {
  /** Counts one more. Null: it may be done; otherwise from when on it may be tried again. */
  take: (limit: Limit, key: string) => Promise<Date | null>
  /** It was harmless: it counts no more. */
  giveBack: (limit: Limit, key: string) => Promise<void>
  /** Nothing of this key counts any more. */
  forget: (limit: Limit, key: string) => Promise<void>
  close: () => void
}
