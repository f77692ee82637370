import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, eventually, type Loose, openGroup, type Person, personOf, register, send } from '../client.ts'
import { cuttable } from '../cuttable.ts'
import { cleanUpAfterEach, openFolder, query } from '../fixtures/embedded.ts'
import { mutationsWithCommit, readOwnWrites } from '../fixtures/own-writes.ts'
import { finish, run, type Server, startServer } from '../fixtures/server.ts'
import { freshDatabase } from '../fresh.ts'

cleanUpAfterEach()

const redisUrl = process.env.TEST_REDIS_URL
if (!redisUrl) console.warn('TEST_REDIS_URL is not set: hints between processes by Redis are NOT tested here')

/** Counts the chat's messages as they arrive at somebody on a process. */
async function listen(person: Person, chatId: string): Promise<{ heard: string[]; stop: () => unknown }> {
  const heard: string[] = []
  let ready = false
  const client = connect(person)
  const document = `subscription ($id: ID!) { chatEvents(chatId: $id) { event { ... on MessageSent { edge { node { body } } } } } }`
  client.subscribe(
    { query: document, variables: { id: chatId } },
    {
      next: (f: Loose) => {
        ready = true
        if (f.data.chatEvents.event?.edge) heard.push(f.data.chatEvents.event.edge.node.body)
      },
      error: e => heard.push(JSON.stringify(e)),
      complete: () => heard.push('complete'),
    },
  )
  await eventually(() => ready)
  return { heard, stop: client.dispose }
}

describe.each([['without Redis', undefined] as const, ...(redisUrl ? [['with Redis', redisUrl] as const] : [])])(
  'two api processes and a worker, %s',
  (_, redis) => {
    let drop: () => Promise<void>
    let databaseUrl: string
    let filesDir: string
    let servers: Server[] = []
    let a: Server
    let b: Server
    let worker: Server
    beforeAll(async () => {
      const fresh = await freshDatabase()
      drop = fresh.drop
      databaseUrl = fresh.url
      filesDir = mkdtempSync(join(tmpdir(), 'files-'))
      const env = { DATABASE_URL: fresh.url, FILES_DIR: filesDir, ...(redis ? { REDIS_URL: redis } : {}) }
      const start = (ROLE: string) => startServer({ ...env, ROLE })
      servers = [a, b, worker] = await Promise.all([start('api'), start('api'), start('worker')])
    })
    afterAll(async () => {
      await Promise.all(servers.map(finish))
      await drop()
      rmSync(filesDir, { recursive: true, force: true })
    })

    test('what is said on one is heard on the other', async () => {
      const ann = await register(a.url, 'Ann')
      const bob = await register(b.url, 'Bob')
      const chat = await openGroup(ann, [bob])
      const { heard, stop } = await listen(bob, chat.id)
      // Each is said when the one before was heard. A look at the log a second would take a second for each: too long.
      const [count, ms] = redis ? [20, 10_000] : [3, 10_000]
      const deadline = Date.now() + ms
      for (let n = 0; n < count; n++) {
        await send(ann, chat.id, `message ${n}`)
        await eventually(() => heard.length > n, deadline - Date.now(), `hearing message ${n}`)
      }
      expect(heard).toEqual(Array.from({ length: count }, (_, n) => `message ${n}`))
      await stop()
    })

    test('a worker answers /health and /ready only', async () => {
      const answers = await Promise.all(['/health', '/ready', '/graphql', '/'].map(path => fetch(worker.url + path)))
      expect(answers.map(r => r.status)).toEqual([200, 200, 404, 404])
    })

    test('each change shows in its payload and, with its commit, at once on the other process, while no worker runs', async () => {
      worker.child.kill('SIGSTOP')
      try {
        expect(await readOwnWrites(a.url, b.url, databaseUrl)).toEqual(mutationsWithCommit())
      } finally {
        worker.child.kill('SIGCONT')
      }
    })

    test('rows that come late: the answer is COMMIT_PENDING, and its commit makes the other process wait for them', async () => {
      const ann = await register(a.url, 'Ann')
      const chat = await openGroup(ann, [])
      const document = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) {
        ... on SendMessagePayload { commit } ... on Error { message } } }`
      worker.child.kill('SIGSTOP')
      try {
        await query(databaseUrl, `alter table messages add constraint refused check (body <> 'late')`)
        const sent = await ann.try(document, { input: { chatId: chat.id, content: { text: 'late' } } })
        const { code, commit } = (sent.errors?.[0]?.extensions ?? {}) as { code: string; commit: string }
        expect([code, sent.data.sendMessage]).toEqual(['COMMIT_PENDING', null])
        await query(databaseUrl, 'alter table messages drop constraint refused')

        const there = personOf(b.url, ann)
        const ask = (extensions?: object) =>
          there.try('query ($id: ID!) { chat(id: $id) { lastMessage { body } } }', { id: chat.id }, extensions)
        expect((await ask()).data.chat.lastMessage).toBeNull()
        const asked = ask({ commit })
        worker.child.kill('SIGCONT')
        const answer = await eventually(async () => {
          const answered = await asked.then(first => (first.errors ? ask({ commit }) : first))
          return answered.errors ? null : answered
        })
        expect(answer?.data.chat.lastMessage).toEqual({ body: 'late' })
      } finally {
        worker.child.kill('SIGCONT')
      }
    })
  },
)

test('/ready is 503 while PostgreSQL is away, and 200 when it is back', async () => {
  const fresh = await freshDatabase()
  const line = await cuttable(fresh.url)
  const server = await startServer({ DATABASE_URL: line.url, ROLE: 'api' })
  const ready = async () => (await fetch(`${server.url}/ready`)).status
  try {
    expect(await ready()).toBe(200)
    line.cut()
    await eventually(async () => (await ready()) === 503)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
    line.mend()
    await eventually(async () => (await ready()) === 200)
  } finally {
    await finish(server)
    await line.close()
    await fresh.drop()
  }
})

describe('what its user can mend is one line that names it, and exit 1', () => {
  const refused = async (env: Record<string, string>, says: RegExp) => {
    const it = run(env)
    expect(await it.exited).toBe(1)
    expect(it.said()).toMatch(says)
    expect(it.said().trim().split('\n')).toHaveLength(1)
  }

  test.each([
    ['a wrong value', { PORT: 'abc' }, /^PORT must be/],
    [
      'a misspelled setting',
      { REDSI_URL: 'redis://127.0.0.1' },
      /^REDSI_URL is not a setting; did you mean REDIS_URL\?/,
    ],
    ['a role without its database', { ROLE: 'api' }, /^DATABASE_URL is needed/],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/b' },
      /^DATABASE_URL: 127\.0\.0\.1:1 (?!.*secret)/,
    ],
  ])('%s', (_, env, says) => refused(env, says))

  test('a port in use, and a folder in use', async () => {
    const dataDir = await openFolder()
    const first = await startServer({ DATA_DIR: dataDir })
    try {
      await refused(
        { DATA_DIR: dataDir },
        /is already in use by process \d+: stop it, or set DATA_DIR to another folder/,
      )
      const fresh = await freshDatabase()
      const port = new URL(first.url).port
      await refused({ DATABASE_URL: fresh.url, PORT: port }, new RegExp(`^HOST, PORT: cannot listen on .*${port}`))
      await fresh.drop()
      expect((await fetch(`${first.url}/ready`)).status).toBe(200)
    } finally {
      await finish(first)
    }
  })
})
