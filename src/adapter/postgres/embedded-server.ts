import { spawn } from 'node:child_process'
import { open, readFile, rename, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import type { Cluster } from './embedded-cluster.ts'
import { clearPidFile } from './embedded-pid-file.ts'
import { EmbeddedError, end, environment, isAlive, type Known, startOf, sweep } from './embedded-process.ts'

/** A running postmaster. */
export interface Server extends Known {
  port: number
  /** Where its part of the log begins, in bytes. */
  logFrom: number
}

export const urlOf = (cluster: Cluster, port: number, database = 'wellwon'): string =>
  `postgres://wellwon:${cluster.password}@127.0.0.1:${port}/${database}`

/** The words after `postgres` on the command line. */
export function argumentsOf({ alias, name, settings }: Cluster, port: number): string[] {
  const all = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', cluster_name: name, ...settings }
  return ['-D', alias, ...Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`])]
}

/**
 * Starts the server and returns at once; `awaitReady` tells when it can be used. The cluster must have no living server.
 * @param onExit called when it has ended
 */
export async function launch(cluster: Cluster, port: number, onExit: () => void): Promise<Server> {
  await clearPidFile(cluster)
  const size = await stat(cluster.logFile).then(
    found => found.size,
    () => 0,
  )
  if (size > 10_000_000) await rename(cluster.logFile, `${cluster.logFile}.1`)
  const log = await open(cluster.logFile, 'a', 0o600)
  try {
    const logFrom = (await log.stat()).size
    // detached: Ctrl-C in a terminal is for us alone, we stop the database last
    const child = spawn(cluster.binaries.postgres, argumentsOf(cluster, port), {
      ...cluster.account,
      cwd: cluster.folder,
      env: environment,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
    })
    child.on('exit', onExit)
    child.unref()
    const pid = await new Promise<number>((resolve, reject) => {
      child.on('error', reject)
      child.on('spawn', () => resolve(child.pid ?? 0))
    })
    return { pid, start: startOf(pid) ?? 'ended', port, logFrom }
  } finally {
    await log.close()
  }
}

/**
 * Waits until the server answers and has the database `wellwon`, which is made if need be. One that says that it is
 * still starting or recovering is given time without limit.
 * @param patience how long it may say nothing, in ms
 * @throws EmbeddedError when it ended, is not ours or does not answer; the signal's reason
 */
export async function awaitReady(
  cluster: Cluster,
  server: Server,
  patience: number,
  signal?: AbortSignal,
): Promise<void> {
  let deadline = Date.now() + patience
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
    signal?.throwIfAborted()
    try {
      return await prepareDatabase(cluster, server.port)
    } catch (error) {
      const code = (error as { code?: unknown }).code
      if (code === '57P03') deadline = Date.now() + patience
      if (!isAlive(server)) throw new EmbeddedError(await lastWords(cluster, server), error)
      if (code === '28P01') {
        const advice = 'put the right one back, or move the folder away to start empty'
        throw new EmbeddedError(`The password in postgres.secret does not open ${cluster.folder}: ${advice}`, error)
      }
      if (error instanceof EmbeddedError) throw error
      if (Date.now() > deadline)
        throw new EmbeddedError(`PostgreSQL (process ${server.pid}) does not answer: see ${cluster.logFile}`, error)
    }
    await delay(pause)
  }
}

async function prepareDatabase(cluster: Cluster, port: number): Promise<void> {
  const connectionString = urlOf(cluster, port, 'postgres')
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 1000, query_timeout: 10_000 })
  client.on('error', () => undefined) // a cut connection fails the query below as well
  try {
    await client.connect()
    const { rows } = await client.query<{ folder: string; made: boolean }>(
      `select current_setting('data_directory') folder,
              exists (select from pg_database where datname = 'wellwon') made`,
    )
    if (rows[0]?.folder !== cluster.alias)
      throw new EmbeddedError(`The server on port ${port} is not that of ${cluster.folder}`)
    if (!rows[0].made) await client.query('create database wellwon')
  } finally {
    void client.end().catch(() => undefined)
  }
}

async function lastWords({ folder, logFile }: Cluster, { logFrom }: Server): Promise<string> {
  const said = (await readFile(logFile).catch(() => Buffer.alloc(0))).subarray(logFrom).toString()
  const reason = /(?:FATAL|PANIC|ERROR): +(.*)/.exec(said)?.[1] ?? said.trim().slice(-300)
  return `PostgreSQL does not start in ${folder} (${reason || 'it said nothing'}): see ${logFile}`
}

/** Ends the server, with its backends: in good order within 4 s, else by force. */
export async function shutDown(cluster: Cluster, server: Server): Promise<void> {
  await end(server, [
    ['SIGINT', 4000],
    ['SIGQUIT', 500],
    ['SIGKILL', 5000],
  ])
  await sweep(cluster.name)
}
