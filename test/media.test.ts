import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, test } from 'vitest'
import { inspector } from '../src/adapter/media/inspect.ts'
import { Busy } from '../src/port/media.ts'
import { sha256 } from './filing.ts'
import { bomb, fromCamera, picture } from './pictures.ts'

// What files are, against what they were announced as.

const dir = mkdtempSync(join(tmpdir(), 'media-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
const media = inspector()
let count = 0
function look(bytes: Buffer | string, contentType: string, hash: string | null = null) {
  const path = join(dir, String(count++))
  writeFileSync(path, bytes)
  return media.inspect(path, { contentType, sha256: hash })
}

const zip = Buffer.from('504b0506000000000000000000000000000000000000', 'hex')
const pdf = '%PDF-1.7\n%âãÏÓ\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF'
const exe = Buffer.concat([Buffer.from('MZ'), Buffer.alloc(500)])
const mp3 = Buffer.concat([
  Buffer.from('ID3\u0003\u0000\u0000\u0000\u0000\u0000\u0000'),
  Buffer.from([0xff, 0xfb, 0x90, 0x64]),
  Buffer.alloc(500),
])
const html = '<!doctype html><script>alert(1)</script>'
const png = () => picture(10, 20).png().toBuffer()
const jpeg = () => picture(10, 20).jpeg().toBuffer()

describe('what is what it says', () => {
  test.each<[string, () => Promise<Buffer | string> | Buffer | string, string]>([
    ['text/plain', () => 'Привет, мир', 'text/plain'],
    ['text/csv', () => 'BM;a;b\n1;2;3', 'text/csv'],
    ['application/json', () => '{}', 'application/json'],
    ['text/html', () => html, 'text/html'],
    ['image/svg+xml', () => '<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['application/pdf', () => pdf, 'application/pdf'],
    ['application/zip', () => zip, 'application/zip'],
    [
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      () => zip,
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    ],
    ['application/x-msdownload', () => exe, 'application/x-msdownload'],
    ['audio/mp3', () => mp3, 'audio/mp3'],
    ['image/jpg', jpeg, 'image/jpeg'],
    ['image/png', png, 'image/png'],
    ['application/x-our-own-format', () => '\u0001\u0002 whatever', 'application/x-our-own-format'],
    ['application/octet-stream', () => exe, 'application/octet-stream'],
    ['application/octet-stream', png, 'application/octet-stream'],
  ])('%s', async (said, bytes, contentType) => {
    expect(await look(await bytes(), said)).toMatchObject({ good: true, contentType })
  })
})

describe('what lies is told so', () => {
  test.each<[string, string, () => Promise<Buffer | string> | Buffer | string, RegExp]>([
    ['a page as a picture', 'image/png', () => html, /^It was announced as image\/png and is something else/],
    ['a program as a picture', 'image/jpeg', () => exe, /and is application\/x-msdownload/],
    ['a program as a document', 'application/pdf', () => exe, /is application\/x-msdownload/],
    ['a program as an archive', 'application/zip', () => exe, /is application\/x-msdownload/],
    ['a program as text', 'text/plain', () => exe, /is no text/],
    ['a picture as text', 'text/plain', png, /is no text/],
    ['a PNG as a JPEG', 'image/jpeg', png, /is image\/png/],
    ['a picture as sound', 'audio/mpeg', png, /is image\/png/],
    ['sound as a picture', 'image/gif', () => mp3, /is audio\/mpeg/],
    ['an archive as a picture', 'image/webp', () => zip, /is application\/zip/],
    ['a picture as a format of somebody', 'application/x-our-own-format', png, /is image\/png/],
    ['half of a character as text', 'text/plain', () => Buffer.from([0x61, 0xd0]), /is no text/],
    ['NUL as text', 'application/json', () => '{"a":"\u0000"}', /is no text/],
    ['nothing but zeros as video', 'video/mp4', () => Buffer.alloc(1000), /is something else/],
  ])('%s', async (_name, said, bytes, reason) => {
    expect(await look(await bytes(), said)).toEqual({ good: false, reason: expect.stringMatching(reason) })
  })

  test('a hash that is another', async () => {
    expect(await look('abc', 'text/plain', sha256('abc'))).toMatchObject({ good: true, sha256: sha256('abc') })
    expect(await look('abd', 'text/plain', sha256('abc'))).toMatchObject({ good: false })
  })
})

describe('pictures', () => {
  test.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)('%s: its size and a small one', async format => {
    const found = await look(await picture(1000, 500).toFormat(format).toBuffer(), `image/${format}`)
    expect(found).toMatchObject({ good: true, width: 1000, height: 500 })
    if (!found.good || !found.thumbnail) throw new Error('no thumbnail')
    expect(await sharp(found.thumbnail).metadata()).toMatchObject({ format: 'webp', width: 320, height: 160 })
    expect(found.previewHash).toMatch(/^data:image\/webp;base64,[\w+/=]{20,1000}$/)
  })

  test('a small one is not made larger, and a thin one keeps a pixel', async () => {
    const [small, thin] = [
      await look(await png(), 'image/png'),
      await look(await picture(5000, 2).png().toBuffer(), 'image/png'),
    ]
    if (!small.good || !thin.good) throw new Error('not good')
    expect(await sharp(small.thumbnail ?? undefined).metadata()).toMatchObject({ width: 10, height: 20 })
    expect(await sharp(thin.thumbnail ?? undefined).metadata()).toMatchObject({ width: 320, height: 1 })
  })

  test('it is turned as the camera said, and says nothing of where it was taken', async () => {
    const bytes = await fromCamera()
    expect((await sharp(bytes).metadata()).exif).toBeDefined()
    const found = await look(bytes, 'image/jpeg')
    expect(found).toMatchObject({ good: true, width: 400, height: 800 })
    if (!found.good || !found.thumbnail) throw new Error('no thumbnail')
    const { width, height, exif, orientation } = await sharp(found.thumbnail).metadata()
    expect({ width, height, exif, orientation }).toEqual({
      width: 160,
      height: 320,
      exif: undefined,
      orientation: undefined,
    })
  })

  test('of an animated one the first frame', async () => {
    const frames = await Promise.all(
      ['red', 'blue'].map(background =>
        sharp({ create: { width: 40, height: 30, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    )
    const bytes = await sharp(frames, { join: { animated: true } })
      .gif({ delay: [100, 100] })
      .toBuffer()
    expect((await sharp(bytes, { animated: true }).metadata()).pages).toBe(2)
    const found = await look(bytes, 'image/gif')
    expect(found).toMatchObject({ good: true, width: 40, height: 30 })
    if (!found.good || !found.thumbnail) throw new Error('no thumbnail')
    expect((await sharp(found.thumbnail).metadata()).pages).toBeUndefined()
  })

  test.each<[string, () => Promise<Buffer> | Buffer, string, RegExp]>([
    ['2,500,000,000 pixels in a few kilobytes', () => bomb(50_000, 50_000), 'image/png', /more than 50 million/],
    ['a row of 2,147,483,647 pixels', () => bomb(2_147_483_647, 1, 0), 'image/png', /more than 50 million|broken/],
    ['50 million pixels of which a few are there', () => bomb(7_000, 7_000), 'image/png', /broken/],
    ['a JPEG cut in the middle', async () => halfOf(await picture(600, 600).jpeg().toBuffer()), 'image/jpeg', /broken/],
    [
      'a PNG with garbage in it',
      async () => corrupted(await picture(300, 300).png().toBuffer()),
      'image/png',
      /broken/,
    ],
    ['nothing but the beginning of a GIF', () => Buffer.from('GIF89a'), 'image/gif', /broken/],
    [
      'a WebP of noise',
      () => Buffer.concat([Buffer.from('RIFF\u00ff\u0000\u0000\u0000WEBPVP8 ', 'latin1'), Buffer.alloc(300, 7)]),
      'image/webp',
      /broken/,
    ],
    [
      'an AVIF of noise',
      () =>
        Buffer.concat([Buffer.from('000000206674797061766966000000006176696600000000', 'hex'), Buffer.alloc(300, 9)]),
      'image/avif',
      /broken/,
    ],
  ])('%s: refused, and nothing breaks', async (_name, bytes, said, reason) => {
    expect(await look(await bytes(), said)).toEqual({ good: false, reason: expect.stringMatching(reason) })
    expect(await look(await png(), 'image/png')).toMatchObject({ good: true })
  })

  test('a good one of many pixels is taken', async () => {
    expect(await look(bomb(7_000, 7_000, 7_000), 'image/png')).toMatchObject({ good: true, width: 7_000 })
  })

  test('formats that are no pictures of browsers are not read at all', async () => {
    const found = await look('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', 'image/svg+xml')
    expect(found).toMatchObject({ good: true, width: null, thumbnail: null })
    const tiff = await look(await picture(10, 10).tiff().toBuffer(), 'image/tiff')
    expect(tiff).toMatchObject({ good: true, width: null, thumbnail: null })
    await expect(
      sharp(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')).png().toBuffer(),
    ).rejects.toThrow()
  })
})

const halfOf = (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)
function corrupted(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes)
  copy.fill(0xaa, copy.length >> 1, (copy.length >> 1) + 100)
  return copy
}

test('few are looked into at a time, some wait, and too many are sent away', async () => {
  const bytes = await png()
  const all = await Promise.allSettled(Array.from({ length: 250 }, () => look(bytes, 'image/png')))
  const refused = all.filter(r => r.status === 'rejected')
  expect(refused.map(r => r.reason).every(error => error instanceof Busy)).toBe(true)
  expect([all.length - refused.length, refused.length]).toEqual([202, 48])
  expect(await look(bytes, 'image/png')).toMatchObject({ good: true })
})
