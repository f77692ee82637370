import { afterEach, expect, test } from 'vitest'
import type { Ephemeral } from '../../src/port/ephemeral.ts'
import { counter, until } from './pubsub.ts'

/** What every Ephemeral does; `open` gives two ends that stand for two processes (or the same one twice). */
export function ephemeralContract(open: () => Promise<{ here: Ephemeral; there: Ephemeral }>): void {
  const opened: Ephemeral[] = []
  const ends = async () => {
    const both = await open()
    opened.push(both.here, both.there)
    const key = `test:${crypto.randomUUID()}`
    return { ...both, key }
  }
  const long = 600_000
  const valuesOf = async (of: Ephemeral, key: string) =>
    Object.fromEntries((await of.read(key))?.map(({ member, value }) => [member, value]) ?? [['unknown', '']])
  afterEach(async () => {
    for (const one of new Set(opened.splice(0))) await one.close()
  })

  test('what is put here is read there, by key and member, the last value of each; taken away it is gone', async () => {
    const { here, there, key } = await ends()
    expect(await there.read(key)).toEqual([])
    expect(await here.put(key, 'ann', 'one', long)).toBe(true)
    await there.put(key, 'ann', 'two with spaces\nand lines', long)
    await here.put(key, 'bob', '', long)
    await here.put(`${key}:other`, 'cid', 'elsewhere', long)
    expect(await valuesOf(there, key)).toEqual({ ann: 'two with spaces\nand lines', bob: '' })
    const [living] = (await here.read(key)) ?? []
    expect(living?.ms).toBeGreaterThan(long / 2)
    expect(living?.ms).toBeLessThanOrEqual(long)
    expect(await there.remove(key, ['ann', 'nobody'])).toBe(true)
    expect(await there.remove(key, [])).toBe(true)
    expect(await valuesOf(here, key)).toEqual({ bob: '' })
  })

  test('many keys of one turn are each read for themselves', async () => {
    const { here, there, key } = await ends()
    await Promise.all(Array.from({ length: 50 }, (_, i) => here.put(`${key}:${i}`, 'm', `${i}`, long)))
    const read = await Promise.all(Array.from({ length: 50 }, (_, i) => valuesOf(there, `${key}:${i}`)))
    expect(read).toEqual(Array.from({ length: 50 }, (_, i) => ({ m: `${i}` })))
  })

  test('a value ends by itself, and only that one; put again it lives on', async () => {
    const { here, there, key } = await ends()
    await here.put(key, 'stays', 'x', long)
    await here.put(key, 'shortened', 'x', long)
    await here.put(key, 'lengthened', 'x', 30)
    await here.put(key, 'lengthened', 'x', long)
    await here.put(key, 'shortened', 'x', 30)
    await here.put(key, 'ends', 'x', 30) // the last one is the first to end
    await until(async () => !('ends' in (await valuesOf(there, key))))
    await until(async () => !('shortened' in (await valuesOf(there, key))))
    expect(await valuesOf(there, key)).toEqual({ stays: 'x', lengthened: 'x' })
    await here.put(key, 'ends', 'again', long)
    expect(await valuesOf(there, key)).toEqual({ stays: 'x', lengthened: 'x', ends: 'again' })
  })

  test('who watches a key is woken by a change of it, wherever it was made, and by nothing else', async () => {
    const { here, there, key } = await ends()
    const [watching, other] = [counter(), counter()]
    const leave = there.watch([`${key}:0`, key], watching.wake)
    there.watch([`${key}:other`], other.wake)
    let n = 0
    /** Changes something until that is heard; whatever came before has arrived then. */
    const heard = async (at: string, of: { count: () => number }) => {
      const before = of.count()
      await until(async () => {
        await here.put(at, 'mark', `${++n}`, long)
        return of.count() > before
      })
    }
    await heard(key, watching)
    await heard(`${key}:0`, watching)
    await heard(`${key}:other`, other)
    await here.put(key, 'ann', 'same', long)
    await heard(`${key}:other`, other)
    await heard(`${key}:other`, other)
    const before = watching.count()
    for (let i = 0; i < 20; i++) await here.put(key, 'ann', 'same', long)
    await here.remove(key, ['nobody'])
    await heard(`${key}:other`, other)
    expect(watching.count()).toBe(before)
    await here.remove(key, ['ann'])
    await until(() => watching.count() > before)
    leave()
    leave()
    const left = watching.count()
    await here.put(key, 'ann', 'again', long)
    await heard(`${key}:other`, other)
    expect(watching.count()).toBe(left)
  })
}
