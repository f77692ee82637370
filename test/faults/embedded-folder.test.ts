import { spawn } from 'node:child_process'
import { chmod, cp, mkdir, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { closedFolder, databaseAccount } from '../../src/adapter/postgres/embedded-account.ts'
import { findBinaries } from '../../src/adapter/postgres/embedded-binaries.ts'
import { EmbeddedError, run } from '../../src/adapter/postgres/embedded-process.ts'
import {
  afterwards,
  cleanUpAfterEach,
  holder,
  killNode,
  nodeProcess,
  openFolder,
  query,
  start,
} from '../fixtures/embedded.ts'

cleanUpAfterEach()

const isRoot = process.getuid?.() === 0
const one = 'select 1 as one'

/** The one clear line that the start is refused with. */
async function refusal(starting: Promise<unknown>): Promise<string> {
  const error = await starting.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof EmbeddedError)) throw new Error(`no EmbeddedError: ${error}`)
  expect(error.message).not.toContain('\n')
  return error.message
}

describe('one process at a time', () => {
  test('a second start is refused, by another process and by the same', async () => {
    const dataDir = await openFolder()
    const embedded = await start(dataDir)
    const advice = 'stop it, or set DATA_DIR to another folder'
    const { told } = holder(dataDir)
    expect(await told).toEqual({ refused: `${dataDir} is already in use by process ${process.pid}: ${advice}` })
    expect(await refusal(start(dataDir))).toBe(`${dataDir} is already in use by this process: ${advice}`)
    expect(await query(embedded.url, one)).toEqual([{ one: 1 }])
    await embedded.stop()
    expect(await readdir(dataDir)).toEqual(['postgres', 'postgres.log', 'postgres.secret'])
  })

  test('a dead process holds nothing, though its pid lives on as another', async () => {
    const dataDir = await openFolder()
    const { url } = await start(dataDir).then(async embedded => {
      await embedded.stop()
      await writeFile(join(dataDir, 'wellwon.pid'), `${process.ppid} 1\n`)
      return start(dataDir)
    })
    expect(await query(url, one)).toEqual([{ one: 1 }])
  })

  test('of many that find a dead lock at once, one takes it', async () => {
    const folder = await openFolder()
    const rounds = Array.from({ length: 100 }, (_, round) => round)
    for (const round of rounds) {
      await writeFile(join(folder, `${round}.pid`), '1 1\n')
      if (round % 2 === 0) await writeFile(join(folder, `${round}.pid~`), '1 1\n') // killed while it took over
    }
    const args = [folder, String(rounds.length), String(Date.now() + 3000)]
    const racers = Array.from({ length: 4 }, () => nodeProcess<number[]>('embedded-racer.ts', args).told)
    const won = (await Promise.all(racers)).flat()
    expect(won.sort((a, b) => a - b)).toEqual(rounds)
  })

  test('a server that somebody else started there is left alone', async () => {
    const dataDir = await openFolder()
    await (await start(dataDir)).stop()
    const folder = join(dataDir, 'postgres')
    const account = await databaseAccount(folder)
    const { postgres } = await findBinaries(account)
    const settings = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${folder}`]
    const theirs = spawn(postgres, ['-D', folder, ...settings], { ...account, cwd: '/', stdio: 'ignore' })
    afterwards(() => theirs.kill('SIGQUIT'))
    const pidFile = join(folder, 'postmaster.pid')
    await expect.poll(() => readFile(pidFile, 'utf8').catch(() => '')).toContain('ready')
    const before = await readFile(pidFile, 'utf8')
    expect(await refusal(start(dataDir))).toContain(`is served by process ${theirs.pid}, which WellWon did not start`)
    expect(await readFile(pidFile, 'utf8')).toBe(before)
  })
})

describe('a folder that is closed to the user of the database', { timeout: 60_000 }, () => {
  test('holds the data all the same', async () => {
    const closed = join(await openFolder(), 'closed')
    const dataDir = join(closed, 'data')
    await mkdir(dataDir, { recursive: true })
    await chmod(closed, 0o700)
    const account = await databaseAccount(join(dataDir, 'postgres'))
    expect(await closedFolder(dataDir, account)).toBe(isRoot ? closed : undefined)

    const embedded = await start(dataDir)
    await query(embedded.url, 'create table kept as select 42 as answer')
    expect(await readdir(join(dataDir, 'postgres'))).toContain('PG_VERSION')
    const before = embedded.pid()
    process.kill(before, 'SIGKILL')
    await expect
      .poll(() => query(embedded.url, 'select answer from kept').catch(() => []), { timeout: 15_000 })
      .toEqual([{ answer: 42 }])
    expect(embedded.pid()).not.toBe(before)
  })

  test('may hold the project: the programs are copied to where they can be run', async () => {
    const closed = join(await openFolder(), 'closed')
    const dataDir = await openFolder()
    const project = await copyOfPackage(closed)
    await chmod(closed, 0o700)
    for (const round of ['copied', 'found again']) {
      const embedded = await start(dataDir, { binariesFrom: project })
      expect(await query(embedded.url, one), round).toEqual([{ one: 1 }])
      const program = await readlink(`/proc/${embedded.pid()}/exe`).catch(() => '')
      const copies = (await readdir(dataDir)).filter(name => name.startsWith('binaries-'))
      expect(copies).toHaveLength(isRoot ? 1 : 0)
      if (program !== '') expect(program.startsWith(isRoot ? join(dataDir, `${copies}`) : project)).toBe(true)
      await embedded.stop()
    }
  })

  test('that also holds the data: the copy is in another place', async () => {
    const closed = join(await openFolder(), 'closed')
    const cache = join(await openFolder(), 'cache')
    const project = await copyOfPackage(closed)
    await chmod(closed, 0o700)
    const account = await databaseAccount(join(closed, 'data'))
    const { postgres } = await findBinaries(account, project, [closed, cache])
    expect(postgres.startsWith(isRoot ? cache : project)).toBe(true)
    expect((await run(postgres, ['--version'], { account })).output).toContain('(PostgreSQL)')
    expect((await readdir(closed)).filter(name => name.startsWith('binaries-'))).toEqual([])
  })
})

describe('the programs', { timeout: 60_000 }, () => {
  test('run though the package was installed without its script, which makes the links', async () => {
    const dataDir = await openFolder()
    const project = await copyOfPackage(join(dataDir, 'project'))
    const lib = join(project, 'native', 'lib')
    for (const { target } of JSON.parse(await readFile(join(project, 'native', 'pg-symlinks.json'), 'utf8'))) {
      await rm(join(project, target))
    }
    expect(await readdir(lib)).not.toContain('libpq.so.5')
    const { url } = await start(dataDir, { binariesFrom: project })
    expect(await query(url, one)).toEqual([{ one: 1 }])
    expect(await readdir(lib)).toContain('libpq.so.5')
  })

  test('are missing: it says what to do', async () => {
    const message = await refusal(start(await openFolder(), { binariesFrom: '/nowhere/at/all' }))
    expect(message).toMatch(/^The embedded PostgreSQL in \/nowhere\S+ cannot be run .* set DATABASE_URL/)
  })

  test('run as a user that is made if there is none', async () => {
    const name = `wellwon-test-${process.pid}`
    afterwards(() => run('userdel', [name]))
    const account = await databaseAccount('/nowhere', name)
    expect(account).toEqual(isRoot ? { uid: expect.any(Number), gid: expect.any(Number) } : undefined)
    expect((await run('id', ['-u'], { account })).output).toBe(String(account?.uid ?? process.getuid?.()))
    expect(account?.uid).not.toBe(0)
  })
})

describe('a data folder that cannot be used', () => {
  test('damaged, of another version, or without its password', async () => {
    const dataDir = await openFolder()
    await (await start(dataDir)).stop()
    const version = join(dataDir, 'postgres', 'PG_VERSION')
    await writeFile(version, '15\n')
    expect(await refusal(start(dataDir))).toContain(
      `${dataDir}/postgres was made by PostgreSQL 15, this is 18: dump it`,
    )
    await writeFile(version, '\0garbage\n')
    expect(await refusal(start(dataDir))).toContain('is not a PostgreSQL data folder, or a damaged one')
    await writeFile(version, '18\n')
    const secret = await readFile(join(dataDir, 'postgres.secret'), 'utf8')
    await rm(join(dataDir, 'postgres.secret'))
    expect(await refusal(start(dataDir))).toContain("postgres.secret, the database's password, is missing: put it back")
    await writeFile(join(dataDir, 'postgres.secret'), 'another\n')
    expect(await refusal(start(dataDir))).toContain('The password in postgres.secret does not open')
    await writeFile(join(dataDir, 'postgres.secret'), secret)
    await rm(join(dataDir, 'postgres', 'global', 'pg_control'))
    expect(await refusal(start(dataDir))).toMatch(
      /PostgreSQL does not start in \S+ \(.*could not .*pg_control.*\): see .*log/,
    )
    expect(await readdir(dataDir)).not.toContain('wellwon.pid')
  })

  test('not a folder', async () => {
    const file = join(await openFolder(), 'file')
    await writeFile(file, '')
    expect(await refusal(start(file))).toMatch(/^The data folder \S+ cannot be used \(EEXIST.*\): .*DATA_DIR/)
  })

  test('half made by a killed process: the next start makes it anew', async () => {
    const dataDir = await openFolder()
    const { child } = holder(dataDir)
    const half = async (): Promise<string[]> => {
      const draft = (await readdir(dataDir)).find(name => name.startsWith('postgres.new-'))
      return draft === undefined ? [] : readdir(join(dataDir, draft, 'data')).catch(() => [])
    }
    await expect.poll(half, { interval: 2, timeout: 15_000 }).toContain('base')
    await killNode(child)
    expect(await readdir(dataDir)).not.toContain('postgres')
    const { url } = await start(dataDir)
    expect(await query(url, one)).toEqual([{ one: 1 }])
    const made = (await readdir(dataDir)).filter(name => name.startsWith('postgres.new-'))
    expect(made).toEqual([])
  })
})

/** A platform package in `<folder>/package`. */
async function copyOfPackage(folder: string): Promise<string> {
  const { postgres } = await findBinaries(await databaseAccount('/nowhere'))
  const to = join(folder, 'package')
  await cp(dirname(dirname(dirname(postgres))), to, { recursive: true, verbatimSymlinks: true })
  await writeFile(join(to, 'package.json'), JSON.stringify({ version: 'test' }))
  return to
}
