import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dispositionOf } from '../src/api/file-headers.ts'
import { type Person, register } from './client.ts'
import { http, sha256, upload } from './filing.ts'
import { type House, openHouse } from './house.ts'
import { bomb, fromCamera, picture } from './pictures.ts'
import { wav } from './sounds.ts'

// What files are served as: pictures in place, everything else for saving, nothing so that it runs.

const dir = mkdtempSync(join(tmpdir(), 'files-'))
let house: House
let ann: Person
beforeAll(async () => {
  house = await openHouse({ FILES_DIR: dir })
  ann = await register(house.url, 'Ann')
})
afterAll(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

test('a picture: its size, a small one, and a tiny one', async () => {
  const bytes = await fromCamera()
  const file = await upload(ann, bytes, {
    name: 'на даче.jpg',
    contentType: 'image/jpeg',
    sha256: sha256(bytes).toUpperCase(),
  })
  expect(file).toMatchObject({ state: 'READY', contentType: 'image/jpeg', width: 400, height: 800, durationMs: null })
  expect(file.previewHash).toMatch(/^data:image\/webp;base64,/)
  const original = await http(file.url)
  expect(original.body.equals(bytes)).toBe(true)
  expect(original.headers.get('content-type')).toBe('image/jpeg')
  expect(original.headers.get('content-disposition')).toMatch(
    /^inline; filename="__ ____.jpg"; filename\*=UTF-8''%D0%BD/,
  )
  const small = await http(file.thumbnailUrl)
  expect(small.headers.get('content-type')).toBe('image/webp')
  expect(await sharp(small.body).metadata()).toMatchObject({ width: 160, height: 320 })
  expect(small.headers.get('etag')).not.toBe(original.headers.get('etag'))
})

test('a sound: how long it plays', async () => {
  const file = await upload(ann, wav(1_500), { name: 'voice.wav', contentType: 'audio/wav' })
  expect(file).toMatchObject({ state: 'READY', contentType: 'audio/wav', durationMs: 1_500, width: null })
})

const html = '<!doctype html><script>alert(1)</script>'
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
const js = 'alert(1)'
describe('what can run is told as bytes, for saving, in a sandbox', () => {
  test.each([
    ['page.html', 'text/html', html],
    ['page.xhtml', 'application/xhtml+xml', html],
    ['picture.svg', 'image/svg+xml', svg],
    ['script.js', 'text/javascript', js],
    ['script.mjs', 'application/javascript', js],
    ['style.css', 'text/css', 'body { color: red }'],
    ['data.xml', 'application/xml', '<x/>'],
    ['data.json', 'application/json', '{}'],
    ['mail.html', 'application/octet-stream', html],
    ['own', 'application/x-own', html],
  ])('%s', async (name, contentType, text) => {
    const file = await upload(ann, text, { name, contentType })
    expect(file.state).toBe('READY')
    for (const headers of [{}, { range: 'bytes=0-2' }]) {
      const got = await http(file.url, { headers })
      expect(Object.fromEntries(got.headers)).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; /),
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; sandbox",
      })
    }
  })

  test('also as plain text, which says what it is', async () => {
    const file = await upload(ann, html, { name: 'page.txt', contentType: 'text/plain' })
    const { headers } = await http(file.url)
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(headers.get('content-disposition')).toMatch(/^attachment/)
  })

  test('refusals are text that nobody guesses about', async () => {
    for (const path of ['/files/', '/files/<script>alert(1)</script>', '/files/x?original=<script>']) {
      const { status, headers, text } = await http(house.url + path)
      expect([status, headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
        403,
        'text/plain; charset=utf-8',
        'nosniff',
      ])
      expect(text).not.toContain('script')
    }
  })
})

describe('what lies is REJECTED, with a reason, and never served', () => {
  test.each<[string, string, () => Promise<Buffer> | string, RegExp]>([
    ['a page as a picture', 'image/png', () => html, /was announced as image\/png/],
    ['a picture as a document', 'application/pdf', () => picture(9, 9).png().toBuffer(), /is image\/png/],
    ['a PNG of 50,000 × 50,000', 'image/png', async () => bomb(50_000, 50_000), /more than 50 million pixels/],
    ['a picture that ends in the middle', 'image/png', async () => bomb(500, 500, 10), /broken/],
  ])('%s', async (_name, contentType, bytes, reason) => {
    const file = await upload(ann, await bytes(), { contentType })
    expect(file).toMatchObject({ state: 'REJECTED', url: null, thumbnailUrl: null, urlExpiresAt: null })
    expect(file.rejectionReason).toMatch(reason)
  })

  test('another hash', async () => {
    const file = await upload(ann, 'hello', { sha256: sha256('hallo') })
    expect(file).toMatchObject({ state: 'REJECTED', rejectionReason: expect.stringMatching(/SHA-256/) })
  })
})

describe('names in headers', () => {
  test.each([
    ['a.txt', `inline; filename="a.txt"; filename*=UTF-8''a.txt`],
    ['a"b\\c.txt', `inline; filename="a_b_c.txt"; filename*=UTF-8''a%22b%5Cc.txt`],
    ["it's (1)*.txt", `inline; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`],
    ['100%.txt', `inline; filename="100_.txt"; filename*=UTF-8''100%25.txt`],
    ['😀.txt', `inline; filename="__.txt"; filename*=UTF-8''%F0%9F%98%80.txt`],
    ['a\r\nSet-Cookie: x=1', `inline; filename="a__Set-Cookie: x=1"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3D1`],
    ['\ud800', `inline; filename="_"; filename*=UTF-8''%EF%BF%BD`],
  ])('%j', (name, expected) => expect(dispositionOf('inline', name)).toBe(expected))

  test.each(["it's; filename=evil.exe", 'a"; filename="evil.exe', '%0d%0aSet-Cookie: x', 'x'.repeat(255)])(
    'as they are served: %j',
    async name => {
      const file = await upload(ann, 'x', { name })
      const { status, headers } = await http(file.url)
      expect([status, headers.get('set-cookie')]).toEqual([200, null])
      const [, encoded = ''] = /filename\*=UTF-8''(.*)$/.exec(headers.get('content-disposition') ?? '') ?? []
      expect(decodeURIComponent(encoded)).toBe(name)
    },
  )
})
