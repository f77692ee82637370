import { createHash, randomBytes } from 'node:crypto'
import { chmod, chown, mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { closedFolder, databaseAccount } from './embedded-account.ts'
import { type Binaries, findBinaries } from './embedded-binaries.ts'
import { type Account, EmbeddedError, run } from './embedded-process.ts'

/** All that is needed to start the server of one data folder. */
export interface Cluster {
  /** `<dataDir>/postgres` */
  folder: string
  /** What the server calls that folder. */
  alias: string
  /** Stands in the command line and in the process titles of its server, so that both can be recognized. */
  name: string
  account: Account
  binaries: Binaries
  password: string
  logFile: string
  settings: Record<string, string>
}

export interface ClusterOptions {
  settings?: Record<string, string> | undefined
  binariesFrom?: string | undefined
}

/**
 * Finds the cluster of a data folder, or makes it, which happens beside its place: a half-made one is never found.
 * @param dataDir its real path
 * @throws EmbeddedError when what is there cannot be used, or no cluster can be made
 */
export async function openCluster(dataDir: string, options: ClusterOptions): Promise<Cluster> {
  const folder = join(dataDir, 'postgres')
  const account = await databaseAccount(folder)
  const closed = await closedFolder(dataDir, account)
  const binaries = await findBinaries(account, options.binariesFrom, [
    ...(closed ? [] : [dataDir]),
    '/var/cache/wellwon',
  ])
  const cluster: Cluster = {
    folder,
    alias: closed === undefined ? folder : aliasBehind(closed),
    name: `wellwon-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
    account,
    binaries,
    password: '',
    logFile: join(dataDir, 'postgres.log'),
    settings: options.settings ?? {},
  }
  const made = await isMade(cluster)
  cluster.password = await passwordOf(join(dataDir, 'postgres.secret'), made)
  if (!made) await make(cluster, dataDir)
  await chmod(folder, 0o700) // PostgreSQL insists, and a copied folder may be more open
  return cluster
}

// The account cannot walk to the folder, but it can be put into it: a process takes its working folder along.
function aliasBehind(closed: string): string {
  if (process.platform === 'linux') return '/proc/self/cwd'
  const advice = `run chmod o+x ${closed}, or set DATA_DIR to a folder that every user can enter, such as /var/lib/wellwon`
  throw new EmbeddedError(`The database's own user cannot enter ${closed}: ${advice}`)
}

async function isMade({ folder, binaries }: Cluster): Promise<boolean> {
  const files = await readdir(folder).catch(() => [])
  if (files.length === 0) return false
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  if (version === binaries.major) return true
  const advice = `move it away to start empty, or set DATA_DIR to another folder`
  if (!/^\d{1,3}(\.\d)?$/.test(version)) {
    throw new EmbeddedError(
      `${folder} is not a PostgreSQL data folder, or a damaged one: restore it from a backup, ${advice}`,
    )
  }
  const upgrade = `dump it with PostgreSQL ${version}`
  throw new EmbeddedError(
    `${folder} was made by PostgreSQL ${version}, this is ${binaries.major}: ${upgrade}, ${advice}`,
  )
}

async function passwordOf(file: string, made: boolean): Promise<string> {
  const found = (await readFile(file, 'utf8').catch(() => '')).trim()
  if (found !== '') return found
  if (made) {
    throw new EmbeddedError(
      `${file}, the database's password, is missing: put it back, or move the folder away to start empty`,
    )
  }
  const password = randomBytes(24).toString('base64url')
  await rm(file, { force: true })
  await writeFile(file, `${password}\n`, { mode: 0o600, flush: true })
  return password
}

async function make(cluster: Cluster, dataDir: string): Promise<void> {
  const { account } = cluster
  const drafts = (await readdir(dataDir)).filter(name => name.startsWith('postgres.new-'))
  // the initdb of a killed process may still be writing there: it is tried again, and what stays goes with the next start
  const gone = { recursive: true, force: true, maxRetries: 10, retryDelay: 50 }
  for (const name of drafts) await rm(join(dataDir, name), gone).catch(() => undefined)
  const draft = await mkdtemp(join(dataDir, 'postgres.new-'))
  const [data, password] = [join(draft, 'data'), join(draft, 'password')]
  try {
    await mkdir(data, { mode: 0o700 })
    await writeFile(password, cluster.password, { mode: 0o600 })
    if (account !== undefined) for (const path of [draft, data, password]) await chown(path, account.uid, account.gid)
    await initdb(cluster, data)
    await rename(data, cluster.folder)
    await flush(dataDir)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function initdb({ alias, folder, account, binaries, settings }: Cluster, data: string): Promise<void> {
  const args = [
    ...['-D', alias === folder ? data : alias],
    ...['--username=wellwon', '--auth=scram-sha-256', '--pwfile=../password', '--no-instructions'],
    // the provider of PostgreSQL itself: sorts alike on every machine, today and after an upgrade of the system
    ...['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    ...['--set=max_connections=100', '--set=shared_buffers=128MB', '--set=timezone=UTC', '--set=log_timezone=UTC'],
    '--set=log_checkpoints=off',
    '--set=log_error_verbosity=terse', // no DETAIL: it holds rows, and so what people wrote
    ...(settings.fsync === 'off' ? ['--no-sync'] : []),
  ]
  const { ok, output } = await run(binaries.initdb, args, { cwd: data, account })
  if (ok) return
  const reason = output.split('\n').find(line => line.includes('error:')) ?? output.split('\n').at(-1)
  throw new EmbeddedError(`No database could be made in ${folder} (${reason}): see to that and start again`)
}

async function flush(folder: string): Promise<void> {
  const handle = await open(folder)
  await handle.sync().finally(() => handle.close())
}
