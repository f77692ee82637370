// npm run bench: each figure beside its limit or peer, interleaved, on this machine.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { settings } from '../src/settings.ts'
import { isReached, type Result } from './bench.ts'
import { benches } from './benches/all.ts'
import { bundlePrograms } from './harness/bundle.ts'
import { type Context, Skipped } from './harness/context.ts'
import { buildShim, fsyncMicros } from './harness/fsync.ts'
import { install } from './harness/install.ts'
import { machine } from './harness/machine.ts'
import { measure } from './harness/measure.ts'
import { type Postgres, startPostgres } from './harness/postgres.ts'
import { goalOf, table, writeResults } from './harness/report.ts'
import { createStops } from './harness/stops.ts'

const program = new Command('bench')
  .argument(
    '[names...]',
    'results to measure, or beginnings of their names: append, append.c32; all when there are none',
  )
  .option('--quick', 'a look at everything: one short round, smaller sizes, and nothing is written', false)
  .option('--list', 'only say what there is', false)
  .option('--profile', 'say where the time of each process goes; figures are lower by it', false)
  .parse()
const { quick, list, profile } = program.opts<{ quick: boolean; list: boolean; profile: boolean }>()
const isWanted = (name: string) => program.args.some(arg => name === arg || name.startsWith(`${arg}.`))
const chosen = program.args.length ? benches.filter(bench => Object.keys(bench.goals).some(isWanted)) : benches
const say = (line: string) => console.log(line)
const stops = createStops()

/** One PostgreSQL for all benches, and one with slow fsync for those that ask for it. */
function serversIn(folder: string, bin: string): Context['postgres'] {
  const started = new Map<string, Promise<Postgres>>()
  return kind => {
    const name = kind ?? 'usual'
    const preload = () => (kind === 'slow' ? buildShim(folder) : undefined)
    const start = async () => startPostgres(stops, bin, join(folder, name), await preload())
    const server = started.get(name) ?? start()
    started.set(name, server)
    return server
  }
}

async function main(): Promise<void> {
  // What this shell is set up for is not what is measured.
  for (const name of Object.keys(settings)) delete process.env[name]
  const folder = mkdtempSync(join(tmpdir(), 'wellwon-bench-'))
  stops.add(() => rmSync(folder, { recursive: true, force: true }))
  chmodSync(folder, 0o755) // PostgreSQL's own user must be able to enter
  const exchange = join(folder, 'exchange')
  mkdirSync(exchange)
  chmodSync(exchange, 0o1777)
  const bin = await install(say)
  const about = machine(bin, fsyncMicros(folder))
  for (const [name, value] of Object.entries(about)) say(`${name}: ${value}`)

  const bundled = await bundlePrograms(stops)
  const shared = {
    bundled,
    quick,
    seconds: quick ? 2 : 8,
    warmUp: quick ? 1 : 5,
    bin,
    folder,
    exchange,
    profile,
    say,
    postgres: serversIn(folder, bin),
  }
  const results: Record<string, Result> = {}
  const notMeasured: string[] = []
  for (const bench of chosen) {
    const names = Object.keys(bench.goals).join(', ')
    say(`\n${names} (${bench.unit})`)
    try {
      Object.assign(results, await measure(bench, shared, quick ? 3 : 90))
      if (!quick && !profile) writeResults(about, results) // each as soon as it is there: a run may be broken off
    } catch (error) {
      const skipped = error instanceof Skipped
      notMeasured.push(`${names}: ${skipped ? 'skipped, ' : ''}${String(error).split('\n')[0]}`)
      say(`  ${skipped ? error.message : error instanceof Error ? error.stack : error}`)
      if (!skipped) process.exitCode = 1
    }
  }

  say(`\n${table(benches, results)}`)
  const below = chosen.flatMap(bench =>
    Object.entries(bench.goals).filter(([name, goal]) => results[name] && !isReached(goal, results[name])),
  )
  if (below.length) say(`\nbelow their goals: ${below.map(([name]) => name).join(', ')}`)
  for (const line of notMeasured) say(`not measured: ${line}`)
}

if (chosen.length === 0) program.error(`there is none of that name: see npm run bench -- --list`)
if (list) {
  for (const { goals, unit, method } of chosen) {
    for (const [name, goal] of Object.entries(goals)) say(`${name} ${goalOf(goal)}`)
    say(`  In ${unit}. ${method}`)
  }
} else {
  if (process.platform !== 'linux') program.error('bench reads CPU and memory of processes from /proc: it needs Linux')
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stops.run().then(() => process.exit(130)))
  await main().finally(stops.run)
}
