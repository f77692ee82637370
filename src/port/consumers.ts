import type { RawEvent } from '../kernel/codec.ts'
import type { Consumer } from '../kernel/consume.ts'
import type { RowOp } from '../kernel/projection.ts'

/** A stream that a consumer could not go on with, from `revision` on. `error` tells what and where, never a payload. */
export interface DeadLetter {
  consumer: string
  stream: string
  revision: number
  position: bigint
  attempts: number
  error: string
  since: Date
  /** When it is tried again without being asked: 1 s after the first failure, 5 min at most. */
  nextAt: Date
  /** Whether that time has come, by the database's clock. */
  due: boolean
}

/** The consumer under whose name streams stand whose early rows cannot be written. */
export const early = 'early'

/** An event that halts its stream, and why. */
export interface Poison {
  event: Pick<RawEvent, 'stream' | 'revision' | 'position'>
  error: string
}

/** The right to write as a consumer until somebody else takes it: `fence` goes up each time. */
export interface Lease {
  consumer: string
  owner: string
  fence: number
  /** How far the consumer is. */
  position: bigint
}

/** What one page of the log came to. */
export interface Batch {
  to: bigint
  rows: readonly RowOp[]
  /** The event at `to`, when it cannot be applied. */
  poison: Poison | null
}

/** Where consumers of the log stand. All of it throws StoreUnavailable when the database does not answer. */
export interface Consumers {
  /** Makes it known. 'now' is fixed here, the first time, and never again. */
  register: (consumer: Consumer) => Promise<void>
  /** Takes the consumer for 5 s of the database's clock; null while another owner has it. Throws OtherEpoch. */
  claim: (consumer: string, owner: string) => Promise<Lease | null>
  /**
   * Has a consumer that stands at a position of another log go on in this one, where it was: what is restored as a whole holds the
   * log and what was read of it alike. Gives the position; null for one that stands in this log, or is not known.
   */
  continueHere: (consumer: string) => Promise<bigint | null>
  /** Another 5 s; false when it was taken over. */
  renew: (lease: Lease) => Promise<boolean>
  release: (lease: Lease) => Promise<void>
  /** Rows and checkpoint, both or neither; null when the lease was lost: nothing is written. Throws RowsRefused. */
  commit: (consumer: Consumer, lease: Lease, batch: Batch) => Promise<Lease | null>
  /**
   * Goes on with a halted stream, up to the consumer's position. Whoever owns the consumer loses its lease, for its pages
   * were read when the stream was halted. Null: the stream is halted no more. `skip`: passes over the event itself.
   */
  resume: (consumer: Consumer, stream: string, skip?: boolean) => Promise<DeadLetter | null>
}

/** Halted streams of all consumers. */
export interface DeadLetters {
  /** By consumer, the longest halted first. */
  list: (consumer?: string) => Promise<readonly DeadLetter[]>
  /** Notes a failure: a new letter, or one more attempt at the same event. */
  park: (consumer: string, poison: Poison) => Promise<DeadLetter>
  remove: (consumer: string, stream: string) => Promise<void>
}

/** Rows that the append could not write early. */
export interface EarlyRows {
  /** Streams to look at now: behind and not halted, or halted and due again. At most 100. */
  behind: () => Promise<readonly string[]>
  /** Writes the rows of the events after `from` up to `to`; false when somebody else did it before. Throws RowsRefused. */
  heal: (stream: string, from: number, to: number, rows: readonly RowOp[]) => Promise<boolean>
}

/** The database took offense at rows, and will again: its words without the values. */
export class RowsRefused extends Error {
  constructor(why: string) {
    super(`PostgreSQL refused its rows: ${why}`)
    this.name = 'RowsRefused'
  }
}

/** The consumer stands at a position of another log. */
export class OtherEpoch extends Error {
  constructor(consumer: string, its: string, ours: string) {
    super(
      `${consumer} has read the log of epoch ${its}, and this is epoch ${ours}: the database was restored or failed over, ` +
        `so its position may mean other events. It stands still. What to do is said by: wellwon doctor`,
    )
    this.name = 'OtherEpoch'
  }
}
