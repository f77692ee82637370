import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { appendLock } from '../../src/adapter/postgres/functions.ts'
import { newId } from '../../src/kernel/id.ts'
import { connect, eventually, openGroup, register } from '../client.ts'
import { afterwards, cleanUpAfterEach, openFolder, query } from '../fixtures/embedded.ts'
import { databaseOf, type Meant, sendDocument, startLoad, tell, wrongIn } from '../fixtures/load.ts'
import { finish, lives, run, type Server, seededRun, startServer } from '../fixtures/server.ts'

cleanUpAfterEach()

// The orderly end: requests are answered, sockets are told, no process is left, and the exit code is 0.

/** Processes whose command line names the folder: a server's own PostgreSQL. */
async function processesOf(dataDir: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')))
  return pids.filter((pid, i) => lives(pid) && lines[i]?.includes(dataDir))
}

async function opened(more: Record<string, string> = {}, command?: string[]) {
  const dataDir = await openFolder()
  const server = await startServer({ DATA_DIR: dataDir, ...more }, command)
  afterwards(() => finish(server))
  const people = await Promise.all(Array.from({ length: 4 }, (_, n) => register(server.url, `Writer ${n}`)))
  const [owner] = people as [(typeof people)[0]]
  const chat = await openGroup(owner, people.slice(1))
  return { dataDir, server, people, owner, chat, database: await databaseOf(dataDir) }
}

/** Holds the lock that all appends wait for: whatever is sent now is under way until it is given back. */
async function holdAppends(url: string): Promise<{ waiting: () => Promise<boolean>; release: () => Promise<void> }> {
  const db = new pg.Client({ connectionString: url })
  db.on('error', () => undefined)
  await db.connect()
  await db.query('select pg_advisory_lock($1)', [appendLock])
  const release = () => db.end().catch(() => undefined)
  afterwards(release)
  const sql = "select from pg_stat_activity where application_name = 'wellwon-writer' and wait_event = 'advisory'"
  return { waiting: async () => (await db.query(sql)).rowCount === 1, release }
}

const message = (author: string, chatId: string, text: string): Meant => ({
  ...{ key: newId(), text, author, chatId },
  ...{ acked: null, refused: null, open: true },
})

async function left(server: Server, dataDir: string): Promise<unknown> {
  return { server: lives(server.pid), postgres: await processesOf(dataDir) }
}
const nothing = { server: false, postgres: [] }

test('SIGTERM: requests under way are answered, over HTTP and on a socket; /ready is 503; sockets get 1001', async () => {
  const { dataDir, server, people, owner, chat, database } = await opened()
  const codes: number[] = []
  const closed = (e: unknown) => void codes.push((e as { code: number }).code)
  const listener = connect(owner)
  listener.on('closed', closed)
  const done: string[] = []
  listener.subscribe(
    { query: 'subscription ($id: ID!) { chatEvents(chatId: $id) { position } }', variables: { id: chat.id } },
    {
      next: () => void done.push('frame'),
      error: () => void done.push('error'),
      complete: () => void done.push('done'),
    },
  )
  await eventually(() => done.length > 0)
  const appends = await holdAppends(database.url)
  const meant = people.map((p, n) => message(p.id, chat.id, `under way ${n}`))
  const answers = people.map((person, n) => tell(person, meant[n] as Meant))
  const onSocket = connect(owner)
  onSocket.on('closed', closed)
  const input = { chatId: chat.id, content: { text: 'on a socket' } }
  const said: unknown[] = []
  onSocket.subscribe(
    { query: sendDocument, variables: { input } },
    { next: a => void said.push(a.data?.sendMessage), error: e => void said.push(e), complete: () => undefined },
  )
  await eventually(appends.waiting)
  await pause(300) // all are on their way to the lock: there is no sign of it from outside

  server.child.kill('SIGTERM')
  await eventually(async () => (await fetch(`${server.url}/ready`)).status === 503)
  const late = message(owner.id, chat.id, 'too late')
  await tell(owner, late)
  await appends.release()
  await Promise.all(answers)
  expect(meant.filter(m => !m.acked)).toEqual([])
  await eventually(() => codes.length === 2)
  expect(codes).toEqual([1001, 1001])
  expect(said).toEqual([expect.objectContaining({ edge: expect.anything() })])
  expect(await server.end('SIGCONT')).toBe(0)
  expect(await left(server, dataDir)).toEqual(nothing)
  expect(late.acked).toBeNull()
})

test('SIGTERM under load: what is in the log was answered, and it takes less than DRAIN_SECONDS', async () => {
  const { random } = seededRun()
  const { dataDir, server, people, chat } = await opened()
  const meant: Meant[] = []
  const load = startLoad(people, chat.id, () => server.url)
  const enough = 50 + random() * 200
  await eventually(() => load.acked() > enough, 30_000, 'the load')
  const before = Date.now()
  expect(await server.end('SIGTERM')).toBe(0)
  expect(Date.now() - before).toBeLessThan(5_000)
  expect(await left(server, dataDir)).toEqual(nothing)
  await load.stop()
  meant.push(...load.meant)

  const again = await startServer({ DATA_DIR: dataDir })
  afterwards(() => finish(again))
  const { url } = await databaseOf(dataDir)
  expect(await wrongIn(url, meant)).toEqual([])
  const stored = new Set(
    (await query(url, "select command from events where type = 'MessageSent'")).map(r => r.command),
  )
  expect(meant.filter(m => m.open && stored.has(m.key))).toEqual([])
})

test('what does not come to its end is cut after DRAIN_SECONDS, and still no process is left', async () => {
  const { dataDir, server, people, owner, chat, database } = await opened({ DRAIN_SECONDS: '1' })
  const appends = await holdAppends(database.url)
  const stuck = tell(people[1] ?? owner, message(owner.id, chat.id, 'never answered'))
  const deaf = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  await eventually(() => deaf.readyState === WebSocket.OPEN)
  deaf.pause() // it will not answer the good-bye
  await eventually(appends.waiting)
  expect(await server.end('SIGTERM')).toBe(0)
  expect(await left(server, dataDir)).toEqual(nothing)
  await stuck
  deaf.terminate()
})

test('Ctrl-C in a terminal reaches npm and the server, which npm tells once more: it ends in order all the same', async () => {
  const { dataDir, server } = await opened({}, ['npm', 'start'])
  process.kill(-server.pid, 'SIGINT')
  await server.end('SIGCONT')
  await eventually(async () => (await processesOf(dataDir)).length === 0, 10_000, 'the end of PostgreSQL')
  const group = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  const stats = await Promise.all(group.map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')))
  expect(stats.filter(s => s.slice(s.lastIndexOf(')') + 2).split(' ')[2] === String(server.pid))).toEqual([])
  expect(await readFile(`${dataDir}/postgres/postmaster.pid`, 'utf8').catch(() => 'gone')).toBe('gone')
})

test('told to stop at any moment of its start, it leaves no process', async () => {
  const { random } = seededRun()
  for (let round = 0; round < 8; round++) {
    const dataDir = await openFolder()
    const starting = run({ DATA_DIR: dataDir })
    afterwards(() => finish(starting))
    // Half of them before it has begun with its folder, half while it makes and starts its database.
    if (round % 2 === 0) await eventually(() => existsSync(`${dataDir}/wellwon.pid`), 30_000, 'the lock')
    const ms = random() * 1_500
    await pause(ms)
    const how = await starting.end(random() < 0.5 ? 'SIGTERM' : 'SIGINT')
    const about = `round ${round}, ${ms} ms: ${starting.said()}`
    expect(round % 2 === 0 ? [0] : [0, 'SIGTERM', 'SIGINT'], about).toContain(how)
    expect(await processesOf(dataDir), about).toEqual([])
  }
})

test('/ready is 503 while PostgreSQL is silent, and 200 when it speaks again', async () => {
  const { server, database } = await opened()
  const ready = async () => (await fetch(`${server.url}/ready`)).status
  const backends = await query(database.url, 'select pid from pg_stat_activity where pid <> pg_backend_pid()')
  const all = [database.postmaster, ...backends.map(row => Number(row.pid))]
  const tell = (signal: NodeJS.Signals) => {
    for (const pid of all.filter(lives)) process.kill(pid, signal)
  }
  expect(await ready()).toBe(200)
  tell('SIGSTOP')
  try {
    await eventually(async () => (await ready()) === 503, 20_000, 'noticing')
  } finally {
    tell('SIGCONT')
  }
  await eventually(async () => (await ready()) === 200, 20_000, 'coming back')
})
