import { Command } from 'commander'
import { Stopped } from './cli/command.ts'
import { consumers } from './cli/consumers.ts'
import { deadLetters } from './cli/dead-letters.ts'
import { doctor } from './cli/doctor.ts'
import { events } from './cli/events.ts'
import { migrate } from './cli/migrate.ts'
import { rebuild } from './cli/rebuild.ts'
import { seed } from './cli/seed.ts'
import { tasks } from './cli/tasks.ts'
import { user } from './cli/user.ts'
import { verify } from './cli/verify.ts'

// npx wellwon <command>: what an operator needs beside the running server. Settings are the server's.

const program = new Command('wellwon')
  .description('Looks after a WellWon house. It takes the settings of the server: see docs/configuration.md.')
  .showSuggestionAfterError(false)
  .helpCommand(false)
for (const add of [doctor, migrate, events, deadLetters, consumers, tasks, verify, rebuild, user, seed]) add(program)

process.stdout.on('error', error => {
  if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0) // who read it has seen enough
  throw error
})
try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof Stopped ? 130 : 1
}
