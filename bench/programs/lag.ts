import { memoryPubSub } from '../../src/adapter/memory/pubsub.ts'
import { openDatabase } from '../../src/adapter/postgres/db.ts'
import { type Toolbox, withTools } from '../../src/cli/toolbox.ts'
import type { Consumers } from '../../src/port/consumers.ts'
import { follow } from '../../src/worker/follow.ts'
import { joining } from '../harness/message.ts'
import { quantile } from '../harness/numbers.ts'
import { answer } from './answer.ts'

interface Asked {
  url: string
  chats: number
  rate: number
  seconds: number
}

const quiet = () => undefined
const log = { debug: quiet, info: quiet, warn: console.warn, error: console.error }

/** Milliseconds from the end of an append to the commit of the rows that the index of inboxes makes of it. */
async function lagOf(box: Toolbox, { chats, rate, seconds }: Asked): Promise<number[]> {
  const waiting: { position: bigint; at: number }[] = []
  const took: number[] = []
  let index = 0n
  const passed = () => {
    const now = performance.now()
    while (waiting[0] && waiting[0].position <= index) took.push(now - (waiting.shift()?.at ?? now))
  }
  const consumers: Consumers = {
    ...box.consumers,
    async commit(consumer, lease, batch) {
      const moved = await box.consumers.commit(consumer, lease, batch)
      if (moved && consumer.name === 'audience') index = moved.position
      passed()
      return moved
    },
  }
  const pubsub = memoryPubSub(quiet)
  const { store, letters } = box
  const loops = box.followers.map(name => follow(box.consumer(name), { store, consumers, letters, pubsub, log }))

  const total = Math.round(rate * seconds)
  const began = performance.now()
  await Promise.all(
    Array.from({ length: total }, async (_, i) => {
      await new Promise(resolve => setTimeout(resolve, began + (i * 1_000) / rate - performance.now()))
      const result = await store.append(joining(i % chats))
      if (result.status !== 'ok') throw new Error(`an append was answered with ${result.status}`)
      waiting.push({ position: result.commit.position ?? 0n, at: performance.now() })
      pubsub.publish('log')
      passed()
    }),
  )
  while (took.length < total) await new Promise(resolve => setTimeout(resolve, 20))
  for (const loop of loops) await loop.stop()
  await pubsub.close()
  return took
}

answer({
  async run(asked: Asked) {
    const database = openDatabase(asked.url, 20, error => console.error(error))
    let p99 = Number.NaN
    await withTools(database, async box => {
      p99 = quantile(await lagOf(box, asked), 0.99)
    })
    await database.close()
    return p99
  },
})
