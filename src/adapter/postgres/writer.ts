import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { type Append, type AppendResult, StoreUnavailable } from '../../port/event-store.ts'
import { callAppend, wasRefused } from './append-call.ts'

interface Waiting {
  append: Append
  resolve: (result: AppendResult) => void
  reject: (error: unknown) => void
}

export interface Writer {
  append: (append: Append) => Promise<AppendResult>
  close: () => Promise<void>
}

const maxBatch = 200
/** A call that waits for a lock longer than this is cut when the writer is closed: its receipt tells what came of it. */
const closeMs = 500

/**
 * Group commit over one connection: what arrives while a call is under way goes into the next one. Flushed when the
 * connection is free, never on a timer. A broken connection fails what was in flight with StoreUnavailable; the next opens another.
 */
export function createWriter(url: string, fn: string, warn: (error: unknown, message: string) => void): Writer {
  const waiting: Waiting[] = []
  let client: pg.Client | null = null
  let busy: Promise<void> | null = null
  let closed = false

  async function connection(): Promise<pg.Client> {
    if (client) return client
    if (closed) throw new Error('the writer is closed')
    const next = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: 2_000,
      statement_timeout: 10_000,
      application_name: 'wellwon-writer',
      keepAlive: true,
    })
    next.on('error', error => {
      warn(error, 'the writer lost its connection')
      if (client === next) client = null
    })
    await next.connect()
    client = next
    return next
  }

  /** The next batch, without two commands of one key: the second is a retry and must see the first one's receipt. */
  function take(): Waiting[] {
    const batch: Waiting[] = []
    const keys = new Set<string>()
    const rest: Waiting[] = []
    for (const one of waiting.splice(0)) {
      const key = `${one.append.scope}.${one.append.command}`
      if (batch.length < maxBatch && !keys.has(key)) batch.push(one)
      else rest.push(one)
      keys.add(key)
    }
    waiting.push(...rest)
    return batch
  }

  async function flush(): Promise<void> {
    await null // let the whole turn's commands gather
    while (waiting.length) {
      const batch = take()
      try {
        const results = await send(batch.map(w => w.append))
        batch.forEach((w, i) => {
          const result = results.get(i)
          if (result) w.resolve(result)
          else w.reject(new Error('append gave no answer for a command'))
        })
      } catch (error) {
        for (const w of batch) w.reject(error)
      }
    }
    busy = null // in the same turn as the look at `waiting`, so that no newcomer is left behind
  }

  async function send(batch: Append[]): Promise<Map<number, AppendResult>> {
    const live = await connection().catch(error => {
      throw new StoreUnavailable(error)
    })
    try {
      return await callAppend(live, fn, batch, true)
    } catch (error) {
      if (!wasRefused(error)) {
        if (client === live) client = null
        live.end().catch(() => undefined)
        throw new StoreUnavailable(error)
      }
      // Nothing was written. Most likely a projection made a row that its table refuses: the events must not suffer for it.
      warn(error, 'an append was refused; it is sent again without early rows')
      return await each(live, batch)
    }
  }

  /** Without early rows and one by one, so that a command whose own events are refused fails alone. */
  async function each(live: pg.Client, batch: Append[]): Promise<Map<number, AppendResult>> {
    const results = new Map<number, AppendResult>()
    for (const [i, append] of batch.entries()) {
      const waiter = await callAppend(live, fn, [append], false).catch((error: unknown) => error)
      if (waiter instanceof Map) {
        const result = waiter.get(0)
        if (result) results.set(i, result)
      } else if (!wasRefused(waiter)) throw new StoreUnavailable(waiter)
    }
    return results
  }

  return {
    append: append =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StoreUnavailable('the writer is closed'))
        waiting.push({ append, resolve, reject })
        busy ??= flush()
      }),
    close: async () => {
      closed = true
      await Promise.race([busy, pause(closeMs)])
      await client?.end().catch(() => undefined)
      client = null
    },
  }
}
