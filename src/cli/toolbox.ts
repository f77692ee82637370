import { argon2 } from '../adapter/argon2/hasher.ts'
import { postgresConsumers } from '../adapter/postgres/consumers.ts'
import { type Database, openDatabase } from '../adapter/postgres/db.ts'
import { postgresDeadLetters } from '../adapter/postgres/dead-letters.ts'
import { postgresEarlyRows } from '../adapter/postgres/early-rows.ts'
import { startEmbedded } from '../adapter/postgres/embedded.ts'
import { runningEmbedded } from '../adapter/postgres/embedded-attach.ts'
import { postgresEventStore } from '../adapter/postgres/event-store.ts'
import { functionsFor } from '../adapter/postgres/functions.ts'
import { migrateDatabase, missingMigrations, readEpoch } from '../adapter/postgres/migrate.ts'
import { postgresRebuilds } from '../adapter/postgres/rebuild.ts'
import { audience, tasks as taskTable } from '../adapter/postgres/schema.ts'
import { postgresPasswords } from '../adapter/postgres/sessions.ts'
import { postgresTasks } from '../adapter/postgres/tasks.ts'
import { postgresVerify } from '../adapter/postgres/verify.ts'
import { createWriter } from '../adapter/postgres/writer.ts'
import { loadConfig } from '../config.ts'
import { domains } from '../domains.ts'
import { factsFrom } from '../facts.ts'
import type { Query } from '../graph/context.ts'
import { createDispatch } from '../kernel/dispatch.ts'
import type { EventStore } from '../port/event-store.ts'
import type { Hasher } from '../port/sessions.ts'
import { type ProcessNeeds, processesFrom } from '../processes.ts'
import { audienceConsumer } from '../worker/audience.ts'
import { heal, skipEarly } from '../worker/heal.ts'
import { reactorConsumer } from '../worker/reactor.ts'
import { derivedOf } from '../worker/rebuild.ts'
import { earlyRowsOf } from '../worker/rows.ts'

const inbox = audienceConsumer(domains, audience)
const derived = derivedOf(domains, [inbox])
const functions = functionsFor(domains.flatMap(d => d.projections.flatMap(p => p.tables)))
const quiet = () => undefined
/** Stands for all that processes need, texts and addresses too: what they react to is used here, and nothing of what they do. */
const absent: object = new Proxy(() => absent, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => 'http://absent.invalid' : absent),
})

/** Runs `work` with the database of the settings: DATABASE_URL, or the embedded one, which is started when no server has it running. */
export async function withDatabase(
  work: (database: Database, migrate: () => ReturnType<typeof migrateDatabase>) => Promise<void>,
): Promise<void> {
  const { databaseUrl, dataDir } = loadConfig()
  const url = databaseUrl ?? (await runningEmbedded(dataDir))
  const embedded = url ? null : await startEmbedded({ dataDir })
  const address = url ?? embedded?.url ?? ''
  const database = openDatabase(address, 8, quiet)
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
  withDatabase(database => withTools(database, work))

/** The same, in a database that is open already. */
export async function withTools(database: Database, work: (box: Toolbox) => Promise<void>): Promise<void> {
  const epoch = await readEpoch(database.pool).catch(() => {
    throw new Error('this database has no log yet: start the server once, or run wellwon migrate')
  })
  const { rows } = await database.pool.query('select 1 where to_regproc($1) is not null', [functions.heal])
  if (!rows.length) throw new Error('this database is of another version of the program: run wellwon migrate')
  const box = toolsFor(database, epoch)
  await work(box).finally(box.close)
}

function toolsFor(database: Database, epoch: string) {
  const writer = createWriter(database.url, functions.append, quiet) // connects when it is used
  const store = postgresEventStore(database, writer, epoch)
  const letters = postgresDeadLetters(database)
  const rows = postgresEarlyRows(database, functions)
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet }
  const healing = { store, rows, letters, handle: earlyRowsOf(domains), log }
  const ask = <Args, View>(query: Query<Args, View>, args: Args) => query(database.db as never, args)
  /** Carries commands out like the server; `through`: the store that it uses. */
  const dispatchTo = (through: EventStore) =>
    createDispatch({ store: through, domains, facts: factsFrom(ask), secret: 'cli', onCommit: quiet, warn: quiet })
  const dispatch = dispatchTo(store)
  const { reactors } = processesFrom(absent as ProcessNeeds)
  const followers = [inbox, ...reactors.map(reactor => reactorConsumer(reactor, taskTable))]
  const query = async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
    (await database.pool.query(text, values)).rows

  return {
    ...{ store, letters, derived, dispatch, dispatchTo, ask, query },
    close: writer.close,
    tasks: postgresTasks(database),
    passwords: (hasher: Hasher = argon2) => postgresPasswords(database.db, hasher),
    consumers: postgresConsumers(database, epoch),
    rebuilds: postgresRebuilds(database, epoch),
    verify: postgresVerify(database),
    /** Names of the consumers that follow the log. */
    followers: followers.map(follower => follower.name),
    /** How many migrations this version has that the database has not; negative when the database is of a newer one. */
    missingMigrations: () => missingMigrations(database.pool),
    /** The categories of streams that there are. */
    categories: [...new Set(domains.flatMap(d => d.deciders.map(decider => decider.events.category)))],
    /** The log's last position. */
    head: async () =>
      BigInt((await query<{ head: string }>('select coalesce(max(position), 0) head from events'))[0]?.head ?? 0),
    /** Writes the early rows of a stream that are missing; `skip`: the revision that goes without. */
    healEarly: (stream: string, skip: number | null) =>
      skip === null ? heal(healing, stream) : skipEarly(healing, stream, skip),
    consumer: (name: string) => {
      const found = followers.find(follower => follower.name === name)
      if (!found)
        throw new Error(`there is no consumer ${name}: one of early, ${followers.map(f => f.name).join(', ')}`)
      return found
    },
  }
}
