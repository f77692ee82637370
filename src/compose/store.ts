import { openDatabase } from '../adapter/postgres/db.ts'
import { startEmbedded } from '../adapter/postgres/embedded.ts'
import { postgresEventStore } from '../adapter/postgres/event-store.ts'
import { functionsFor } from '../adapter/postgres/functions.ts'
import { migrateDatabase } from '../adapter/postgres/migrate.ts'
import { createWriter } from '../adapter/postgres/writer.ts'
import { type Config, ConfigError } from '../config.ts'
import { domains } from '../domains.ts'
import type { Log } from '../port/log.ts'

/** Tables that projections write: the store's functions know them by name. */
export const projectionTables = domains.flatMap(d => d.projections.flatMap(p => p.tables))

/** Opens the database, an embedded one when none is given, brings it up to date, and opens the log in it. */
export async function openStore(config: Config, log: Log, stops: (() => unknown)[]) {
  const url = config.databaseUrl ?? (await embedded(config, log, stops))
  const functions = functionsFor(projectionTables)
  const { epoch } = await migrateDatabase(url, functions).catch(error => {
    throw new ConfigError(`DATABASE_URL: ${hostOf(url)} cannot be used: ${reasonOf(error)}`, { cause: error })
  })

  const warn = (error: unknown, message: string) => log.warn({ err: error }, message)
  const database = openDatabase(url, 20, error => warn(error, 'an idle connection broke'))
  stops.push(database.close)
  const writer = createWriter(url, functions.append, warn)
  stops.push(writer.close)
  const store = postgresEventStore(database, writer, epoch)
  return { database, functions, store, epoch }
}

const hostOf = (url: string) => new URL(url).host || 'the server'

/** What went wrong, in one line: connection errors of several addresses have a code and no message. */
export const reasonOf = (error: Error & { code?: string }) => error.message.split('\n')[0] || error.code || error.name

async function embedded(config: Config, log: Log, stops: (() => unknown)[]): Promise<string> {
  const postgres = await startEmbedded({ dataDir: config.dataDir, log: line => log.debug({ line }, 'postgres') })
  stops.push(postgres.stop)
  return postgres.url
}
