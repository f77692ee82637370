import { lstat, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Account, EmbeddedError, run } from './embedded-process.ts'

/**
 * The account that the database runs as: ours, unless we are root, which PostgreSQL refuses. Then it is the owner of an
 * existing cluster, or the system's `postgres`, which is made if there is none.
 * @throws EmbeddedError when the cluster is somebody else's, or no account can be made
 */
export async function databaseAccount(cluster: string, name = 'postgres'): Promise<Account> {
  const owner = await stat(cluster).catch(() => undefined)
  const me = process.getuid?.()
  if (me !== 0) {
    if (me === undefined || owner === undefined || owner.uid === me) return undefined
    const advice = 'start WellWon as that user or as root, or set DATA_DIR to another folder'
    throw new EmbeddedError(`${cluster} belongs to another user (uid ${owner.uid}): ${advice}`)
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  const account = (await lookUp(name)) ?? (await create(name))
  // a folder copied or restored by root
  if (owner !== undefined) await run('chown', ['-R', `${account.uid}:${account.gid}`, cluster])
  return account
}

async function lookUp(name: string): Promise<NonNullable<Account> | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  return uid.ok && gid.ok ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined
}

async function create(name: string): Promise<NonNullable<Account>> {
  await run('groupadd', ['--system', name]) // fails when there is one already, which is fine
  const made = await run('useradd', [
    '--system',
    '--gid',
    name,
    '--no-create-home',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ])
  const account = await lookUp(name)
  if (account !== undefined) return account
  const advice = `create the user "${name}", or start WellWon as an ordinary user`
  throw new EmbeddedError(
    `PostgreSQL does not run as root and no user could be made for it: ${advice} (${made.output})`,
  )
}

/** The first folder on the way to `path`, or `path` itself, that the account cannot enter; asked as that account. */
export async function closedFolder(path: string, account: Account): Promise<string | undefined> {
  if (account === undefined) return undefined
  const way = [path]
  for (let folder = path; folder !== dirname(folder); folder = dirname(folder)) way.unshift(dirname(folder))
  const script = 'for d do test -x "$d" || { echo "$d"; exit 1; }; done'
  const { ok, output } = await run('/bin/sh', ['-c', script, 'sh', ...way], { account })
  return ok ? undefined : output
}

/** True when nobody but us could have put files there. */
export async function isOurs(folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
