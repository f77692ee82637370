import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { startOf, until } from '../../src/adapter/postgres/embedded-process.ts'
import { afterwards, cleanUpAfterEach, openFolder, orphan, query, queryAgain, start } from '../fixtures/embedded.ts'

cleanUpAfterEach()

const gone = (pid: number): Promise<boolean> => until(() => startOf(pid) === undefined, 10_000)

describe('start', () => {
  test('makes a database that only this machine and only the password can open', async () => {
    const dataDir = await openFolder()
    const { url, pid } = await start(dataDir, { settings: {} })
    expect(url).toMatch(/^postgres:\/\/wellwon:[\w-]{32}@127\.0\.0\.1:\d+\/wellwon$/)
    const settings = `select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories',
      'fsync', 'max_connections', 'server_encoding', 'shared_buffers', 'password_encryption') order by 1`
    expect((await query(url, settings)).map(row => Object.values(row).join('='))).toEqual([
      'fsync=on',
      'listen_addresses=127.0.0.1',
      'max_connections=100',
      'password_encryption=scram-sha-256',
      'server_encoding=UTF8',
      'shared_buffers=16384', // pages of 8 kB
      'unix_socket_directories=',
    ])
    expect(await query(url, `select lower('ÄŁЖ') as lower, 'a' < 'Z' as plain`)).toEqual([
      { lower: 'äłж', plain: false },
    ])
    expect((await stat(join(dataDir, 'postgres.secret'))).mode & 0o777).toBe(0o600)
    await expect(query(url.replace(/wellwon:[^@]+/, 'wellwon:wrong'), 'select 1')).rejects.toThrow('password')
    expect(startOf(pid())).toBeDefined()
  })

  test('finds the data again', async () => {
    const dataDir = await openFolder()
    const first = await start(dataDir)
    await query(first.url, 'create table kept as select 42 as answer')
    await first.stop()
    const second = await start(dataDir)
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }])
  })
})

describe('after kill -9 of the Node process', () => {
  test('the server is taken over, and watched', async () => {
    const dataDir = await openFolder()
    const left = await orphan(dataDir)
    const lines: string[] = []
    const taken = await start(dataDir, { log: line => lines.push(line) })
    expect([taken.url, taken.pid()]).toEqual([left.url, left.pid])
    expect(lines).toEqual([expect.stringContaining('taken over')])

    process.kill(left.pid, 'SIGKILL')
    expect(await until(() => taken.pid() !== left.pid, 10_000)).toBe(true)
    expect(await queryAgain(taken.url, 'select 1 as one')).toEqual([{ one: 1 }])
    const pid = taken.pid()
    await taken.stop()
    expect(startOf(pid)).toBeUndefined()
  })

  test('a server that does not answer is replaced, with its backends', async () => {
    const dataDir = await openFolder()
    const left = await orphan(dataDir)
    const backends = await query(left.url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()')
    process.kill(left.pid, 'SIGSTOP')
    const { url, pid } = await start(dataDir)
    expect(pid()).not.toBe(left.pid)
    expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
    for (const process of [left, ...backends]) expect(startOf(Number(process.pid))).toBeUndefined()
  })

  test('a server with other settings is replaced: fsync=off does not outlive its process', async () => {
    const dataDir = await openFolder()
    const left = await orphan(dataDir, { fsync: 'off' })
    const { url } = await start(dataDir, { settings: {} })
    expect(startOf(left.pid)).toBeUndefined()
    expect(await query(url, 'show fsync')).toEqual([{ fsync: 'on' }])
  })

  test('a server killed as well leaves nothing in the way, whoever has its pid now', async () => {
    const dataDir = await openFolder()
    const pidFile = join(dataDir, 'postgres', 'postmaster.pid')
    const left = await orphan(dataDir)
    const { uid, gid } = await stat(pidFile)
    const account = process.getuid?.() === 0 ? { uid, gid } : {} // PostgreSQL fears processes of its own user only
    process.kill(left.pid, 'SIGKILL')
    expect(await gone(left.pid)).toBe(true)

    // a living process, and a zombie, whose parent never asks for it
    const stranger = spawn('sleep', ['60'], { ...account, stdio: 'ignore' })
    const careless = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'], {
      ...account,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    afterwards(() => [stranger, careless].map(child => child.kill('SIGKILL')))
    const zombie = Number(String((await once(careless.stdout, 'data'))[0]))
    expect(await gone(zombie)).toBe(true)

    for (const pid of [stranger.pid, zombie]) {
      const text = await readFile(pidFile, 'utf8').catch(() => `1\n${join(dataDir, 'postgres')}\n1\n1\n\n127.0.0.1\n`)
      await writeFile(pidFile, text.replace(/^\d+/, String(pid)))
      const embedded = await start(dataDir)
      expect(await query(embedded.url, 'select 1 as one')).toEqual([{ one: 1 }])
      await embedded.stop()
    }
    expect(process.kill(zombie, 0)).toBe(true) // what kill -0 says of a zombie
    expect(startOf(stranger.pid ?? 0)).toBeDefined()
  })
})

describe('while it runs', () => {
  test('a killed server comes back on the same port, again and again, though a backend is at work', async () => {
    const embedded = await start(await openFolder())
    await query(embedded.url, 'create table kept as select 42 as answer')
    for (let round = 0; round < 3; round++) {
      const before = embedded.pid()
      const busy = query(embedded.url, 'select sum(sqrt(n)) from generate_series(1, 1e9) n').catch(() => 'cut')
      await expect
        .poll(() => query(embedded.url, `select pid from pg_stat_activity where query ~ '^select sum'`))
        .toHaveLength(1)
      process.kill(before, 'SIGKILL')
      expect(await busy).toBe('cut')
      expect(await until(() => embedded.pid() !== before, 10_000)).toBe(true)
      expect(await queryAgain(embedded.url, 'select answer from kept')).toEqual([{ answer: 42 }])
    }
  })

  test('it is stopped once and leaves no process, with clients connected', async () => {
    const embedded = await start(await openFolder())
    const client = new pg.Client({ connectionString: embedded.url })
    client.on('error', () => undefined)
    await client.connect()
    const { rows } = await client.query<{ pid: number }>('select pid from pg_stat_activity')
    await Promise.all([embedded.stop(), embedded.stop()])
    await embedded.stop()
    for (const { pid } of [...rows, { pid: embedded.pid() }]) expect(startOf(pid)).toBeUndefined()
  })

  test('it is stopped by force when it does not listen, and while it comes back', async () => {
    const dataDir = await openFolder()
    const paused = await start(dataDir)
    const backends = await query(paused.url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()')
    process.kill(paused.pid(), 'SIGSTOP')
    await paused.stop()
    for (const { pid } of [...backends, { pid: paused.pid() }]) expect(await gone(Number(pid))).toBe(true)

    const embedded = await start(dataDir)
    process.kill(embedded.pid(), 'SIGKILL')
    expect(await gone(embedded.pid())).toBe(true)
    await embedded.stop()
    expect(startOf(embedded.pid())).toBeUndefined()
    await expect(query(embedded.url, 'select 1')).rejects.toThrow('ECONNREFUSED')
  })
})
