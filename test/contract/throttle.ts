import { afterEach, expect, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import type { Throttle } from '../../src/port/throttle.ts'

/** What every Throttle does; `open` gives two that stand for two processes (or the same one twice). */
type Ends = { here: Throttle; there: Throttle }
export function throttleContract(open: () => Ends | Promise<Ends>): void {
  const opened: Throttle[] = []
  const both = async () => {
    const ends = await open()
    opened.push(ends.here, ends.there)
    return ends
  }
  afterEach(() => {
    for (const throttle of new Set(opened.splice(0))) throttle.close()
  })
  const limit = { name: 'tries', points: 3, seconds: 60 }
  const times = async (n: number, take: () => Promise<Date | null>) => {
    const told: boolean[] = []
    for (let i = 0; i < n; i++) told.push((await take()) === null)
    return told
  }

  test('so many, and no more; a key of its own for each', async () => {
    const { here } = await both()
    const [one, other] = [newId(), newId()]
    expect(await times(5, () => here.take(limit, one))).toEqual([true, true, true, false, false])
    expect(await here.take(limit, other)).toBeNull()
    const retryAt = await here.take(limit, one)
    expect(Number(retryAt) - Date.now()).toBeGreaterThan(0)
    expect(Number(retryAt) - Date.now()).toBeLessThanOrEqual(60_000)
  })

  test('limits of different names do not count each other', async () => {
    const { here } = await both()
    const key = newId()
    await times(4, () => here.take(limit, key))
    expect(await here.take({ ...limit, name: 'others' }, key)).toBeNull()
  })

  test('all processes count together, also at the same moment', async () => {
    const { here, there } = await both()
    const key = newId()
    const all = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? here : there).take(limit, key)))
    expect(all.filter(retryAt => retryAt === null)).toHaveLength(3)
  })

  test('what is given back can be taken again, and what is forgotten does not count', async () => {
    const { here, there } = await both()
    const key = newId()
    await times(3, () => here.take(limit, key))
    await there.giveBack(limit, key)
    expect(await times(2, () => here.take(limit, key))).toEqual([true, false])
    await there.forget(limit, key)
    expect(await times(4, () => here.take(limit, key))).toEqual([true, true, true, false])
  })

  test('after its time it may be done again', async () => {
    const { here } = await both()
    const key = newId()
    const brief = { ...limit, name: 'brief', points: 1, seconds: 1 }
    await here.take(brief, key)
    const retryAt = await here.take(brief, key)
    expect(retryAt).not.toBeNull()
    const deadline = Date.now() + 10_000
    let again = retryAt
    while (again && Date.now() < deadline) again = await here.take(brief, key)
    expect(again).toBeNull()
    expect(Date.now()).toBeGreaterThanOrEqual(Number(retryAt) - 50)
  })
}
