import type { EncodedEvent, RawEvent } from '../kernel/codec.ts'
import type { Claim } from '../kernel/decider.ts'
import type { RowOp } from '../kernel/projection.ts'

/** What one command wants written: all of it or nothing. */
export interface Append {
  /** Whose key it is (the actor) and the key: the same pair is never carried out twice. */
  scope: string
  command: string
  /** Of the input, without secrets: tells a retry from another use of the key. */
  hash: Buffer
  tenant: string | null
  actor: string | null
  correlation: string | null
  causation: string | null
  stream: string
  /** The revision that the stream must have; null: any; -1: it must not exist. */
  expect: number | null
  /** The revision of the last structural event that was decided on; null: any; -1: none. */
  guard: number | null
  /** Empty for a decision that changes nothing: it leaves its receipt all the same. */
  events: readonly EncodedEvent[]
  claims: readonly Claim[]
  /** For each event the rows of the sync projections; null where they could not be computed, and the worker heals them. */
  rows: readonly (readonly RowOp[])[] | null
}

/** Where a command landed. */
export interface Commit {
  stream: string
  /** Revisions of its first and last event; null when it changed nothing. */
  first: number | null
  last: number | null
  position: bigint | null
  /** Whether the sync projections have it already. */
  projected: boolean
  /** Whether this is the receipt of an earlier call with the same key. */
  again: boolean
}

export type AppendResult =
  | { status: 'ok'; commit: Commit }
  | { status: 'again'; commit: Commit }
  /** The key was used with other input. */
  | { status: 'reused' }
  /** The stream moved on since it was read. */
  | { status: 'conflict' }
  /** Somebody else holds a claimed value. */
  | { status: 'taken'; kind: string }

/** A stream's head: how far it goes (`revision`), its last structural event (`guard`), how far its rows are (`projected`). */
export interface Head {
  revision: number
  guard: number
  projected: number
}

export interface StreamPage {
  events: readonly RawEvent[]
  /** Of the same snapshot; null for a stream that does not exist. */
  head: Head | null
}

/** A folded state as JSON, up to a revision. */
export interface Snapshot {
  revision: number
  state: string
}

/** The log. `position` orders all events as they were committed; a `revision` orders one stream. */
export interface EventStore {
  /** Which log this is: another system, timeline or restore is another epoch, and its positions mean nothing here. */
  epoch: string
  /** Writes one command; concurrent calls are committed as groups, each failing alone. Throws StoreUnavailable when the outcome is unknown. */
  append(command: Append): Promise<AppendResult>
  /** The receipt of a command, or null. */
  receipt(scope: string, command: string): Promise<{ hash: Buffer; commit: Commit } | null>
  /** Events of one stream after a revision (-1: from its start), at most `limit`; `structural`: only those that move the guard. */
  readStream(stream: string, after: number, limit: number, structural?: boolean): Promise<StreamPage>
  /** The same of many streams in one look, in the order they are asked for; without the personal parts, as if erased. */
  readStreams(places: readonly { stream: string; after: number; limit: number }[]): Promise<readonly StreamPage[]>
  /** Single events, by stream and revision, in no order; what is not there is left out. */
  readSome(places: readonly { stream: string; revision: number }[]): Promise<readonly RawEvent[]>
  /** Events of the whole log after a position, at most `limit`, of the named categories (all when absent). */
  readAll(after: bigint, limit: number, categories?: readonly string[]): Promise<readonly RawEvent[]>
  /** Heads of the streams that exist. */
  heads(streams: readonly string[]): Promise<ReadonlyMap<string, Head>>
  /** Whether the rows of a stream stand still until somebody mends something: an event of it cannot be applied. */
  halted(stream: string): Promise<boolean>
  /** The last position such that no sync row will ever be written for an event at or before it: read it before the rows. */
  lowWater(): Promise<bigint>
  /** `lowWater` and the heads of streams, in their order, of one look; all that is asked for in a turn is one look. */
  marked(streams: readonly string[]): Promise<readonly { mark: bigint; head: Head | null }[]>
  /** Streams that got events after a position, and the last position seen. */
  movedSince(after: bigint): Promise<{ streams: readonly string[]; head: bigint }>
  /** The snapshot of a state, if there is one, and the structural events after it, at most `limit`: all of one look. */
  readState(stream: string, schema: string, limit: number): Promise<StreamPage & { snapshot: Snapshot | null }>
  saveSnapshot(stream: string, schema: string, revision: number, state: string): Promise<void>
}

/** The store could not be reached or did not answer: what was asked may or may not have happened. */
export class StoreUnavailable extends Error {
  constructor(cause: unknown) {
    super(`the event store did not answer: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    this.name = 'StoreUnavailable'
  }
}
