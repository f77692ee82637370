import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Consumer, fold } from '../kernel/consume.ts'
import {
  type Consumers,
  type DeadLetter,
  type DeadLetters,
  type Lease,
  OtherEpoch,
  type Poison,
  RowsRefused,
} from '../port/consumers.ts'
import type { EventStore } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'
import { type Loop, resting, startLoop } from './loop.ts'

export interface Following {
  store: EventStore
  consumers: Consumers
  letters: DeadLetters
  pubsub: PubSub
  log: Log
}

const pageSize = 500
const renewMs = 1_500
const tries = 3
/** All that follow the log do so in step: see `batchedOne` in what they read. */
const rest = resting(5)

/**
 * Follows the log for one consumer as long as this process has the lease, page by page. A stopped process that wakes up
 * finds its fence gone with the first page it tries to write; the pages it read are then thrown away.
 */
export function follow(consumer: Consumer, { store, consumers, letters, pubsub, log }: Following): Loop {
  const { name } = consumer
  const owner = randomUUID()
  const stopping = new AbortController()
  let known = false
  let lease: Lease | null = null
  let size = pageSize
  let told = false
  let failing: { position: bigint; times: number } | null = null

  async function claimed(): Promise<Lease | null> {
    if (!known) await consumers.register(consumer)
    known = true
    try {
      const taken = await consumers.claim(name, owner)
      if (taken) log.info({ consumer: name, fence: taken.fence, position: taken.position }, `${name} is ours`)
      if (taken) told = false
      return taken
    } catch (error) {
      if (!(error instanceof OtherEpoch)) throw error
      if (!told) log.error({ consumer: name }, error.message)
      told = true
      return null
    }
  }

  function lose(held: Lease, why: string): void {
    if (lease?.fence !== held.fence) return
    lease = null
    log.warn({ consumer: name, fence: held.fence }, `${name} is not ours any more: ${why}`)
  }

  async function step(): Promise<boolean> {
    lease ??= await claimed()
    const held = lease
    if (!held || stopping.signal.aborted) return false
    const found = await letters.list(name)
    if (await retried(found.filter(letter => letter.due))) return true
    const halted = new Set(found.map(letter => letter.stream))
    const events = await store.readAll(held.position, size)
    const last = events.at(-1)
    if (!last) return false
    const { rows, good, poison } = fold(consumer.handle, events, halted)
    const to = poison ? events[good - 1]?.position : last.position
    if (poison && to === undefined) return await halt(held, poison)
    try {
      if (!(await committed(held, { to: to ?? last.position, rows, poison: null }))) return true
      const more = poison !== null || events.length >= size
      size = Math.min(size * 2, pageSize)
      return more
    } catch (error) {
      if (!(error instanceof RowsRefused)) throw error
      if (good === 1) return await halt(held, { event: events[0] ?? last, error: error.message })
      size = Math.ceil(good / 2)
      return true
    }
  }

  async function committed(held: Lease, batch: Parameters<Consumers['commit']>[2]): Promise<boolean> {
    const moved = await consumers.commit(consumer, held, batch)
    if (!moved) {
      lose(held, 'somebody else took it over, or its stream was taken up again')
      return false
    }
    if (lease?.fence === moved.fence) lease = moved
    if (consumer.topic && batch.rows.length) pubsub.publish(consumer.topic)
    return true
  }

  /** An event that fails again and again: its stream halts, the others go on. */
  async function halt(held: Lease, poison: Poison): Promise<boolean> {
    failing = failing?.position === poison.event.position ? failing : { position: poison.event.position, times: 0 }
    failing.times++
    if (failing.times < tries) {
      await pause(50 * 2 ** failing.times, undefined, { signal: stopping.signal }).catch(() => undefined)
      return true
    }
    if (!(await committed(held, { to: poison.event.position, rows: [], poison }))) return true
    const { stream, revision } = poison.event
    log.error({ consumer: name, stream, revision, error: poison.error }, `${name} is halted for a stream`)
    return true
  }
  /** Tries halted streams whose time has come. True: the lease was given up for it. */
  async function retried(due: readonly DeadLetter[]): Promise<boolean> {
    for (const { stream } of due) {
      const still = await consumers.resume(consumer, stream)
      lease = null
      if (still) log.error({ ...still, position: String(still.position) }, `${name} is still halted for a stream`)
      else log.info({ consumer: name, stream }, `${name} goes on with a stream`)
    }
    if (due.length && consumer.topic) pubsub.publish(consumer.topic)
    return due.length > 0
  }

  const loop = startLoop({ name, log, everyMs: 1_000, rest, step })
  const unsubscribe = pubsub.subscribe('log', loop.wake)
  const renewal = setInterval(() => {
    const held = lease
    if (!held) return
    consumers.renew(held).then(
      ours => ours || lose(held, 'its time ran out and somebody else took it over'),
      () => undefined, // the loop will say that the database does not answer
    )
  }, renewMs).unref()

  return {
    wake: loop.wake,
    stop: async () => {
      stopping.abort()
      unsubscribe()
      clearInterval(renewal)
      await loop.stop()
      if (lease) await consumers.release(lease).catch(() => undefined)
    },
  }
}
