/** A value that is there for `ms` more milliseconds. */
export interface Living {
  member: string
  value: string
  ms: number
}

/**
 * What is true for a moment and nobody's history: who types, who is there. Under a key each member has a value with a time
 * to live, after which it is gone by itself. None of this throws, and none waits for long: while the store is away, what is
 * written is lost (false) and what is read is unknown (null).
 */
export interface Ephemeral {
  /** Sets a member's value for `ms`, and wakes who watches the key when that changes it: an equal one just lives longer. */
  put(key: string, member: string, value: string, ms: number): Promise<boolean>
  /** Takes members away before their time, and wakes who watches the key when one was there. */
  remove(key: string, members: readonly string[]): Promise<boolean>
  /** What lives under a key now. */
  read(key: string): Promise<readonly Living[] | null>
  /** Calls `wake` when something under one of the keys may have changed; not when a value ends in its time. Returns the way out. */
  watch(keys: readonly string[], wake: () => void): () => void
  close(): Promise<void>
}
