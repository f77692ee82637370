import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { functionsFor } from '../../src/adapter/postgres/functions.ts'
import { migrateDatabase } from '../../src/adapter/postgres/migrate.ts'
import { projectionTables } from '../../src/compose/store.ts'
import { run, startCommand } from './child.ts'
import type { Stops } from './stops.ts'

export interface Postgres {
  pid: number
  /** A database of its own, migrated and empty, until `stops`. */
  database: (stops: Stops) => Promise<string>
}

/** Whoever may run the server, which refuses root. */
function owner(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * A PostgreSQL of its own on 127.0.0.1 with its data in `folder`, fsync and synchronous_commit on, as after initdb but for
 * room for connections and for WAL. `preload`: a library that stands between it and the system.
 */
export async function startPostgres(stops: Stops, bin: string, folder: string, preload?: string): Promise<Postgres> {
  const as = owner()
  mkdirSync(folder)
  chmodSync(folder, 0o700)
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid)
  const data = join(folder, 'data')
  const port = await freePort()
  const initdb = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8']
  await run([join(bin, 'initdb'), ...initdb], { ...as, cwd: folder })
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '300',
    max_wal_size: '8GB', // a checkpoint in one of two measurements would not be fair
    checkpoint_timeout: '30min',
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const { pid } = await startCommand(stops, [join(bin, 'postgres'), '-D', data, '-p', String(port), ...flags], {
    ...as,
    cwd: folder,
    ready: /ready to accept connections/,
    ...(preload ? { env: { LD_PRELOAD: preload } } : {}),
  })
  const url = (name: string) => `postgres://postgres@127.0.0.1:${port}/${name}`
  const asAdmin = (statement: string) => asked(url('postgres'), statement)
  await asAdmin('create database template')
  await migrateDatabase(url('template'), functionsFor(projectionTables))
  let made = 0
  return {
    pid,
    async database(stops) {
      const name = `bench_${made++}`
      await asAdmin(`create database ${name} template template`)
      stops.add(() => asAdmin(`drop database ${name} with (force)`))
      return url(name)
    },
  }
}

/** Runs one statement over a connection of its own. */
export async function asked<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}

/** Folder of a PostgreSQL that is complete, the newest first; null when there is none. */
export function findPostgres(): string | null {
  const folders = ['18', '17', '16', '15'].map(version => `/usr/lib/postgresql/${version}/bin`)
  const path = (process.env.PATH ?? '').split(':')
  const has = (folder: string) => ['postgres', 'initdb', 'pgbench'].every(name => existsSync(join(folder, name)))
  return [...folders, ...path].find(has) ?? null
}
