import { setTimeout as pause } from 'node:timers/promises'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'

export type Db = NodePgDatabase

// Instants as Date, bigint as string (drizzle's modes convert), json untouched.

export interface Database {
  pool: pg.Pool
  db: Db
  url: string
  /** Runs `work` in one READ COMMITTED transaction; rolls back when it throws. The client is not usable after. */
  withTx: <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>
  /** Ends idle connections at once and waits half a second for the others. */
  close: () => Promise<void>
}

/** Opens a pool. `warn` hears of idle connections that broke: without a listener they would end the process. */
export function openDatabase(url: string, max: number, warn: (error: Error) => void): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000, // also the wait for a free one of the pool
    statement_timeout: 30_000,
    lock_timeout: 10_000,
    idle_in_transaction_session_timeout: 10_000,
    application_name: 'wellwon',
  })
  let closing = false
  pool.on('error', error => {
    if (closing) return // a server that stops with us may be faster than our good-bye
    delete (error as { client?: unknown }).client // pg hangs the whole connection on it, which is nothing for a log
    warn(error)
  })
  return {
    pool,
    db: drizzle({ client: pool, casing: 'snake_case' }),
    url,
    withTx: work => withTx(pool, work),
    close: () => {
      closing = true
      return Promise.race([pool.end(), pause(500, undefined, { ref: false })])
    },
  }
}

async function withTx<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  const breaks = (error: Error) => {
    broken = error
  }
  client.on('error', breaks) // between two queries nobody else listens, and it would end the process
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch(breaks)
    throw error
  } finally {
    client.off('error', breaks)
    client.release(broken)
  }
}
