import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { Functions } from './functions.ts'

const folder = fileURLToPath(new URL('../../../drizzle', import.meta.url))
const migrationLock = 7_001

/**
 * Brings a database up to date and answers with its epoch. One process at a time: others wait for the lock.
 * Throws when PostgreSQL is too old, or when the database was migrated by a newer version of the program.
 */
export async function migrateDatabase(url: string, functions: Functions): Promise<{ epoch: string }> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'wellwon-migrate',
  })
  client.on('error', () => undefined) // the query in flight rejects with it
  await client.connect()
  try {
    const { rows } = await client.query<{ v: string }>("select current_setting('server_version_num') v")
    const version = Number(rows[0]?.v)
    if (version < 150_000) throw new Error(`PostgreSQL 15 or newer is needed; this is ${Math.floor(version / 10_000)}`)
    await client.query('select pg_advisory_lock($1)', [migrationLock])
    await migrate(drizzle({ client }), {
      migrationsFolder: folder,
      migrationsSchema: 'public',
      migrationsTable: 'migrations',
    })
    await refuseSkipped(client)
    await client.query(functions.sql)
    return { epoch: await readEpoch(client) }
  } finally {
    await client.end()
  }
}

/** drizzle silently skips a migration that is older than the newest applied one: count, and say so. */
async function refuseSkipped(client: pg.Client): Promise<void> {
  const missing = await missingMigrations(client)
  if (missing < 0) throw new Error('this database was migrated by a newer version of the program: start that one')
  if (missing > 0)
    throw new Error(
      'a migration was skipped, because it is dated before one that is applied: give it a newer date in drizzle/meta/_journal.json',
    )
}

/** How many migrations this version has that were not applied; negative when the database is of a newer version. */
export async function missingMigrations(client: pg.ClientBase | pg.Pool): Promise<number> {
  const journal = JSON.parse(readFileSync(`${folder}/meta/_journal.json`, 'utf8')) as { entries: unknown[] }
  const { rows } = await client.query<{ n: string }>('select count(*) n from migrations')
  return journal.entries.length - Number(rows[0]?.n)
}

/** A restore, a failover or another log has another epoch: positions of the one mean nothing in the other. */
export async function readEpoch(client: pg.ClientBase | pg.Pool): Promise<string> {
  const { rows } = await client.query<{ system: string; timeline: string; generation: string }>(
    `select s.system_identifier::text system, c.timeline_id::text timeline, g.generation::text generation
      from pg_control_system() s, pg_control_checkpoint() c, store g`,
  )
  return createHash('sha256').update(JSON.stringify(rows[0])).digest('hex').slice(0, 12)
}
