import { afterAll, beforeAll, test } from 'vitest'
import { seededRun } from '../fixtures/server.ts'
import { type House, openHouse } from '../house.ts'
import { removeWhileWriting } from '../live/removing.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('40 times: who is removed while 32 people write gets not one byte of what came after', async () => {
  const { url, databaseUrl } = house
  const { random } = seededRun()
  await removeWhileWriting({ url, databaseUrl, random, rounds: 40, writers: 32 })
})
