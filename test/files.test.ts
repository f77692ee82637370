import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { diskFiles } from '../src/adapter/disk/files.ts'
import { createFileDoor } from '../src/api/files.ts'
import { newId } from '../src/kernel/id.ts'
import { eventually, type Person, register } from './client.ts'
import { announce, complete, fileOf, http, put, removeFile, sha256, upload } from './filing.ts'
import { type House, openHouse } from './house.ts'

// A file comes and goes: announced, sent, completed, fetched, deleted.

const dir = mkdtempSync(join(tmpdir(), 'files-'))
const origin = 'https://chat.example.org'
let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse({ FILES_DIR: dir, CORS_ORIGINS: origin })
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

/** Names of all that lies in the folder. */
const lying = () =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => entry.name)
const inner = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? ''
afterEach(() => expect(readdirSync(dir).includes('incoming') ? readdirSync(join(dir, 'incoming')) : []).toEqual([]))

test('announced, sent, completed, fetched', async () => {
  const { file, target } = await announce(ann, { name: 'Привет.txt', size: 11, sha256: sha256('hello world') })
  expect(file).toMatchObject({ name: 'Привет.txt', contentType: 'text/plain', size: 11, state: 'PENDING', url: null })
  expect(target).toMatchObject({ method: 'PUT', headers: [{ name: 'content-type', value: 'text/plain' }] })
  expect(new URL(target.url).origin).toBe(house.url)
  expect(await put(target.url, 'hello world')).toMatchObject({ status: 201 })
  const completed = await complete(ann, file.id)
  expect(completed).toMatchObject({ commit: expect.any(String), file: { id: file.id, state: 'READY', size: 11 } })
  const life = new Date(completed.file.urlExpiresAt).getTime() - Date.now()
  expect(life).toBeGreaterThan(0)
  expect(life).toBeLessThanOrEqual(300_000)
  const got = await http(completed.file.url)
  expect(got).toMatchObject({ status: 200, text: 'hello world' })
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-length': '11',
    'content-disposition': `attachment; filename="______.txt"; filename*=UTF-8''%D0%9F%D1%80%D0%B8%D0%B2%D0%B5%D1%82.txt`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
  })
  expect(await complete(ann, file.id)).toMatchObject({ file: { state: 'READY' } })
  expect((await fileOf(ann, file.id)).contentType).toBe('text/plain')
})

test('the same key announces once, and gives a fresh target', async () => {
  const input = { idempotencyKey: newId(), name: 'x.txt', size: 3 }
  const [one, two] = [await announce(ann, input), await announce(ann, input)]
  expect(two.file.id).toBe(one.file.id)
  expect(await put(two.target.url, 'abc')).toMatchObject({ status: 201 })
  expect(await announce(ann, { ...input, name: 'y.txt' })).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
})

test.each([
  ['a path', { name: '../../etc/passwd' }, 'name'],
  ['a path of Windows', { name: '..\\x.txt' }, 'name'],
  ['a line break in its name', { name: 'a\r\nx-evil: 1.txt' }, 'name'],
  ['writing turned around', { name: 'annexe\u202egpj.exe' }, 'name'],
  ['no name', { name: ' ' }, 'name'],
  ['nothing in it', { size: 0 }, 'size'],
  ['fewer than nothing', { size: -1 }, 'size'],
  ['a byte too much', { size: 104_857_601 }, 'size'],
  ['no type', { contentType: 'x' }, 'contentType'],
  ['a type with a line break', { contentType: 'text/html\r\nx: y' }, 'contentType'],
  ['a hash that is none', { sha256: 'abc' }, 'sha256'],
])('a file with %s is not announced', async (_name, input, path) => {
  expect(await announce(ann, input)).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: [path] }] })
})

describe('what is sent to the target', () => {
  const fresh = async (size = 5) => {
    const { file, target } = await announce(ann, { size })
    return { id: file.id as string, url: target.url as string }
  }
  /** Nothing came of it, and it can be done again, well. */
  async function nothing({ id, url }: { id: string; url: string }) {
    expect(lying()).not.toContain(inner(id))
    expect(await complete(ann, id)).toMatchObject({ code: 'STATE_CONFLICT' })
    expect((await fileOf(ann, id)).state).toBe('PENDING')
    expect((await put(url, 'hello')).status).toBe(201)
  }
  const unsized = (text: string) => ({
    method: 'PUT',
    duplex: 'half' as const,
    body: new Blob([text]).stream() as unknown as BodyInit,
  })

  test.each([
    ['shorter', 'hell', 400],
    ['empty', '', 400],
    ['longer', 'hello!', 413],
    ['much longer', 'x'.repeat(3_000_000), 413],
  ])('%s than announced', async (_name, body, status) => {
    const one = await fresh()
    expect(await put(one.url, body)).toMatchObject({ status, text: expect.stringMatching(/^5 bytes were announced/) })
    await nothing(one)
  })

  test.each([
    ['shorter', 'hell', /4 of 5 bytes came/],
    ['longer', 'hello!', /more than 5 bytes came/],
  ])('%s than announced, without a length', async (_name, body, why) => {
    const one = await fresh()
    expect(await http(one.url, unsized(body))).toMatchObject({ status: 400, text: expect.stringMatching(why) })
    await nothing(one)
  })

  test('without a length and right', async () => {
    const one = await fresh()
    expect((await http(one.url, unsized('hello'))).status).toBe(201)
    expect((await complete(ann, one.id)).file.state).toBe('READY')
  })

  test('a line that is cut', async () => {
    const one = await fresh()
    const { pathname, search, host, port } = new URL(one.url)
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(`PUT ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\n\r\nhel`)
    await eventually(() => lying().some(name => name.startsWith(inner(one.id))))
    socket.resetAndDestroy()
    await eventually(() => !lying().some(name => name.startsWith(inner(one.id))))
    await nothing(one)
  })

  test('twice, and two at once: one is kept, whole', async () => {
    const one = await fresh()
    const both = await Promise.all([put(one.url, 'hello'), put(one.url, 'HELLO')])
    expect(both.map(r => r.status).sort()).toEqual([201, 409])
    expect(await put(one.url, 'again')).toMatchObject({ status: 409, text: expect.stringContaining('here already') })
    const { file } = await complete(ann, one.id)
    expect(await put(one.url, 'again')).toMatchObject({ status: 409 })
    expect((await http(file.url)).text).toBe(both[0]?.status === 201 ? 'hello' : 'HELLO')
  })

  test.each([
    ['a part of it', { 'content-range': 'bytes 0-4/9' }],
    ['packed', { 'content-encoding': 'gzip' }],
  ])('%s', async (_name, headers) => {
    const one = await fresh()
    expect((await put(one.url, 'hello', headers)).status).toBe(400)
    await nothing(one)
  })

  test('to an address that was edited, or made for something else', async () => {
    const [one, other] = [await fresh(), await fresh(6)]
    const edited = [
      one.url.replace('size=5', 'size=6'),
      one.url.replace(inner(one.id), inner(other.id)),
      one.url.replace(/expires=\d+/, 'expires=99999999999999'),
      one.url.replace(/.$/, c => (c === 'A' ? 'B' : 'A')),
      `${one.url}&x=1`,
      one.url.split('?')[0] ?? '',
      `${house.url}/files/`,
      `${house.url}/files/..%2f..%2fetc%2fpasswd`,
    ]
    for (const url of edited) expect(await put(url, 'hello')).toMatchObject({ status: 403 })
    for (const method of ['GET', 'POST', 'DELETE', 'PATCH']) expect((await http(one.url, { method })).status).toBe(405)
    await nothing(one)
  })

  test('of a file that was deleted meanwhile', async () => {
    const one = await fresh()
    expect(await removeFile(ann, one.id)).toMatchObject({ removedFileId: one.id })
    expect(await put(one.url, 'hello')).toMatchObject({ status: 404 })
    expect(await complete(ann, one.id)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('fetching', () => {
  const text = 'abcdefghij'
  let url: string
  beforeAll(async () => {
    url = (await upload(ann, text)).url
  })

  test.each([
    ['bytes=0-3', 206, 'abcd', 'bytes 0-3/10'],
    ['bytes=4-', 206, 'efghij', 'bytes 4-9/10'],
    ['bytes=-3', 206, 'hij', 'bytes 7-9/10'],
    ['bytes=0-99', 206, text, 'bytes 0-9/10'],
    ['bytes=-99', 206, text, 'bytes 0-9/10'],
    ['bytes=10-', 416, 'There are 10 bytes.\n', 'bytes */10'],
    ['bytes=-0', 416, 'There are 10 bytes.\n', 'bytes */10'],
    ['bytes=3-1', 200, text, null],
    ['bytes=0-1,4-5', 200, text, null],
    ['lines=0-1', 200, text, null],
    ['bytes=a-b', 200, text, null],
    [`bytes=0-${'9'.repeat(30)}`, 200, text, null],
  ])('the range %s', async (range, status, body, contentRange) => {
    const got = await http(url, { headers: { range } })
    expect([got.status, got.text, got.headers.get('content-range')]).toEqual([status, body, contentRange])
  })

  test('its head, and what has not changed', async () => {
    const head = await http(url, { method: 'HEAD' })
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '10'])
    const etag = head.headers.get('etag') ?? ''
    expect(etag).toMatch(/^"[\w-]+"$/)
    for (const tag of [etag, `"x", ${etag}`, `W/${etag}`, '*'])
      expect((await http(url, { headers: { 'if-none-match': tag } })).status).toBe(304)
    expect((await http(url, { headers: { 'if-none-match': '"x"' } })).status).toBe(200)
    const part = { range: 'bytes=0-1' }
    expect((await http(url, { headers: { ...part, 'if-range': etag } })).status).toBe(206)
    expect((await http(url, { headers: { ...part, 'if-range': '"x"' } })).status).toBe(200)
  })

  test('nothing is sent to it, and an edited address is no address', async () => {
    expect((await put(url, text)).status).toBe(405)
    for (const edited of [url.replace('original', 'thumbnail'), url.replace(/expires=\d+/, 'expires=9'), `${url}x`])
      expect((await http(edited)).status).toBe(403)
  })

  test('the address is the same in each answer, and shared', async () => {
    const file = await upload(ann, 'x')
    const again = [await fileOf(ann, file.id), await fileOf(ann, file.id), await fileOf(ann, file.id)]
    expect(new Set(again.map(f => f.url)).size).toBeLessThanOrEqual(2)
    expect((await http(again[2].url)).text).toBe('x') // without a token: whoever has the address
  })

  test('a deleted file is gone, also at addresses that were given out', async () => {
    const file = await upload(ann, 'x')
    expect(await removeFile(ann, file.id)).toMatchObject({ removedFileId: file.id })
    expect(await http(file.url)).toMatchObject({ status: 404 })
    expect((await http(file.url, { headers: { 'if-none-match': '*' } })).status).toBe(404)
    expect(await fileOf(ann, file.id)).toBeNull()
    expect(await removeFile(ann, file.id)).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a file of somebody else is not there', async () => {
    const { id } = await upload(ann, 'x')
    expect(await fileOf(bob, id)).toBeNull()
    for (const answer of [await complete(bob, id), await removeFile(bob, id)])
      expect(answer).toMatchObject({ code: 'NOT_FOUND', message: 'There is no such file.' })
    expect(await fileOf(ann, id)).toMatchObject({ state: 'READY' })
  })

  test('pages: of the origins of CORS_ORIGINS', async () => {
    const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'content-type' }
    const asked = await http(url, { method: 'OPTIONS', headers: { origin, ...preflight } })
    expect([asked.status, asked.headers.get('access-control-allow-origin')]).toEqual([204, origin])
    expect(asked.headers.get('access-control-allow-methods')).toMatch(/PUT/)
    expect(asked.headers.get('access-control-allow-headers')).toMatch(/content-type.*range/)
    const got = await http(url, { headers: { origin } })
    expect(got.headers.get('access-control-allow-origin')).toBe(origin)
    for (const stranger of ['https://evil.example', 'null'])
      for (const method of ['GET', 'OPTIONS'])
        expect(
          (await http(url, { method, headers: { origin: stranger } })).headers.get('access-control-allow-origin'),
        ).toBeNull()
  })
})

test('the base of addresses is PUBLIC_URL, where there is one', async () => {
  const other = await openHouse({ FILES_DIR: dir, PUBLIC_URL: 'https://files.example.org/chat' })
  const eve = await register(other.url, 'Eve')
  const { target } = await announce(eve, {})
  expect(target.url).toMatch(/^https:\/\/files\.example\.org\/chat\/files\//)
  expect((await put(target.url.replace('https://files.example.org/chat', other.url), 'hello')).status).toBe(201)
  await other.close()
})

test('who stops sending is cut off, and nothing is left', async () => {
  const folder = join(dir, 'idle')
  const store = diskFiles(folder, 'secret')
  const find = async () => ({ state: 'PENDING' as const, name: 'a', contentType: 'a/b', size: 9 })
  const door = createFileDoor({ files: store, find, corsOrigins: [], idleMs: 100 })
  const server = createServer((req, res) => void door(req, res)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const id = newId()
  const { url } = await store.uploadTarget({ base: '', id, contentType: 'a/b', size: 9 })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  socket.write(`PUT ${url} HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf`)
  socket.on('error', () => undefined)
  await once(socket.resume(), 'close')
  await eventually(() => readdirSync(join(folder, 'incoming')).length === 0)
  expect(await store.stat(id)).toBeNull()
  server.close()
})

test('a hundred open uploads are enough', async () => {
  const eve = await register(house.url, 'Eve')
  for (let i = 0; i < 100; i++) await announce(eve, {})
  expect(await announce(eve, {})).toMatchObject({ code: 'LIMIT_EXCEEDED' })
})
