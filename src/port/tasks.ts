/** A task that is to be done now, and held by this process for a minute. */
export interface HeldTask {
  id: string
  reactor: string
  kind: string
  input: unknown
  /** When its event happened. */
  at: Date
  /** 1 for the first try. */
  attempt: number
  /** Goes up with each holder: who held it before cannot finish it any more. */
  fence: number
}

/** A task as the operator sees it: who waits, and why. */
export interface TaskState {
  id: string
  reactor: string
  kind: string
  at: Date
  dueAt: Date
  attempts: number
  /** What and where, never a payload; null before the first failure. */
  error: string | null
  /** Since when it is given up and waits for the operator. */
  failedAt: Date | null
}

/** What processes still have to do. All of it throws StoreUnavailable when the database does not answer. */
export interface Tasks {
  /** One more task, at once, that no event leads to. Nothing happens when there is one with this id. */
  add: (task: { id: string; reactor: string; kind: string; input: unknown }) => Promise<void>
  /** Takes tasks of these reactors that are due, at most `limit`: those whose event is at or before `rowsTo`, or is 10 s old. */
  claim: (reactors: readonly string[], rowsTo: bigint, limit: number) => Promise<readonly HeldTask[]>
  /** It is done. */
  finish: (task: HeldTask) => Promise<void>
  /** It is not done yet, and was no failure: it comes again at that moment. */
  postpone: (task: HeldTask, dueAt: Date) => Promise<void>
  /** It failed: it comes again after a while, twice as long each time, 5 min at most; with `final` it waits for the operator. */
  fail: (task: HeldTask, error: string, final: boolean) => Promise<void>
  /** Those that failed at least once, the oldest first; at most 1,000. */
  failing: () => Promise<readonly TaskState[]>
  /** How many wait in all, and since when the one longest due. */
  waiting: () => Promise<{ count: number; since: Date | null }>
  /** Tries a failed task again at once, or takes it away for good. False: there is no such task. */
  retry: (id: string) => Promise<boolean>
  drop: (id: string) => Promise<boolean>
}
