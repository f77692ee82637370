import { count } from '../command.ts'
import type { Toolbox } from '../toolbox.ts'
import { type Finding, fail, ok, sizeOf, spanOf, warn } from './finding.ts'

// What is in the database, and how its readers keep up.

type Query = Toolbox['query']
const one = async <R extends object>(query: Query, text: string, values?: unknown[]): Promise<R> =>
  ((await query<R>(text, values))[0] ?? {}) as R

export async function server(query: Query): Promise<Finding[]> {
  const { version, size, used, most } = await one<{ version: string; size: string; used: number; most: number }>(
    query,
    `select current_setting('server_version') version, pg_database_size(current_database()) size,
      (select count(*)::int from pg_stat_activity where backend_type = 'client backend') used,
      current_setting('max_connections')::int most`,
  )
  const major = Number.parseInt(version, 10)
  const { oldest } = await one<{ oldest: number | null }>(
    query,
    `select max(extract(epoch from clock_timestamp() - xact_start))::float8 oldest from pg_stat_activity
      where xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  )
  return [
    major < 15
      ? fail('database', `PostgreSQL ${version}`, 'Use PostgreSQL 15 or newer.')
      : ok('database', `PostgreSQL ${version}, ${sizeOf(Number(size))}`),
    used + 21 > most
      ? warn('connections', `${used} of ${most} are in use`, 'A process takes 22: raise max_connections.')
      : ok('connections', `${used} of ${most} are in use`),
    oldest !== null && oldest > 300
      ? warn(
          'transactions',
          `one is ${spanOf(oldest)} old`,
          'End it: it keeps PostgreSQL from cleaning up (pg_stat_activity).',
        )
      : ok('transactions', 'none is old'),
  ]
}

/** Tokens and time limits go by the clocks of processes, the log and what is due by that of the database. */
export async function clock(query: Query): Promise<Finding> {
  let best = { skew: Number.POSITIVE_INFINITY, took: Number.POSITIVE_INFINITY }
  for (let i = 0; i < 3; i++) {
    const before = Date.now()
    const { now } = await one<{ now: number }>(query, 'select extract(epoch from clock_timestamp())::float8 * 1000 now')
    const took = Date.now() - before
    if (took < best.took) best = { skew: now - (before + took / 2), took }
  }
  const off = Math.max(Math.abs(best.skew) - best.took / 2, 0) / 1_000
  const says = off < 0.1 ? 'agrees with that of the database' : `is ${off.toFixed(1)} s off that of the database`
  const todo = 'Set both by NTP: tokens and what is due go wrong.'
  if (off > 30) return fail('clock', says, todo)
  return off > 1 ? warn('clock', says, todo) : ok('clock', says)
}

export async function log(query: Query): Promise<Finding[]> {
  const { events, streams, behind } = await one<{ events: string; streams: string; behind: string }>(
    query,
    `select coalesce((select max(position) from events), 0) events, (select count(*) from streams) streams,
      (select count(*) from behind) behind`,
  )
  return [
    ok('log', `${count(Number(streams))} streams, its last position is ${count(BigInt(events))}`),
    Number(behind) > 0
      ? warn('rows', `${behind} streams are behind`, 'A worker catches up. If the number stays: dead-letters list.')
      : ok('rows', 'no stream is behind'),
  ]
}

interface Lag {
  consumer: string
  lag: string
  epoch: string
  seconds: number | null
  owned: boolean
}

/**
 * How far the consumers of the log are, and whether a worker has them. `names`: those that there should be; `remade`: whose
 * tables can be made anew.
 */
export async function consumers(
  query: Query,
  { names, remade, epoch }: { names: readonly string[]; remade: readonly string[]; epoch: string },
): Promise<Finding[]> {
  const rows = await query<Lag>(
    `select c.consumer, c.epoch, coalesce((select max(position) from events), 0) - c.position lag,
        coalesce(c.until > clock_timestamp(), false) owned,
        (select extract(epoch from clock_timestamp() - e.at)::float8 from events e where e.position > c.position order by e.position limit 1) seconds
      from checkpoints c order by 1`,
  )
  const known = new Map(rows.map(row => [row.consumer, row]))
  return names.map(name => {
    const row = known.get(name)
    const what = `consumer ${name}`
    if (!row) return warn(what, 'has never run', 'Start a worker: ROLE=worker, or all.')
    if (row.epoch !== epoch)
      return fail(
        what,
        'stands at a position of another log: the database was restored or failed over',
        `Run: wellwon ${remade.includes(name) ? 'rebuild' : 'consumers continue'} ${name}`,
      )
    const lag = Number(row.lag)
    const late = lag > 0 && (row.seconds ?? 0) > 10
    const says =
      lag > 0 ? `is ${count(lag)} events behind, since ${spanOf(row.seconds ?? 0)}` : 'has read the whole log'
    if (!row.owned) return warn(what, `${says}; no worker has it`, 'Start a worker: ROLE=worker, or all.')
    return late
      ? warn(what, says, 'If it does not catch up, start another worker and look at its log.')
      : ok(what, says)
  })
}

export async function halted({ letters }: Toolbox): Promise<Finding> {
  const all = await letters.list()
  const [first] = all
  if (!first) return ok('halted streams', 'none')
  return fail(
    'halted streams',
    `${all.length}, the first ${first.consumer} ${first.stream}@${first.revision}`,
    'Run: wellwon dead-letters list',
  )
}

export async function work({ tasks }: Toolbox): Promise<Finding> {
  const [failing, waiting] = [await tasks.failing(), await tasks.waiting()]
  const given = failing.filter(task => task.failedAt)
  const overdue = waiting.since ? (Date.now() - waiting.since.getTime()) / 1_000 : 0
  const says = `${count(waiting.count)} wait, ${failing.length} failed, ${given.length} of them given up`
  if (given.length) return fail('tasks', says, 'Run: wellwon tasks list')
  if (failing.length) return warn('tasks', says, 'They are tried again. Why they fail: wellwon tasks list')
  return overdue > 60
    ? warn('tasks', `${says}; the first is due for ${spanOf(overdue)}`, 'Start a worker, or another one.')
    : ok('tasks', says)
}
