import { Command } from 'commander'
import { openToolbox, type Toolbox, withDatabase } from './cli/toolbox.ts'
import { early } from './port/consumers.ts'
import { rebuild } from './worker/rebuild.ts'

// npm run wellwon -- <command>: what an operator needs beside the running server. Settings are the server's.

const print = (line: string) => console.log(line)
const tool =
  <A extends unknown[]>(work: (box: Toolbox, ...args: A) => Promise<void>) =>
  (...args: A) =>
    openToolbox(box => work(box, ...args))

const program = new Command('wellwon').description('Looks after the database of a WellWon house.')

program
  .command('migrate')
  .description('brings the database up to date; the server does the same when it starts')
  .action(() =>
    withDatabase(async (_, migrate) => print(`The database is up to date. Its epoch is ${(await migrate()).epoch}.`)),
  )

const letters = program.command('dead-letters').description('streams that a consumer could not go on with')

letters
  .command('list')
  .description('all of them, the longest halted first')
  .action(
    tool(async ({ letters }) => {
      const all = await letters.list()
      for (const { consumer, stream, revision, attempts, since, nextAt, error } of all) {
        print(`${consumer} ${stream}@${revision}: ${error}`)
        print(`  halted ${since.toISOString()}, tried ${attempts} times, next ${nextAt.toISOString()}`)
      }
      if (all.length === 0) print('No stream is halted.')
    }),
  )

letters
  .command('retry')
  .description('goes on with a stream now, without waiting for the next attempt')
  .argument('<consumer>')
  .argument('<stream>')
  .action(tool((box, consumer: string, stream: string) => goOn(box, consumer, stream, false)))

letters
  .command('skip')
  .description(
    'passes over the event that halted a stream: it will have no rows here, and a rebuild needs --skip for it',
  )
  .argument('<consumer>')
  .argument('<stream>')
  .action(tool((box, consumer: string, stream: string) => goOn(box, consumer, stream, true)))

async function goOn(box: Toolbox, consumer: string, stream: string, skip: boolean): Promise<void> {
  const find = async () => (await box.letters.list(consumer)).find(letter => letter.stream === stream)
  const halted = await find()
  if (!halted) throw new Error(`${consumer} is not halted at ${stream}: see dead-letters list`)
  if (consumer === early) await box.healEarly(stream, skip ? halted.revision : null)
  else await box.consumers.resume(box.consumer(consumer), stream, skip)
  const still = await find()
  if (still) throw new Error(`${consumer} is still halted at ${stream}@${still.revision}: ${still.error}`)
  print(`${consumer} goes on with ${stream}${skip ? `, without ${halted.revision}` : ''}.`)
}

program
  .command('rebuild')
  .description('makes the tables of a projection or a consumer anew from the log, while the server runs')
  .argument('<name>', 'a projection, or audience')
  .option('--resume', 'go on with a rebuild that was interrupted; only with the same code', false)
  .option('--skip <events...>', 'events to pass over, as <stream>@<revision>')
  .action(
    tool(async ({ derived, rebuilds }, name: string, options: { resume: boolean; skip?: string[] }) => {
      const of = derived.find(d => d.name === name)
      if (!of) throw new Error(`there is no ${name}: one of ${derived.map(d => d.name).join(', ')}`)
      let told = 0
      const onProgress = (position: bigint, head: bigint) => {
        if (Date.now() - told > 1_000) print(`${name}: at ${position} of ${head}`)
        told = Date.now()
      }
      await rebuild({ of, rebuilds, resume: options.resume, skip: new Set(options.skip), onProgress })
      print(`${name} is made anew.`)
    }),
  )

program
  .command('verify')
  .description('compares all tables that follow from the log with the log, while the server runs')
  .action(
    tool(async ({ derived, verify }) => {
      for (const { table, rows, hash, expected, difference } of await verify(derived)) {
        print(`${difference ? 'DIFFERS' : 'same   '} ${table}: ${rows} rows, ${hash || 'empty'}`)
        if (!difference) continue
        print(`        by the log ${expected || 'empty'}; first at ${difference.key}: ${difference.columns.join(', ')}`)
        process.exitCode = 1
      }
    }),
  )

program
  .command('events')
  .description('the log')
  .command('show')
  .description('the events of a stream, in order')
  .argument('<stream>')
  .option('--personal', 'with names and texts of people', false)
  .action(
    tool(async ({ store }, stream: string, { personal }: { personal: boolean }) => {
      for (let after = -1; ; ) {
        const { events, head } = await store.readStream(stream, after, 500)
        if (!head) throw new Error(`there is no stream ${stream}`)
        for (const e of events) {
          const who = personal ? ` ${e.personal ?? 'erased or none'}` : ''
          print(`${e.revision} ${e.at.toISOString()} ${e.type} v${e.v} by ${e.actor ?? 'nobody'} ${e.data}${who}`)
        }
        after = events.at(-1)?.revision ?? after
        if (events.length < 500) return
      }
    }),
  )

try {
  await program.parseAsync()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}
