import { type RawEvent, UnreadableEvent } from './codec.ts'
import type { RowOp, Table } from './projection.ts'

/** Something that follows the log, event by event, and writes rows of its own tables. */
export interface Consumer {
  name: string
  /** Where it begins: at the first event, or at what comes after its first registration. */
  start: 'beginning' | 'now'
  tables: readonly Table[]
  /** Woken after its rows are committed. */
  topic?: string
  /** The rows of one event; the same ones each time. Throws for an event that it cannot go on with. */
  handle: (event: RawEvent) => readonly RowOp[]
}

/** Rows of events in order, up to the first that throws. */
export interface Folded {
  rows: readonly RowOp[]
  /** How many events went well; the next one is the poison, if there is one. */
  good: number
  poison: { event: RawEvent; error: string } | null
}

/** Applies `handle` to events until one of them throws. Streams of `halted` are passed over. */
export function fold(
  handle: Consumer['handle'],
  events: readonly RawEvent[],
  halted: ReadonlySet<string> = new Set(),
): Folded {
  const rows: RowOp[] = []
  for (const [good, event] of events.entries()) {
    if (halted.has(event.stream)) continue
    try {
      rows.push(...handle(event))
    } catch (error) {
      return { rows, good, poison: { event, error: faultOf(error) } }
    }
  }
  return { rows, good: events.length, poison: null }
}

/**
 * What went wrong and where, in words fit for a table and a log. Only errors that are known to hold no payload speak for
 * themselves; of others (a JSON parser quotes its input) only the name and the place in the code are told.
 */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is not an Error was thrown'
  if (error instanceof UnreadableEvent || error.name === 'RowsRefused') return error.message
  const frame = error.stack?.split('\n').find(line => /^\s+at /.test(line) && !line.includes('node_modules'))
  const place = frame?.match(/((?:src|test)\/[^()]*:\d+):\d+\)?$/)?.[1]
  return place ? `${error.name} at ${place}` : error.name
}
