import { postgresConsumers } from '../adapter/postgres/consumers.ts'
import { type Database, openDatabase } from '../adapter/postgres/db.ts'
import { postgresDeadLetters } from '../adapter/postgres/dead-letters.ts'
import { postgresEarlyRows } from '../adapter/postgres/early-rows.ts'
import { startEmbedded } from '../adapter/postgres/embedded.ts'
import { runningEmbedded } from '../adapter/postgres/embedded-attach.ts'
import { postgresEventStore } from '../adapter/postgres/event-store.ts'
import { functionsFor } from '../adapter/postgres/functions.ts'
import { migrateDatabase, readEpoch } from '../adapter/postgres/migrate.ts'
import { postgresRebuilds } from '../adapter/postgres/rebuild.ts'
import { audience } from '../adapter/postgres/schema.ts'
import { postgresVerify } from '../adapter/postgres/verify.ts'
import { createWriter } from '../adapter/postgres/writer.ts'
import { loadConfig } from '../config.ts'
import { domains } from '../domains.ts'
import { audienceConsumer } from '../worker/audience.ts'
import { heal, skipEarly } from '../worker/heal.ts'
import { derivedOf } from '../worker/rebuild.ts'
import { earlyRowsOf } from '../worker/rows.ts'

const inbox = audienceConsumer(domains, audience)
const derived = derivedOf(domains, [inbox])
const functions = functionsFor(domains.flatMap(d => d.projections.flatMap(p => p.tables)))
const quiet = () => undefined

/** Runs `work` with the database of the settings: DATABASE_URL, or the embedded one, which is started when no server has it running. */
export async function withDatabase(
  work: (database: Database, migrate: () => ReturnType<typeof migrateDatabase>) => Promise<void>,
): Promise<void> {
  const { databaseUrl, dataDir } = loadConfig()
  const url = databaseUrl ?? (await runningEmbedded(dataDir))
  const embedded = url ? null : await startEmbedded({ dataDir })
  const address = url ?? embedded?.url ?? ''
  const database = openDatabase(address, 4, quiet)
  try {
    await work(database, () => migrateDatabase(address, functions))
  } finally {
    await database.close()
    await embedded?.stop()
  }
}

export type Toolbox = ReturnType<typeof toolsFor>

/** Runs `work` with all tools. Does not migrate: the database must be of this version. */
export const openToolbox = (work: (box: Toolbox) => Promise<void>): Promise<void> =>
  withDatabase(async database => {
    const epoch = await readEpoch(database.pool).catch(() => {
      throw new Error('this database has no log yet: start the server once, or run wellwon migrate')
    })
    const { rows } = await database.pool.query('select 1 where to_regproc($1) is not null', [functions.heal])
    if (!rows.length) throw new Error('this database is of another version of the program: run wellwon migrate')
    await work(toolsFor(database, epoch))
  })

function toolsFor(database: Database, epoch: string) {
  const writer = createWriter(database.url, functions.append, quiet) // connects when it is used, which it is not here
  const store = postgresEventStore(database, writer, epoch)
  const letters = postgresDeadLetters(database)
  const rows = postgresEarlyRows(database, functions)
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const healing = { store, rows, letters, handle: earlyRowsOf(domains), log }
  return {
    ...{ store, letters, derived },
    consumers: postgresConsumers(database, epoch),
    rebuilds: postgresRebuilds(database, epoch),
    verify: postgresVerify(database),
    /** Writes the early rows of a stream that are missing; `skip`: the revision that goes without. */
    healEarly: (stream: string, skip: number | null) =>
      skip === null ? heal(healing, stream) : skipEarly(healing, stream, skip),
    consumer: (name: string) => {
      if (name !== inbox.name) throw new Error(`there is no consumer ${name}: one of early, ${inbox.name}`)
      return inbox
    },
  }
}
