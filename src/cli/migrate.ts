import type { Command } from 'commander'
import { print } from './command.ts'
import { withDatabase } from './toolbox.ts'

export const migrate = (program: Command): void => {
  program
    .command('migrate')
    .description('brings the database up to date; the server does the same when it starts')
    .action(() =>
      withDatabase(async (_, migrating) =>
        print(`The database is up to date. Its epoch is ${(await migrating()).epoch}.`),
      ),
    )
}
