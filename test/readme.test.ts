import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from './house.ts'
import { tell } from './told.ts'

const readme = readFileSync('README.md', 'utf8')

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('the first session of the README goes as it says', async () => {
  const compared = await tell(house.url, readme)
  for (const [expected, real] of compared) expect(real).toEqual(expected)
  expect(compared.length).toBeGreaterThan(10)
})

test('every command that the README names is there', async () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
  for (const [, name = ''] of readme.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name)
  expect(readme).toContain('\nnpm ci && npm start\n')
})
