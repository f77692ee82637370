import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Loose, type Person, post, register } from './client.ts'
import { archiveCompany, companyIdOf, freshInn, innFor, join } from './company-people.ts'
import { fakeDadata, party, refused, says } from './fixtures/dadata.ts'
import { type House, openHouse } from './house.ts'

let dadata: Awaited<ReturnType<typeof fakeDadata>>
let house: House
let [ann, bob]: Person[] = []
beforeAll(async () => {
  dadata = await fakeDadata('a-token')
  house = await openHouse({ DADATA_URL: dadata.url, DADATA_TOKEN: 'a-token' })
  ;[ann, bob] = await Promise.all([register(house.url, 'Ann'), register(house.url, 'Bob')])
})
afterAll(async () => {
  await house.close()
  await dadata.close()
})

const errors = `... on Error { code message } ... on ValidationError { issues { path message } }
  ... on UnavailableError { retryAt }`
const lookup = async (by: Person | undefined, inn: string): Promise<Loose> =>
  (
    await by?.ask(
      `query ($inn: String!) { companyLookup(inn: $inn) { __typename
        ... on CompanyLookup { inn name kpp ogrn legalAddress company { id name } } ${errors} } }`,
      { inn },
    )
  )?.companyLookup
const suggest = async (by: Person | undefined, query: string, first?: number): Promise<Loose> =>
  (
    await by?.ask(
      `query ($query: String!, $first: Int) { companySuggestions(query: $query, first: $first) { __typename
        ... on CompanySuggestions { companies { inn name company { id } } } ${errors} } }`,
      { query, first },
    )
  )?.companySuggestions

test('a company is found by its INN, as the register has it', async () => {
  dadata.companies.push(party('7707083893', 'ПАО СБЕРБАНК'))
  expect(await lookup(ann, ' 7707083893 ')).toEqual({
    __typename: 'CompanyLookup',
    inn: '7707083893',
    name: 'ПАО СБЕРБАНК',
    kpp: '773601001',
    ogrn: '1027700132195',
    legalAddress: 'г Москва, ул Вавилова, д 19',
    company: null,
  })
})

test('`company` is there for its members, while it is in use, and for nobody else', async () => {
  const [inn, other] = [freshInn(), freshInn()]
  dadata.companies.push(party(inn, 'ООО Вектор Север'), party(other, 'ООО Вектор Юг'))
  const id = await companyIdOf(ann as Person, { inn, name: 'Vector' })
  expect((await lookup(ann, inn)).company).toEqual({ id, name: 'Vector' })
  expect((await lookup(bob, inn)).company).toBeNull()
  expect((await suggest(ann, 'вектор')).companies).toEqual([
    { inn, name: 'ООО Вектор Север', company: { id } },
    { inn: other, name: 'ООО Вектор Юг', company: null },
  ])
  await join(ann as Person, id, bob as Person)
  expect((await lookup(bob, inn)).company).toEqual({ id, name: 'Vector' })
  await archiveCompany(ann as Person, id)
  expect((await lookup(ann, inn)).company).toBeNull()
  const again = await companyIdOf(bob as Person, { inn, name: 'Vector anew' })
  expect((await lookup(bob, inn)).company).toEqual({ id: again, name: 'Vector anew' })
  expect((await lookup(ann, inn)).company).toBeNull()
})

test('not found is one thing, no answer another', async () => {
  expect(await lookup(ann, innFor(900_001))).toMatchObject({ __typename: 'NotFoundError', code: 'NOT_FOUND' })
  expect(await suggest(ann, 'nobody is called so')).toEqual({ __typename: 'CompanySuggestions', companies: [] })
  dadata.always(says('<html>'))
  const away = { __typename: 'UnavailableError', code: 'EXTERNAL_UNAVAILABLE', retryAt: null }
  expect(await lookup(ann, innFor(900_002))).toMatchObject(away)
  expect(await suggest(ann, 'somebody')).toMatchObject(away)
  dadata.always(null)
  dadata.next(refused(429, { 'retry-after': '3600' }))
  const { retryAt } = await lookup(ann, innFor(900_003))
  expect(Date.parse(retryAt)).toBeGreaterThan(Date.now() + 3_500_000)
  expect(Date.parse((await suggest(ann, 'somebody')).retryAt)).toBe(Date.parse(retryAt))
  expect((await lookup(ann, '7707083893')).name).toBe('ПАО СБЕРБАНК') // what is known needs nobody
})

test.each([
  ['one digit off', '7707083894'],
  ['zeros', '0000000000'],
  ['too short', '770708389'],
  ['letters', '77O7083893'],
  ['eleven digits', '77070838930'],
  ['digits of another alphabet', '٧٧٠٧٠٨٣٨٩٣'],
  ['nothing', ''],
  ['an injection', "7707083893' or 1=1"],
])('an INN that is %s is refused without asking anybody', async (_, inn) => {
  const before = dadata.questions.length
  expect(await lookup(ann, inn)).toMatchObject({ __typename: 'ValidationError', issues: [{ path: ['inn'] }] })
  expect(dadata.questions).toHaveLength(before)
})

test.each([
  ['query', '', 5],
  ['query', '   ', 5],
  ['query', 'x'.repeat(301), 5],
  ['query', 'a\u0000b', 5],
  ['query', 'a\ud800b', 5],
  ['first', 'ok', 0],
  ['first', 'ok', 21],
  ['first', 'ok', -1],
])('suggestions: a wrong %s (%j, %j) is refused without asking anybody', async (path, text, first) => {
  const before = dadata.questions.length
  expect(await suggest(ann, text, first)).toMatchObject({ __typename: 'ValidationError', issues: [{ path: [path] }] })
  expect(dadata.questions).toHaveLength(before)
})

test('nobody looks anything up without signing in', async () => {
  const before = dadata.questions.length
  for (const query of [
    '{ companyLookup(inn: "7707083893") { __typename } }',
    '{ companySuggestions(query: "a") { __typename } }',
  ])
    expect((await post(house.url, query)).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  expect(dadata.questions).toHaveLength(before)
})
