/** A signed-in device. `generation` counts the refresh tokens that were used. */
export interface Session {
  id: string
  userId: string
  deviceName: string | null
  generation: number
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
}

/** Sessions are state, not history: they live outside the log. */
export interface Sessions {
  /** `place`: where the request came from, a keyed hash. */
  open: (userId: string, deviceName: string | null, place: string | null) => Promise<Session>
  /** Whether a session of the account began at this place in the last 90 days. */
  knows: (userId: string, place: string) => Promise<boolean>
  /**
   * Uses refresh token number `generation` of a session. The last one stays good until its successor is first used, so that
   * a lost answer signs nobody out; an older one was stolen or replayed, and ends the session. Null: not good (any more).
   */
  use: (id: string, generation: number) => Promise<Session | null>
  /** The live sessions of an account, the last used first. */
  list: (userId: string) => Promise<readonly Session[]>
  /** Ends sessions of an account (all, all but one, one, or those of before a moment) and answers with their ids. */
  end: (userId: string, which: { only?: string; except?: string; openedBefore?: Date }) => Promise<readonly string[]>
  /** Takes the sessions of an account away, also those that ended: nothing tells any more where and when they were. */
  forget: (userId: string) => Promise<void>
  /** Which of these sessions are live. */
  live: (ids: readonly string[]) => Promise<ReadonlySet<string>>
}

/** Password hashes: never in an event, a log line or an answer. */
export interface Passwords {
  set: (userId: string, password: string) => Promise<void>
  /** Takes the same time for an account that does not exist (null). */
  verify: (userId: string | null, password: string) => Promise<boolean>
  remove: (userId: string) => Promise<void>
}

/** Turns passwords into hashes that are slow to guess from. */
export interface Hasher {
  hash: (password: string) => Promise<string>
  verify: (hash: string, password: string) => Promise<boolean>
}
