import { afterEach, expect, test } from 'vitest'
import type { PubSub } from '../../src/port/pubsub.ts'

/** What every PubSub does; `open` gives two ends that stand for two processes (or the same one twice). */
export function pubSubContract(open: () => Promise<{ here: PubSub; there: PubSub }>): void {
  const opened: PubSub[] = []
  const ends = async () => {
    const both = await open()
    opened.push(both.here, both.there)
    return both
  }
  afterEach(async () => {
    for (const pubsub of new Set(opened.splice(0))) await pubsub.close()
  })

  test('a hint wakes the listeners of its topic, in every process, and no others', async () => {
    const { here, there } = await ends()
    const [mine, theirs, other] = [counter(), counter(), counter()]
    here.subscribe('chat:1', mine.wake)
    there.subscribe('chat:1', theirs.wake)
    there.subscribe('chat:2', other.wake)
    await reached(here, 'chat:2', other)
    await reached(there, 'chat:1', mine)
    await reached(here, 'chat:1', theirs) // hints keep their order: what was said of chat:2 has arrived
    const before = other.count()
    await reached(here, 'chat:1', theirs)
    expect(other.count()).toBe(before)
  })

  test('the publisher is neither called back before it goes on nor hears of a listener that throws', async () => {
    const { here } = await ends()
    const fine = counter()
    here.subscribe('log', () => {
      throw new Error('a listener that fails')
    })
    here.subscribe('log', fine.wake)
    const before = fine.count()
    here.publish('log')
    expect(fine.count()).toBe(before)
    await until(() => fine.count() > before)
  })

  test('who left is woken no more; the others are; leaving twice is once', async () => {
    const { here, there } = await ends()
    const [gone, stays] = [counter(), counter()]
    const leave = there.subscribe('log', gone.wake)
    there.subscribe('log', stays.wake)
    await reached(here, 'log', stays)
    leave()
    leave()
    const before = gone.count()
    await reached(here, 'log', stays)
    await reached(here, 'log', stays)
    expect(gone.count()).toBe(before)
  })

  test('a topic that was left can be listened to again', async () => {
    const { here, there } = await ends()
    there.subscribe('chat:1', () => undefined)()
    const again = counter()
    there.subscribe('chat:1', again.wake)
    await reached(here, 'chat:1', again)
  })

  test('a closed one takes hints and gives none', async () => {
    const { here } = await ends()
    const heard = counter()
    here.subscribe('log', heard.wake)
    await here.close()
    here.publish('log')
    await new Promise(setImmediate)
    expect(heard.count()).toBe(0)
  })
}

/** Hints may be lost: publishes until one arrives. */
export async function reached(from: PubSub, topic: string, at: { count: () => number }): Promise<void> {
  const before = at.count()
  await until(() => {
    from.publish(topic)
    return at.count() > before
  })
}

export function counter() {
  let n = 0
  return { wake: () => void n++, count: () => n }
}

/** Looks until it is so; fails after 10 s. */
export async function until(so: () => boolean | Promise<boolean>, ms = 10_000): Promise<void> {
  const deadline = Date.now() + ms
  while (!(await so())) {
    if (Date.now() > deadline) throw new Error(`it did not become so within ${ms} ms: ${so}`)
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}
