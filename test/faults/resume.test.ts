import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../../src/compose.ts'
import { seededRun } from '../fixtures/server.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { cutWhileWriting } from '../live/cutting.ts'
import { hints } from '../live/lossy-hints.ts'

vi.mock('../../src/adapter/memory/pubsub.ts', async original =>
  (await import('../live/lossy-hints.ts')).lossyHints(original),
)

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

test.each([
  ['socket', false],
  ['socket', true],
  ['sse', false],
  ['sse', true],
] as const)(
  'cut 100 times over 2,000 changes and a restart: %s, each third hint lost: %s',
  async (transport, lossy) => {
    const { random } = seededRun()
    const { url, databaseUrl } = house
    hints.lose = lossy ? 3 : 0
    const middle = async () => {
      const { port } = app
      await app.stop()
      app = await openDoor(databaseUrl, { PORT: String(port) })
    }
    const { seen, log, cuts } = await cutWhileWriting({
      url,
      databaseUrl,
      random,
      transport,
      middle,
      cuts: 100,
      changes: 2_000,
    })
    expect(cuts).toBeGreaterThanOrEqual(99)
    expect(log.length).toBeGreaterThan(1_900)
    if (lossy) expect(hints.dropped).toBeGreaterThan(100)
    expect(seen).toEqual(log)
  },
)
