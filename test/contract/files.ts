import { setTimeout as pause } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import { AlreadyStored, type Files, keyOf, WrongSize } from '../../src/port/files.ts'

/** What every store of files does. */
export function filesContract(open: () => Promise<Files>): void {
  let files: Files
  let id: string
  beforeEach(async () => {
    files = await open()
    id = newId()
  })

  test('what was put is there: whole, in part, at a path; and its size', async () => {
    await files.put(id, pieces('hello ', 'world'), 11)
    expect(await files.stat(id)).toEqual({ size: 11, at: expect.any(Date) })
    expect(await textOf(files, id)).toBe('hello world')
    expect(await textOf(files, id, { from: 6, to: 10 })).toBe('world')
    expect(await textOf(files, id, { from: 0, to: 0 })).toBe('h')
    expect(await files.at(id, async path => typeof path)).toBe('string')
  })

  test.each([
    ['shorter', pieces('hello'), WrongSize],
    ['longer', pieces('hello world', '!'), WrongSize],
    ['cut', broken('hello'), Error],
    ['nothing', pieces(), WrongSize],
  ])('%s than announced: an error, and nothing is left', async (_name, bytes, error) => {
    await expect(files.put(id, bytes, 11)).rejects.toThrow(error)
    expect(await files.stat(id)).toBeNull()
    expect(await files.list(null, 100)).toEqual([])
    await files.put(id, pieces('hello world'), 11) // and it can be put again
    expect(await textOf(files, id)).toBe('hello world')
  })

  test('while bytes come, nobody sees them', async () => {
    let seen: unknown = 'not asked'
    async function* slow() {
      yield Buffer.from('hello ')
      seen = [await files.stat(id), await files.list(null, 10)]
      yield Buffer.from('world')
    }
    await files.put(id, slow(), 11)
    expect(seen).toEqual([null, []])
  })

  test('nothing is overwritten, also not by two at once', async () => {
    const both = await Promise.allSettled([files.put(id, pieces('one'), 3), files.put(id, pieces('two'), 3)])
    expect(both.map(r => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    const kept = await textOf(files, id)
    await expect(files.put(id, pieces('six'), 3)).rejects.toThrow(AlreadyStored)
    expect(await textOf(files, id)).toBe(kept)
  })

  test('what was removed is gone, and removing nothing is nothing', async () => {
    await files.put(id, pieces('hello'), 5)
    await files.remove(id)
    await files.remove(id)
    expect(await files.stat(id)).toBeNull()
    await expect(textOf(files, id)).rejects.toThrow()
    await expect(files.at(id, async () => 1)).rejects.toThrow()
  })

  test('the list has each key once, page by page', async () => {
    const keys = Array.from({ length: 25 }, newId).flatMap((key, i) => (i % 5 ? [key] : [key, keyOf(key, 'thumbnail')]))
    for (const key of keys) await files.put(key, pieces('x'), 1)
    const listed: string[] = []
    for (let after: string | null = null; ; after = listed.at(-1) ?? null) {
      const page = await files.list(after, 7)
      listed.push(...page)
      if (page.length < 7) break
    }
    expect([...listed].sort()).toEqual([...keys].sort())
  })

  test.each(['../../etc/passwd', '', 'a/b', '.', `${newId()}/..`, `${newId()}\u0000`, newId().toUpperCase()])(
    'what is no key of ours is refused: %j',
    async key => {
      await expect(files.put(key, pieces('x'), 1)).rejects.toThrow()
      await expect(files.stat(key)).rejects.toThrow()
      await expect(async () => textOf(files, key)).rejects.toThrow()
      await expect(files.remove(key)).rejects.toThrow()
    },
  )

  test('addresses are the same for all who ask at a time, differ by file and variant, and live five minutes at most', async () => {
    const of = (more: object = {}) =>
      files.downloadUrl({ base: 'https://chat.example.org', id, variant: 'original', ...more })
    // Two may fall on both sides of a window's edge, three of four in a row cannot.
    const all = [await of(), await of(), await of()]
    expect(new Set(all.map(u => u.url)).size).toBeLessThanOrEqual(2)
    const { url, expiresAt } = await of()
    expect(url).toMatch(/^https:\/\/chat\.example\.org\//)
    const life = expiresAt.getTime() - Date.now()
    expect(life).toBeGreaterThan(60_000)
    expect(life).toBeLessThanOrEqual(300_000)
    expect((await of({ variant: 'thumbnail' })).url).not.toBe(url)
    expect((await of({ id: newId() })).url).not.toBe(url)
  })

  test('an upload target says all there is to do', async () => {
    const target = await files.uploadTarget({ base: 'https://x.example', id, contentType: 'image/png', size: 5 })
    expect(target).toMatchObject({ method: 'PUT', headers: [{ name: 'content-type', value: 'image/png' }] })
    expect(target.expiresAt.getTime()).toBeGreaterThan(Date.now())
  })
}

export async function* pieces(...texts: string[]): AsyncGenerator<Buffer> {
  for (const text of texts) {
    await pause(0)
    yield Buffer.from(text)
  }
}
async function* broken(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
  throw new Error('the line was cut')
}

async function textOf(files: Files, key: string, range?: { from: number; to: number }): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of files.read(key, range)) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
