import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/kernel/id.ts'
import { type Answer, type Loose, type Person, register } from './client.ts'
import * as c from './company-people.ts'
import { fakeDadata } from './fixtures/dadata.ts'
import { type House, openHouse } from './house.ts'

// What costs money, or mails strangers, runs out for one person and for nobody else.

let dadata: Awaited<ReturnType<typeof fakeDadata>>
let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  dadata = await fakeDadata('a-token')
  const limits = { LOOKUP_LIMIT: '4', INVITE_LIMIT: '3' }
  house = await openHouse({ DADATA_URL: dadata.url, DADATA_TOKEN: 'a-token', ...limits })
})
afterAll(async () => {
  await house.close()
  await dadata.close()
})
beforeEach(async () => {
  ;[ann, bob] = (await Promise.all(['Ann', 'Bob'].map(name => register(house.url, name)))) as [Person, Person]
})

const asked = 'query ($inn: String!) { companyLookup(inn: $inn) { __typename } }'
const typed = '{ companySuggestions(query: "cargo") { __typename } }'
/** Refused at once, with the time from which on it is worth trying again. */
function runOut({ errors }: Answer<Loose>): void {
  const [{ extensions }] = errors as unknown as [{ extensions: { code: string; retryAt: string } }]
  expect(extensions.code).toBe('RATE_LIMITED')
  expect(Date.parse(extensions.retryAt)).toBeGreaterThan(Date.now())
}

test('questions to the register, of both kinds; what is refused for its input is free', async () => {
  const before = dadata.questions.length
  for (let i = 0; i < 2; i++) {
    expect((await ann.ask(asked, { inn: c.innFor(900_000 + i) })).companyLookup.__typename).toBe('NotFoundError')
    expect((await ann.ask(asked, { inn: '1' })).companyLookup.__typename).toBe('ValidationError')
    expect((await ann.ask(typed)).companySuggestions.__typename).toBe('CompanySuggestions')
  }
  const counted = dadata.questions.length
  runOut(await ann.try(asked, { inn: c.innFor(900_003) }))
  runOut(await ann.try(typed))
  expect([counted > before, dadata.questions.length]).toEqual([true, counted])
  expect((await bob.ask(typed)).companySuggestions.__typename).toBe('CompanySuggestions')
})

test('invitations, to all companies together; what sends no mail is free', async () => {
  const [one, two] = [await c.companyIdOf(ann), await c.companyIdOf(ann)]
  const [first, second] = [`${newId()}@example.com`, `${newId()}@example.com`]
  const key = { idempotencyKey: newId() }
  for (let i = 0; i < 4; i++) await c.invite(ann, one, first, 'MEMBER', key)
  for (let i = 0; i < 4; i++) await c.invite(ann, two, second)
  for (let i = 0; i < 4; i++) expect((await c.invite(ann, two, 'no address')).code).toBe('INVALID_INPUT')
  expect((await c.invite(ann, two, first)).code).toBeUndefined()
  await expect(c.invite(ann, one, second)).rejects.toThrow('RATE_LIMITED')
  expect((await c.companySeen(ann, { id: one }, 'invitations { edges { node { email } } }')).invitations.edges).toEqual(
    [{ node: { email: first } }],
  )
  await c.join(ann, one, bob, 'ADMIN')
  expect((await c.invite(bob, one, second)).code).toBeUndefined()
})

test('all at the same moment are counted before any of them is sent', async () => {
  const id = await c.companyIdOf(ann)
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => c.invite(ann, id, `${newId()}@example.com`)))
  expect(all.filter(one => one.status === 'fulfilled')).toHaveLength(3)
})
