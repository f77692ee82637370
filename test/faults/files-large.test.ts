import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Person, personOf, register } from '../client.ts'
import { announce, complete, fileOf, http, put, upload } from '../filing.ts'
import { finish, type Server, startServer } from '../fixtures/server.ts'
import { freshDatabase } from '../fresh.ts'

// 100 MB through a process of its own, and a process that dies while a file comes.

const dir = mkdtempSync(join(tmpdir(), 'files-'))
let fresh: Awaited<ReturnType<typeof freshDatabase>>
let server: Server
let ann: Person
const start = () => startServer({ ROLE: 'api', DATABASE_URL: fresh.url, FILES_DIR: dir })
beforeAll(async () => {
  fresh = await freshDatabase()
  server = await start()
  ann = await register(server.url, 'Ann')
})
afterAll(async () => {
  await finish(server)
  await fresh.drop()
  rmSync(dir, { recursive: true, force: true })
})

/** What the server holds in memory, in megabytes. */
const memory = () => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(server.pid)]).toString()) / 1024

test('100 MB come and go while memory stays flat', async () => {
  const [pieces, size] = [100, 1024 * 1024]
  const piece = randomBytes(size)
  const hash = createHash('sha256')
  for (let i = 0; i < pieces; i++) hash.update(piece)
  const sha256 = hash.digest('hex')
  const input = { name: 'large.bin', contentType: 'application/octet-stream', size: pieces * size, sha256 }
  await upload(ann, randomBytes(3 * size), { contentType: 'application/octet-stream' }) // what is loaded once is loaded
  const before = memory()
  let most = before
  const look = () => {
    most = Math.max(most, memory())
  }

  const { file, target } = await announce(ann, input)
  let sent = 0
  const body = new ReadableStream({
    pull(controller) {
      if (sent % 5 === 0) look()
      if (sent++ < pieces) controller.enqueue(piece)
      else controller.close()
    },
  })
  const put = await fetch(target.url, { method: 'PUT', body, duplex: 'half' } as RequestInit)
  expect(put.status).toBe(201)
  look()
  const completed = await complete(ann, file.id)
  expect(completed.file).toMatchObject({ state: 'READY', size: 104_857_600 })
  look()

  const got = createHash('sha256')
  const response = await fetch(completed.file.url)
  let seen = 0
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    got.update(chunk)
    if (seen++ % 200 === 0) look()
  }
  look()
  expect(got.digest('hex')).toBe(sha256)
  expect(most - before).toBeLessThan(80)
})

test('a process that is killed while a file comes leaves nothing that looks like one, and it can be sent again', async () => {
  const bytes = randomBytes(4_000_000)
  const { file, target } = await announce(ann, { contentType: 'application/octet-stream', size: bytes.length })
  const { pathname, search, host, port } = new URL(target.url)
  const socket = connect(Number(port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: ${bytes.length}\r\n\r\n`)
  socket.write(bytes.subarray(0, 2_000_000))
  const half = () => readdirSync(join(dir, 'incoming')).map(name => join(dir, 'incoming', name))
  await eventually(() => half().some(path => statSync(path).size > 1_000_000))
  await server.end('SIGKILL')
  expect(half()).toHaveLength(1)

  server = await start()
  ann = personOf(server.url, ann)
  expect((await fileOf(ann, file.id)).state).toBe('PENDING')
  expect(await complete(ann, file.id)).toMatchObject({ code: 'STATE_CONFLICT' })
  expect((await put(`${server.url}${pathname}${search}`, bytes)).status).toBe(201)
  const done = await complete(ann, file.id)
  expect(done.file.state).toBe('READY')
  expect((await http(done.file.url)).body.equals(bytes)).toBe(true)
})

test('a process that is told to stop lets a file come to its end', async () => {
  const bytes = randomBytes(2_000_000)
  const { file, target } = await announce(ann, { contentType: 'application/octet-stream', size: bytes.length })
  let more = (_: unknown) => undefined as unknown
  const gate = new Promise(resolve => {
    more = resolve
  })
  async function* slowly() {
    yield bytes.subarray(0, 1_000_000)
    await gate
    yield bytes.subarray(1_000_000)
  }
  const sending = fetch(target.url, { method: 'PUT', body: slowly() as never, duplex: 'half' } as RequestInit)
  const inner = Buffer.from(file.id, 'base64url').toString().split(':')[1] ?? ''
  await eventually(() => readdirSync(join(dir, 'incoming')).some(name => name.startsWith(inner)))
  const ended = server.end('SIGTERM')
  await eventually(async () => (await fetch(`${server.url}/ready`)).status === 503)
  expect((await fetch(target.url, { method: 'PUT', body: 'x' })).status).toBe(503)
  more(null)
  expect((await sending).status).toBe(201)
  expect(await ended).toBe(0)
  server = await start()
  ann = personOf(server.url, ann)
  expect((await complete(ann, file.id)).file.state).toBe('READY')
})
