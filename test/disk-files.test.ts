import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { diskFiles } from '../src/adapter/disk/files.ts'
import { newId } from '../src/kernel/id.ts'
import { filesContract, pieces } from './contract/files.ts'

const made: string[] = []
const folder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'files-'))
  made.push(dir)
  return dir
}
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true })
})

describe('files on the disk', () => filesContract(async () => diskFiles(folder(), 'secret')))

test('only its owner reads the folder, and nothing is left in `incoming`', async () => {
  const dir = folder()
  const files = diskFiles(join(dir, 'new'), 'secret')
  const id = newId()
  await files.put(id, pieces('hello'), 5)
  expect(readdirSync(join(dir, 'new')).sort()).toEqual([id.slice(-2), 'incoming'].sort())
  expect(readdirSync(join(dir, 'new', 'incoming'))).toEqual([])
  expect(statSync(join(dir, 'new', id.slice(-2), id)).mode & 0o777).toBe(0o600)
  expect(statSync(join(dir, 'new', id.slice(-2))).mode & 0o777).toBe(0o700)
})

test('what broken uploads left is cleared when nobody has written to it for a while', async () => {
  const dir = folder()
  const files = diskFiles(dir, 'secret')
  await files.put(newId(), pieces('x'), 1)
  const [old, young] = ['old', 'young'].map(name => join(dir, 'incoming', name)) as [string, string]
  for (const path of [old, young]) writeFileSync(path, 'half')
  const hourAgo = new Date(Date.now() - 3_600_000)
  utimesSync(old, hourAgo, hourAgo)
  expect(await files.clear(new Date(Date.now() - 1_800_000))).toBe(1)
  expect(readdirSync(join(dir, 'incoming'))).toEqual(['young'])
})

describe('signed addresses', () => {
  let now = 1_000_000_000_000
  const files = diskFiles('/nowhere', 'secret', () => now)
  const id = newId()
  const pathOf = (url: string) => url.replace('https://x.example', '')
  const download = async () =>
    pathOf((await files.downloadUrl({ base: 'https://x.example', id, variant: 'original' })).url)
  const upload = async () =>
    pathOf((await files.uploadTarget({ base: 'https://x.example', id, contentType: 'a/b', size: 5 })).url)

  test('say what they are good for', async () => {
    expect(files.signed(await download())).toMatchObject({ what: 'download', id, variant: 'original' })
    expect(files.signed(await upload())).toMatchObject({ what: 'upload', id, size: 5 })
  })

  test('are one string in a window, and another in the next', async () => {
    const start = Math.ceil(now / 150_000) * 150_000
    now = start
    const first = await download()
    now = start + 149_999
    expect(await download()).toBe(first)
    now = start + 150_000
    expect(await download()).not.toBe(first)
    for (const at of [start, start + 1, start + 149_999]) {
      now = at
      const { expiresAt } = await files.downloadUrl({ base: '', id, variant: 'original' })
      expect(expiresAt.getTime() - at).toBeGreaterThan(150_000)
      expect(expiresAt.getTime() - at).toBeLessThanOrEqual(300_000)
    }
  })

  const edits: [string, (path: string) => string][] = [
    ['another file', path => path.replace(id, newId())],
    ['a later end', path => path.replace(/expires=(\d+)/, (_, n) => `expires=${Number(n) + 1}`)],
    ['another variant', path => path.replace('?original', '?thumbnail')],
    ['more bytes', path => path.replace('size=5', 'size=6')],
    ['one thing more', path => `${path}&x=1`],
    ['the same twice', path => path.replace('&signature', '&expires=99999999999999&signature')],
    ['another order', path => path.replace(/\?(.+)&(expires=\d+)/, '?$2&$1')],
    ['no signature', path => path.replace(/&signature=.*/, '')],
    ['half a signature', path => path.slice(0, -10)],
    ['a flipped signature', path => path.replace(/.$/, c => (c === 'A' ? 'B' : 'A'))],
    ['a longer path', path => path.replace('/files/', '/files/../files/')],
    ['percent signs', path => path.replace('expires', '%65xpires')],
    ['a fragment', path => `${path}#`],
    ['capitals', path => path.replace(id, id.toUpperCase())],
  ]
  test.each(edits)('are not ours any more with %s', async (_name, edit) => {
    for (const path of [await download(), await upload()])
      if (edit(path) !== path) expect(files.signed(edit(path))).toBeNull()
  })

  test('of another secret are not ours', async () => {
    expect(diskFiles('/nowhere', 'another').signed(await download())).toBeNull()
  })
})
