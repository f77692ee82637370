import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { durationOf } from '../src/adapter/media/duration.ts'
import { inspector } from '../src/adapter/media/inspect.ts'
import { flac, id3, mp3, mp4, opus, wav, webm } from './sounds.ts'

// How long sounds and films play, and what those that lie about it cost.

const dir = mkdtempSync(join(tmpdir(), 'duration-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))
let count = 0
function file(bytes: Buffer): string {
  const path = join(dir, String(count++))
  writeFileSync(path, bytes)
  return path
}

test.each<[type: string, bytes: Buffer, ms: number | null]>([
  ['audio/wav', wav(1_234), 1_234],
  ['audio/mpeg', mp3(100), 2_612],
  ['audio/mpeg', Buffer.concat([id3(1_000), mp3(10)]), 261],
  ['audio/flac', flac(72_000), 1_500],
  ['audio/ogg', opus(120_000), 2_500],
  ['video/mp4', mp4(61_234), 61_234],
  ['audio/mp4', mp4(500), 500],
  ['video/webm', webm(4_321), 4_321],
  ['video/webm', webm(null), null],
  ['video/mp4', mp4(0), null],
])('%s says how long it plays', async (contentType, bytes, durationMs) => {
  const found = await inspector().inspect(file(bytes), { contentType, sha256: null })
  expect(found).toMatchObject({ good: true, contentType, durationMs })
})

describe('what cannot be measured has no duration, and the program goes on', () => {
  test.each<[what: string, bytes: Buffer]>([
    ['noise', Buffer.alloc(10_000, 7)],
    ['nothing', Buffer.alloc(0)],
    ['one that ends in its header', mp4(1_000).subarray(0, 60)],
    ['a part of 17 MB', Buffer.concat([id3(17 * 1024 * 1024), mp3(10)])],
    ['longer than numbers go', webm(3e38)],
  ])('%s', async (_what, bytes) => {
    expect(await durationOf(file(bytes))).toBeNull()
  })

  const thread = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`)
  test.each<[what: string, code: string, limitMs?: number]>([
    ['one that runs in circles', 'for (;;);', 300],
    ['one that waits for ever', 'setInterval(() => {}, 1000)', 300],
    ['one that eats memory', 'const all = []; for (;;) all.push(new Array(100_000).fill(all.length))'],
    ['one that answers with something else', `(await import('node:worker_threads')).parentPort.postMessage('long')`],
  ])('%s', async (_what, code, limitMs = 60_000) => {
    expect(await durationOf(file(wav(1)), limitMs, thread(code))).toBeNull()
  })
})
