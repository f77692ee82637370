import type { RawEvent } from '../kernel/codec.ts'

/** Which events concern whose inbox: `user:<id>` for one person, `chat:<id>` for all who are in a chat. */
export interface AudienceIndex {
  /** Up to which log position the index is complete. */
  lowWater: () => Promise<bigint>
  /** Events of these audiences after a position, in log order, at most `limit`. */
  page: (audiences: readonly string[], after: bigint, limit: number) => Promise<readonly RawEvent[]>
  /** Audiences that got something after a position. */
  movedSince: (after: bigint) => Promise<readonly string[]>
}
