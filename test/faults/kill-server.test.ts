import { expect, test } from 'vitest'
import { eventually, openGroup, register } from '../client.ts'
import { afterwards, cleanUpAfterEach, openFolder, queryAgain } from '../fixtures/embedded.ts'
import { databaseOf, type Meant, startChores, startLoad, tell, wrongIn } from '../fixtures/load.ts'
import { finish, lives, type Server, seededRun, startServer } from '../fixtures/server.ts'

cleanUpAfterEach()

// Durability: the process is killed, with and without its PostgreSQL, and nothing that was acknowledged is lost.

test('the server is killed 20 times under load: what was acknowledged is there once, the rest wholly or not at all', async () => {
  const { random } = seededRun()
  const dataDir = await openFolder()
  let server = await startServer({ DATA_DIR: dataDir })
  afterwards(() => finish(server))
  const people = await Promise.all(Array.from({ length: 8 }, (_, n) => register(server.url, `Writer ${n}`)))
  const [owner] = people as [(typeof people)[0]]
  const chat = await openGroup(owner, people.slice(1))
  const meant: Meant[] = []
  const ends = { adopted: 0, replaced: 0, open: 0, again: 0 }

  for (let round = 0; round < 20; round++) {
    const load = startLoad(people, chat.id, () => server.url)
    const chores = startChores(owner, chat.id, () => server.url)
    const enough = 5 + random() * 150
    await eventually(() => load.acked() > enough, 30_000, 'the load')
    const before = await databaseOf(dataDir)
    const too = random() < 0.6 ? null : random() < 0.7 ? 'SIGKILL' : 'SIGSTOP'
    if (too) process.kill(before.postmaster, too)
    expect(await server.end('SIGKILL')).toBe('SIGKILL')
    await Promise.all([load.stop(), chores.stop()])
    meant.push(...load.meant)

    server = await startServer({ DATA_DIR: dataDir })
    const after = await databaseOf(dataDir)
    expect(after.postmaster === before.postmaster).toBe(too === null)
    ends[too ? 'replaced' : 'adopted']++
    if (too) expect(lives(before.postmaster)).toBe(false)
    for (const one of load.meant.filter(m => m.open)) {
      ends.open++
      const author = people.find(p => p.id === one.author)
      if (!author || random() < 0.4) continue
      ends.again++
      await tell(author, one, server.url)
      expect(one.acked).not.toBeNull()
    }
  }
  console.log({ ...ends, acknowledged: meant.filter(m => m.acked).length })
  expect(ends.open).toBeGreaterThan(20)
  expect(await wrongIn((await databaseOf(dataDir)).url, meant)).toEqual([])
  await stoppedClean(server, dataDir)
}, 500_000)

test('PostgreSQL is killed 10 times under load, and backends of it: the server goes on, and nothing is lost', async () => {
  const { random } = seededRun()
  const dataDir = await openFolder()
  const server = await startServer({ DATA_DIR: dataDir })
  afterwards(() => finish(server))
  const people = await Promise.all(Array.from({ length: 8 }, (_, n) => register(server.url, `Writer ${n}`)))
  const [owner] = people as [(typeof people)[0]]
  const chat = await openGroup(owner, people.slice(1))
  const load = startLoad(people, chat.id, () => server.url)
  const chores = startChores(owner, chat.id, () => server.url)
  for (let round = 0; round < 10; round++) {
    const enough = load.acked() + 5 + random() * 150
    await eventually(() => load.acked() > enough, 30_000, 'the load')
    const { postmaster } = await databaseOf(dataDir)
    process.kill(postmaster, 'SIGKILL')
    // Between the two there is a moment without a postmaster.pid.
    const now = () =>
      databaseOf(dataDir)
        .then(database => database.postmaster)
        .catch(() => null)
    const isBack = async () => {
      const next = await now()
      return next !== null && next !== postmaster && lives(next) && !lives(postmaster)
    }
    await eventually(isBack, 20_000, 'its return')
  }
  for (let round = 0; round < 3; round++) {
    const enough = load.acked() + 5 + random() * 150
    await eventually(() => load.acked() > enough, 30_000, 'the load')
    const writer = `select pid from pg_stat_activity where application_name = 'wellwon-writer'`
    const [backend] = await queryAgain((await databaseOf(dataDir)).url, writer)
    process.kill(Number(backend?.pid), 'SIGKILL') // PostgreSQL then recovers by itself
  }
  const enough = load.acked() + 20
  await eventually(() => load.acked() > enough, 30_000, 'the load after the last kill')
  await Promise.all([load.stop(), chores.stop()])
  for (const one of load.meant.filter(m => m.open)) {
    const author = people.find(p => p.id === one.author)
    if (!author || random() < 0.4) continue
    await tell(author, one, server.url)
    expect(one.acked).not.toBeNull()
  }
  console.log({ acknowledged: load.acked(), open: load.meant.filter(m => m.open).length })
  expect(await wrongIn((await databaseOf(dataDir)).url, load.meant)).toEqual([])
  await stoppedClean(server, dataDir)
})

/** SIGTERM: exit code 0, and no process is left. */
async function stoppedClean(server: Server, dataDir: string): Promise<void> {
  const { postmaster } = await databaseOf(dataDir)
  expect(await server.end('SIGTERM')).toBe(0)
  expect([lives(server.pid), lives(postmaster)]).toEqual([false, false])
}
