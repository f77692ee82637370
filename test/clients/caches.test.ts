import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { App } from '../../src/compose.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { hints } from '../live/lossy-hints.ts'
import { seeded } from '../random-history.ts'
import { kinds } from './cached.ts'
import { tellStory } from './first-session.ts'

vi.mock('../../src/adapter/memory/pubsub.ts', async original =>
  (await import('../live/lossy-hints.ts')).lossyHints(original),
)

let house: House
let app: App
beforeAll(async () => {
  house = await openHouse()
  app = house
  hints.lose = 3
})
afterAll(async () => {
  await app.stop()
  await house.close()
})

test.each(kinds)(
  '%s: a cache fed by chatEvents, companyEvents and inbox says what a fresh query says, over a restart and lost hints',
  { timeout: 120_000 },
  async kind => {
    const complaints = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')]
    const middle = async () => {
      const { port } = app
      await app.stop()
      app = await openDoor(house.databaseUrl, { PORT: String(port) })
    }
    await tellStory({ kind, url: house.url, random: seeded(1), steps: 10, middle })
    expect(complaints.flatMap(spy => spy.mock.calls)).toEqual([])
    expect(hints.dropped).toBeGreaterThan(10)
  },
)
