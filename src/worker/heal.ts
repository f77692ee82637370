import type { RawEvent } from '../kernel/codec.ts'
import { type Consumer, fold } from '../kernel/consume.ts'
import { type DeadLetters, type EarlyRows, early, type Poison, RowsRefused } from '../port/consumers.ts'
import type { EventStore } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'

export interface Healing {
  store: EventStore
  rows: EarlyRows
  letters: DeadLetters
  handle: Consumer['handle']
  log: Log
}

const pageSize = 200

/** Looks once at all streams whose early rows were missed and are due. True when there are more. */
export async function healAll(healing: Healing, signal: AbortSignal): Promise<boolean> {
  const streams = await healing.rows.behind()
  for (const stream of streams) await heal(healing, stream, signal)
  return streams.length >= 100
}

/**
 * Brings a stream's rows up to its head, page by page; an event that cannot be applied halts it with a dead letter.
 * Several workers may do this at once: a page counts only from where the stream's rows really are. True: it is whole.
 */
export async function heal(healing: Healing, stream: string, signal?: AbortSignal): Promise<boolean> {
  const { store, letters, log } = healing
  const projected = async () => (await store.heads([stream])).get(stream)?.projected ?? -1
  while (!signal?.aborted) {
    const from = await projected()
    const { events } = await store.readStream(stream, from, pageSize)
    if (events.length === 0) {
      await letters.remove(early, stream)
      return true
    }
    const { to, poison } = await healPage(healing, stream, from, events)
    // A worker with newer code may have gone past the event meanwhile: then it is poison no more.
    if (!poison || (await projected()) > to) continue
    const { revision, attempts, error, nextAt } = await letters.park(early, poison)
    log.error(
      { stream, revision, attempts, error, nextAt },
      'a stream is halted: the rows of an event cannot be written',
    )
    return false
  }
  return false
}

/** Passes over one event that stands in the way: it will have no rows. True: the rest of the stream went well. */
export async function skipEarly(healing: Healing, stream: string, revision: number): Promise<boolean> {
  await healing.rows.heal(stream, revision - 1, revision, [])
  return heal(healing, stream)
}

/** Writes the rows of events up to the first that cannot be applied; `to` is the last one that was. */
async function healPage(
  healing: Healing,
  stream: string,
  from: number,
  events: readonly RawEvent[],
): Promise<{ to: number; poison: Poison | null }> {
  const { rows, good, poison } = fold(healing.handle, events)
  const whole = events.slice(0, good)
  const to = whole.at(-1)?.revision ?? from
  try {
    if (good > 0) await healing.rows.heal(stream, from, to, rows)
    return { to, poison }
  } catch (error) {
    if (!(error instanceof RowsRefused)) throw error
    const [event] = whole
    if (event && good === 1) return { to: from, poison: { event, error: error.message } }
  }
  // The database refused one of them: which?
  let at = from
  for (const event of whole) {
    const one = await healPage(healing, stream, at, [event])
    if (one.poison) return one
    at = one.to
  }
  return { to: at, poison }
}
