import type { Command } from 'commander'
import type { Database } from '../adapter/postgres/db.ts'
import { type Config, loadConfig } from '../config.ts'
import { print } from './command.ts'
import { dadata, disk, mail, redis, settings, versions } from './doctor/around.ts'
import { clock, consumers, halted, log, server, work } from './doctor/database.ts'
import { type Finding, fail, ok, reasonOf } from './doctor/finding.ts'
import { withDatabase, withTools } from './toolbox.ts'

export function doctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'looks at settings, connections, versions, lag, disk and clock, and says what to do; exit 1 when something fails',
    )
    .action(async () => {
      const states = new Set<string>()
      const tell = (findings: Finding | readonly Finding[]) => {
        for (const { state, what, says, todo } of [findings].flat()) {
          states.add(state)
          print(`${state.padEnd(4)} ${what}: ${says}`)
          if (todo) print(`     ${todo}`)
        }
      }
      await examine(tell)
      print(
        states.has('fail')
          ? 'Something fails.'
          : states.has('warn')
            ? 'It runs; look at the warnings.'
            : 'All is well.',
      )
      if (states.has('fail')) process.exitCode = 1
    })
}

type Tell = (findings: Finding | readonly Finding[]) => void

async function examine(tell: Tell): Promise<void> {
  tell(versions())
  let config: Config
  try {
    config = loadConfig()
  } catch (error) {
    return tell(fail('settings', reasonOf(error), 'See docs/configuration.md.'))
  }
  tell(settings(config))
  tell(await disk(config).catch(error => fail('disk', reasonOf(error), 'Correct DATA_DIR, or who may write there.')))
  try {
    await withDatabase(async database => {
      const query = async <R extends object>(text: string, values?: unknown[]) =>
        (await database.pool.query(text, values)).rows as R[]
      tell(await server(query))
      tell(await clock(query))
      await inside(database, tell)
    })
  } catch (error) {
    tell(fail('database', reasonOf(error), config.databaseUrl ? 'Start it, or correct DATABASE_URL.' : 'See DATA_DIR.'))
  }
  tell(await Promise.all([redis(config), mail(config), dadata(config)]))
}

/** What can only be looked at in a database of this version. */
const inside = (database: Database, tell: Tell): Promise<void> =>
  withTools(database, async box => {
    const missing = await box.missingMigrations()
    if (missing > 0)
      return tell(fail('migrations', `${missing} are missing`, 'Run: wellwon migrate, or start the server.'))
    if (missing < 0) return tell(fail('migrations', 'the database is of a newer version', 'Use the newer version.'))
    tell(ok('migrations', 'all are applied'))
    tell(await log(box.query))
    const remade = box.derived.map(one => one.name)
    tell(await consumers(box.query, { names: box.followers, remade, epoch: box.store.epoch }))
    tell(await halted(box))
    tell(await work(box))
  }).catch(error => {
    if (!/wellwon migrate/.test(reasonOf(error))) throw error
    tell(fail('migrations', reasonOf(error), 'Run: wellwon migrate, or start the server.'))
  })
