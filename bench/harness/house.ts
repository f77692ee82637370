import { hkdfSync } from 'node:crypto'
import { openDatabase } from '../../src/adapter/postgres/db.ts'
import { postgresEventStore } from '../../src/adapter/postgres/event-store.ts'
import { functionsFor } from '../../src/adapter/postgres/functions.ts'
import { readEpoch } from '../../src/adapter/postgres/migrate.ts'
import { createWriter } from '../../src/adapter/postgres/writer.ts'
import { projectionTables } from '../../src/compose/store.ts'
import { domains } from '../../src/domains.ts'
import { factsFrom } from '../../src/facts.ts'
import type { Query } from '../../src/graph/context.ts'
import { createDispatch } from '../../src/kernel/dispatch.ts'
import { Rejection } from '../../src/kernel/reject.ts'
import type { Commit } from '../../src/port/event-store.ts'

export const functions = functionsFor(projectionTables)
/** Of all servers that a bench starts. */
export const secret = 'a secret of at least thirty-two characters, for benches'
/** A key as `compose` derives it. */
export const keyFor = (purpose: string): string =>
  Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)).toString('base64')

export type House = Awaited<ReturnType<typeof openHouse>>

/** The write side of the program over a database, without its API. */
export async function openHouse(url: string) {
  const quiet = () => undefined
  const database = openDatabase(url, 8, quiet)
  const writer = createWriter(url, functions.append, quiet)
  const epoch = await readEpoch(database.pool)
  const store = postgresEventStore(database, writer, epoch)
  const ask = <Args, View>(query: Query<Args, View>, args: Args) => query(database.db as never, args)
  const dispatch = createDispatch({
    ...{ store, domains, facts: factsFrom(ask), secret: keyFor('receipts'), onCommit: quiet, warn: quiet },
  })
  return {
    ...{ url, database, store, epoch, ask, dispatch },
    /** Carries a command out; throws when it is refused. */
    async does(type: string, actor: string, input: object): Promise<Commit> {
      const outcome = await dispatch({ type, actor, input })
      if (outcome instanceof Rejection) throw new Error(`${type}: ${outcome.message} ${JSON.stringify(outcome.detail)}`)
      return outcome
    },
    async close() {
      await writer.close()
      await database.close()
    },
  }
}
