import { afterAll, beforeAll, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import { seeded } from '../random-history.ts'
import { removeWhileWriting } from './removing.ts'

// Many more rounds are in test/faults/removal.test.ts.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('who is removed while 32 people write gets not one byte of what came after', async () => {
  const { url, databaseUrl } = house
  await removeWhileWriting({ url, databaseUrl, random: seeded(1), rounds: 1, writers: 32 })
}, 60_000)
