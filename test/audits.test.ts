import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from './house.ts'

// GraphQL over HTTP, as its specification's own audits see it: against the whole program, with all of its limits on.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const audits = serverAudits({ url: () => `${house.url}/graphql` })

test('there are 61 audits', () => {
  expect(audits).toHaveLength(61)
})

test.each(audits.map(audit => [audit.id, audit.name, audit] as const))('%s %s', async (_id, _name, audit) => {
  const result = await audit.fn()
  expect(result.status, 'reason' in result ? `${result.reason}` : '').toBe('ok')
})
