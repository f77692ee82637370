import { readFile, readlink, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Cluster } from './embedded-cluster.ts'
import { commandLineOf, EmbeddedError, type Known, startOf, sweep } from './embedded-process.ts'

/** The living server that a cluster's pid file names, if that pid is not some other process by now. */
export async function findRunning(cluster: Cluster): Promise<(Known & { port: number; line: string }) | undefined> {
  const noted = (await readPidFile(cluster)).split('\n')
  const [pid, port] = [Number(noted[0]), Number(noted[3])]
  const start = startOf(pid)
  if (start === undefined) return undefined
  const line = await commandLineOf(pid)
  return isServerOf(cluster, line) ? { pid, start, port, line } : undefined
}

// its command line is `<somewhere>/postgres -D <folder> -c … -c cluster_name=<the name of this cluster> …`
const isServerOf = (cluster: Cluster, line: string): boolean =>
  basename(line.split(' -D ', 1)[0] ?? '') === 'postgres' && line.includes(` -c cluster_name=${cluster.name}`)

/**
 * Makes way for a new server after one that was killed, which leaves its pid file, and backends for a while. If its pid
 * is somebody else's now, or a zombie's, PostgreSQL would refuse to start; the pid of its own parent, us, it knows to be
 * stale. The file itself has to stay: it names the shared memory, by which PostgreSQL sees that no old backend is left.
 * @throws EmbeddedError when a server that we did not start runs in the folder
 */
export async function clearPidFile(cluster: Cluster): Promise<void> {
  const text = await readPidFile(cluster)
  const pid = Number.parseInt(text, 10)
  if (!(pid > 0)) return // none, or the negative one of somebody's single-user session, which PostgreSQL respects
  if (await isForeignServer(cluster, pid)) {
    throw new EmbeddedError(`${cluster.folder} is served by process ${pid}, which WellWon did not start: stop it first`)
  }
  await sweep(cluster.name)
  await writeFile(join(cluster.folder, 'postmaster.pid'), text.replace(/^\d+/, String(process.pid)))
}

async function isForeignServer({ folder }: Cluster, pid: number): Promise<boolean> {
  if (startOf(pid) === undefined) return false
  const line = await commandLineOf(pid)
  const itsFolder = await readlink(`/proc/${pid}/cwd`).catch(() => '')
  return /(^|\/)postgres\b/.test(line) && (itsFolder === folder || line.includes(folder))
}

const readPidFile = ({ folder }: Cluster): Promise<string> =>
  readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')
