import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../../src/compose.ts'
import { eventually, openGroup, register, send } from '../client.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { seeded } from '../random-history.ts'
import { cutWhileWriting } from './cutting.ts'
import { hints } from './lossy-hints.ts'
import { chatEvents, follow, heard, type Transport } from './subscribing.ts'

// The heavy runs are in test/faults/resume.test.ts.

vi.mock('../../src/adapter/memory/pubsub.ts', async original => (await import('./lossy-hints.ts')).lossyHints(original))

let house: House
let app: App
beforeAll(async () => {
  house = await openHouse()
  app = house
})
afterAll(async () => {
  await app.stop()
  await house.close()
})

const run = (transport: Transport, seed: number, middle?: () => Promise<unknown>) => {
  const { url, databaseUrl } = house
  return cutWhileWriting({
    url,
    databaseUrl,
    transport,
    random: seeded(seed),
    cuts: 5,
    changes: 80,
    ...(middle ? { middle } : {}),
  })
}

test('without any hint it is told all the same, a moment later', async () => {
  const ann = await register(house.url, 'Ann')
  const chat = await openGroup(ann, [])
  const subscriber = follow(ann, chatEvents, { id: chat.id, after: chat.position })
  await eventually(() => subscriber.frames.length > 0)
  hints.lose = 1
  for (let i = 0; i < 4; i++) {
    const { id } = await send(ann, chat.id, 'nobody says that this is here')
    await heard(subscriber, e => e.edge?.node.id === id)
  }
  hints.lose = 0
  subscriber.stop()
})

const restart = async () => {
  const { port } = app
  await app.stop()
  app = await openDoor(house.databaseUrl, { PORT: String(port) })
}

test.each(['socket', 'sse'] as const)(
  '%s: a subscriber that is cut sees exactly what was sent, in order, over a restart',
  async transport => {
    const { seen, log, cuts } = await run(transport, 1, restart)
    expect(cuts).toBeGreaterThanOrEqual(4)
    expect(seen).toEqual(log)
  },
)

test.each(['socket', 'sse'] as const)('%s: the same when each third hint is lost', async transport => {
  hints.lose = 3
  const { seen, log } = await run(transport, 2)
  hints.lose = 0
  expect(hints.dropped).toBeGreaterThan(10)
  expect(seen).toEqual(log)
})
