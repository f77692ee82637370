import type { Command } from 'commander'
import { argon2 } from '../adapter/argon2/hasher.ts'
import { loadConfig } from '../config.ts'
import { count, print, progress, Stopped, tool, untilStopped, whole } from './command.ts'
import { personAt, type World } from './seed/plan.ts'
import { type Done, runSeed } from './seed/run.ts'
import type { Toolbox } from './toolbox.ts'

/** Everybody's: to look around as anybody. */
const password = 'cranes and containers'

export function seed(program: Command): void {
  program
    .command('seed')
    .description(
      'fills a database for load tests and demos: people with a password that everybody knows, chats, messages',
    )
    .requiredOption('--users <n>', 'how many people', whole(2, 100_000))
    .requiredOption('--chats <n>', 'how many chats, every fourth of two people', whole(1, 1_000_000))
    .requiredOption('--messages <n>', 'how many messages in all; a few chats have most of them', whole(0, 100_000_000))
    .option('--seed <n>', 'the same number makes the same people and texts', whole(0, 9_999), 1)
    .addHelpText(
      'after',
      '\nBroken off, it goes on when it is run again in the same way; with more --messages or --chats it adds to them.',
    )
    .action(
      tool(async (box, world: World) => {
        if (loadConfig().production)
          throw new Error('seed makes accounts that everybody can log in to: not with NODE_ENV=production')
        const signal = untilStopped()
        const began = performance.now()
        const seconds = () => (performance.now() - began) / 1_000
        const rate = (done: Done) => `${count(Math.round(done.carriedOut / Math.max(seconds(), 0.001)))} messages/s`
        const tell = progress()
        let last: Done | null = null
        const onProgress = (done: Done) => {
          last = done
          tell(() => `${told(done, world)}; ${rate(done)}`)
        }
        const done = await runSeed(world, { ...needsOf(box), onProgress, signal }).catch(error => {
          if (!signal.aborted) throw error
          throw new Stopped(`Stopped at ${last ? told(last, world) : 'the start'}. The same command goes on.`)
        })
        print(
          `${told(done, world)}; ${count(done.carriedOut)} messages sent now in ${seconds().toFixed(1)} s, ${rate(done)}`,
        )
        print(`Log in as ${personAt(world, 0).email}, or as anybody else, with the password: ${password}`)
      }),
    )
}

const told = (done: Done, world: World) =>
  (['users', 'chats', 'messages'] as const)
    .map(name => `${name} ${count(done[name])} of ${count(world[name])}`)
    .join(', ')

function needsOf(box: Toolbox) {
  // One hash for all: it takes a twentieth of a second to make, and the password is no secret.
  const hash = argon2.hash(password)
  const passwords = box.passwords({ ...argon2, hash: () => hash })
  return {
    // What was done before is asked for by the page; the append finds what it missed.
    dispatch: box.dispatchTo({ ...box.store, receipt: async () => null }),
    setPassword: (userId: string) => passwords.set(userId, password),
    known: async (of: readonly { actor: string; key: string }[]) => {
      const rows = await box.query<{ command: string }>(
        `select command from receipts join unnest($1::uuid[], $2::uuid[]) of (s, c) on scope = s and command = c`,
        [of.map(one => one.actor), of.map(one => one.key)],
      )
      return new Set(rows.map(row => row.command))
    },
  }
}
