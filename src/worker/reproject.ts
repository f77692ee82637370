import { type Consumer, fold } from '../kernel/consume.ts'
import type { RowOp } from '../kernel/projection.ts'
import type { EarlyRows } from '../port/consumers.ts'
import type { EventStore } from '../port/event-store.ts'

const pageSize = 500
const rowsAtOnce = 5_000

/**
 * Writes the rows of a stream anew, from the log as it is now: after something was erased there. What is not written yet is
 * left to the worker. Throws when the stream moves meanwhile or an event cannot be read: to be tried again.
 */
export async function reproject(
  store: EventStore,
  early: EarlyRows,
  handle: Consumer['handle'],
  stream: string,
): Promise<void> {
  const to = (await store.heads([stream])).get(stream)?.projected ?? -1
  let waiting: RowOp[] = []
  const write = async () => {
    if (waiting.length && !(await early.heal(stream, to, to, waiting))) throw new Error(`${stream} moved meanwhile`)
    waiting = []
  }
  for (let after = -1; after < to; after += pageSize) {
    const { events } = await store.readStream(stream, after, Math.min(pageSize, to - after))
    const { rows, poison } = fold(handle, events)
    if (poison) throw new Error(poison.error)
    waiting.push(...rows)
    if (waiting.length > rowsAtOnce) await write()
  }
  await write()
}
