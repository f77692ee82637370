import { readlink } from 'node:fs/promises'
import type { Cluster } from './embedded-cluster.ts'
import { findRunning } from './embedded-pid-file.ts'
import { end } from './embedded-process.ts'
import { argumentsOf, awaitReady, type Server, shutDown } from './embedded-server.ts'

/**
 * Takes over the server that a killed process left running in this cluster. One that is silent, or that was started
 * otherwise than we would, is ended. Undefined: none is running now, and no other process was touched.
 */
export async function adopt(cluster: Cluster, log: (line: string) => void): Promise<Server | undefined> {
  const running = await findRunning(cluster)
  if (running === undefined) return undefined
  const { pid, start, port, line } = running
  const server = { pid, start, port, logFrom: Number.MAX_SAFE_INTEGER }
  const program = await readlink(`/proc/${pid}/exe`).catch(() => '')
  const asOurs = line === [cluster.binaries.postgres, ...argumentsOf(cluster, port)].join(' ')
  if (!asOurs || program.endsWith(' (deleted)')) {
    log(`PostgreSQL (process ${pid}) was left running with other settings or programs: it is started anew`)
    await shutDown(cluster, server)
    return undefined
  }
  try {
    await awaitReady(cluster, server, 3000)
    log(`PostgreSQL (process ${pid}) was left running by a killed process: it is taken over`)
    return server
  } catch {
    log(`PostgreSQL (process ${pid}) was left running by a killed process and does not answer: it is started anew`)
    await end(server, [
      ['SIGQUIT', 1000],
      ['SIGKILL', 5000],
    ])
    return undefined
  }
}
