import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { dadataCompanyRegistry } from '../src/adapter/dadata/company-registry.ts'
import { noCompanyRegistry, RegistryUnavailable } from '../src/port/company-registry.ts'
import { cut, fakeDadata, party, refused, says, silence, trader } from './fixtures/dadata.ts'

const inn = '7707083893'
const hour = 3_600_000
let dadata: Awaited<ReturnType<typeof fakeDadata>>
let lines: [object, string][]
const line = (fields: object, message: string) => void lines.push([fields, message])
const log = { debug: line, info: line, warn: line, error: line }

/** The adapter on the fake; its breaker opens at the third failure in a row, for a minute. */
const open = (more: object = {}) =>
  dadataCompanyRegistry({ url: dadata.url, token: 'a-token', log, failures: 3, pauseMs: 60_000, ...more })

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-21T12:00:00Z') }) // the adapter's clock, moved by hand
  lines = []
  dadata = await fakeDadata('a-token')
  dadata.companies.push(party(inn, 'ПАО СБЕРБАНК'), trader('500100732259', 'ИП Петров Пётр Петрович'))
})
afterEach(async () => {
  vi.useRealTimers()
  await dadata.close()
})

const pass = (ms: number) => vi.setSystemTime(Date.now() + ms)

/** Why there is no answer, and when to come back. */
const problem = (asking: Promise<unknown>) =>
  asking.then(
    answer => Promise.reject(new Error(`it answered ${JSON.stringify(answer)}`)),
    (error: unknown) => {
      if (!(error instanceof RegistryUnavailable)) throw error
      return [error.message.replace('the company register gives no answer: ', ''), error.retryAt?.toISOString() ?? null]
    },
  )

test('a company and a sole trader are found by their INN', async () => {
  const registry = open()
  expect(await registry.byInn(inn)).toEqual({
    inn,
    name: 'ПАО СБЕРБАНК',
    kpp: '773601001',
    ogrn: '1027700132195',
    legalAddress: 'г Москва, ул Вавилова, д 19',
  })
  expect(await registry.byInn('500100732259')).toEqual({
    inn: '500100732259',
    name: 'ИП Петров Пётр Петрович',
    kpp: null,
    ogrn: '304500116000157',
    legalAddress: 'г Казань',
  })
  expect(await registry.byInn('7707083894')).toBeNull()
  expect(dadata.questions[0]).toEqual({
    path: 'POST /suggestions/api/4_1/rs/findById/party',
    authorization: 'Token a-token',
    body: { query: inn, branch_type: 'MAIN' },
  })
})

test('of several entries of one INN it is the one in use; somebody whose OGRN the number is, is not it', async () => {
  dadata.companies.splice(0)
  dadata.companies.push(
    party('7700000000', 'ООО Чужое', { ogrn: inn }),
    party(inn, 'ООО Прежнее', { state: { status: 'LIQUIDATED' } }),
    party(inn, 'ООО Нынешнее'),
  )
  expect((await open().byInn(inn))?.name).toBe('ООО Нынешнее')
})

test('suggestions come in order, without what has no INN, as many as were asked for', async () => {
  dadata.companies.push(
    party('7707083893', 'ООО Вектор Один'),
    party(null as never, 'Vector Ltd вектор'),
    party('7743013902', 'ООО Вектор Два', { kpp: '', ogrn: null, address: null, name: null, state: null }),
    party('7743013903', 'ООО Вектор Три'),
  )
  const found = await open().suggest('  ВЕКТОР ', 3)
  expect(found.map(company => company.name)).toEqual(['ООО Вектор Один', 'ООО Вектор Два'])
  expect(found[1]).toEqual({ inn: '7743013902', name: 'ООО Вектор Два', kpp: null, ogrn: null, legalAddress: null })
  expect(dadata.questions[0]?.path).toBe('POST /suggestions/api/4_1/rs/suggest/party')
  expect(dadata.questions[0]?.body).toMatchObject({ query: 'ВЕКТОР', count: 3 })
  expect(await open().suggest('nobody', 500)).toEqual([])
  expect(dadata.questions[1]?.body.count).toBe(20)
})

test('answers are kept for a day, that there is none for an hour, and failures not at all', async () => {
  const registry = open()
  const asked = async (what: string) => {
    const before = dadata.questions.length
    await registry.byInn(what).catch(() => undefined)
    return dadata.questions.length - before
  }
  expect([await asked(inn), await asked(inn)]).toEqual([1, 0])
  expect([await asked('7707083894'), await asked('7707083894')]).toEqual([1, 0])
  pass(hour + 1)
  expect([await asked(inn), await asked('7707083894')]).toEqual([0, 1])
  pass(23 * hour)
  expect(await asked(inn)).toBe(1)
  dadata.next(refused(403))
  expect([await asked('7743013902'), await asked('7743013902')]).toEqual([1, 1])
})

test('the same question by many at once is asked once, also when it fails', async () => {
  const registry = open()
  const many = () => Promise.allSettled(Array.from({ length: 20 }, () => registry.byInn(inn)))
  dadata.next(refused(403))
  expect((await many()).map(one => one.status)).toEqual(Array(20).fill('rejected'))
  expect(dadata.questions).toHaveLength(1)
  expect((await many()).map(one => one.status)).toEqual(Array(20).fill('fulfilled'))
  expect(dadata.questions).toHaveLength(2)
})

test.each([
  ['5xx', refused(502)],
  ['a connection that is cut', cut()],
  ['an answer that is cut', cut('{"suggestions":[')],
  ['429', refused(429)],
])('%s passes: it is tried again', async (_, fault) => {
  dadata.next(fault, fault)
  expect((await open({ failures: 5 }).byInn(inn))?.name).toBe('ПАО СБЕРБАНК')
  expect(dadata.questions).toHaveLength(3)
})

test('it is tried three times and no more', async () => {
  dadata.always(refused(503))
  expect(await problem(open({ failures: 5 }).byInn(inn))).toEqual(['it is out of order (503)', null])
  expect(dadata.questions).toHaveLength(3)
})

test.each([
  ['401', refused(401), 'it does not know the token (401): see DADATA_TOKEN'],
  ['403', refused(403), "it refuses the token (403): the day's limit is used up, or it is blocked"],
  ['400', refused(400), 'it does not take the question (400)'],
  ['413', refused(413), 'it does not take the question (413)'],
  ['a redirect', refused(302, { location: '/elsewhere' }), 'it sends us elsewhere (302): see DADATA_URL'],
  ['silence', silence, 'it took longer than 50 ms'],
])('%s does not pass: it is not tried again', async (_, fault, why) => {
  dadata.always(fault)
  expect(await problem(open({ timeoutMs: fault === silence ? 50 : 5_000, failures: 5 }).byInn(inn))).toEqual([
    why,
    null,
  ])
  expect(dadata.questions).toHaveLength(1)
})

test('429 with Retry-After: what is short is waited for, and until then nobody else asks', async () => {
  const registry = open({ failures: 9 })
  dadata.next(refused(429, { 'retry-after': '120' }))
  expect(await problem(registry.byInn(inn))).toEqual(['it is asked too often (429)', '2026-11-21T12:02:00.000Z'])
  expect(await problem(registry.suggest('вектор', 5))).toEqual(['it asked us to wait', '2026-11-21T12:02:00.000Z'])
  expect(dadata.questions).toHaveLength(1)
  pass(120_000)
  expect((await registry.byInn(inn))?.inn).toBe(inn)

  dadata.next(refused(503, { 'retry-after': new Date(Date.now() + 30_000).toUTCString() }))
  expect(await problem(registry.suggest('вектор', 5))).toEqual(['it is out of order (503)', '2026-11-21T12:02:30.000Z'])
  pass(30_000)
  dadata.next(refused(429, { 'retry-after': '0' }), refused(429, { 'retry-after': 'soon' }))
  expect(await registry.suggest('вектор', 5)).toEqual([])
})

const answers: [what: string, text: string][] = [
  ['not JSON', '<html>Nginx</html>'],
  ['nothing', ''],
  ['half of it', '{"suggestions":[{"value":'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no suggestions', '{}'],
  ['suggestions that are none', '{"suggestions":{"0":{}}}'],
  ['an entry of null', '{"suggestions":[null]}'],
  ['an entry without data', '{"suggestions":[{"value":"ООО"}]}'],
  ['an INN that is a number', '{"suggestions":[{"value":"ООО","data":{"inn":7707083893}}]}'],
  ['a name that is a list', '{"suggestions":[{"value":"ООО","data":{"inn":"7707083893","name":[]}}]}'],
  ['an address that is a text', '{"suggestions":[{"value":"ООО","data":{"inn":"7707083893","address":"Москва"}}]}'],
  ['a tower of brackets', '['.repeat(100_000)],
]
test.each(answers)('an answer that is %s is no answer, and not "not found"', async (_, text) => {
  dadata.always(says(text))
  const registry = open()
  const why = ['its answer is not what it is documented to be', null]
  expect(await problem(registry.byInn(inn))).toEqual(why)
  expect(await problem(registry.suggest('вектор', 5))).toEqual(why)
  expect(dadata.questions).toHaveLength(2)
  dadata.always(null)
  expect((await registry.byInn(inn))?.inn).toBe(inn)
})

test('an answer without end is not read to its end', async () => {
  let written = 0
  let gone = false
  dadata.next((_, response) => {
    const chunk = Buffer.alloc(64_000, ' ')
    response.writeHead(200, { 'content-type': 'application/json' })
    response.on('close', () => {
      gone = true
    })
    const more = (): void => {
      if (gone) return
      written += chunk.length
      response.write(chunk, more)
    }
    more()
  })
  expect(await problem(open().byInn(inn))).toEqual(['its answer has more than 2000000 bytes', null])
  await vi.waitUntil(() => gone, { timeout: 10_000 })
  expect(written).toBeLessThan(50_000_000)
})

test('what keeps failing is left alone, then asked once, and asked again when it answers', async () => {
  const registry = open({ timeoutMs: 250 })
  const until = '2026-11-21T12:01:00.000Z'
  dadata.always(silence)
  for (const text of ['a', 'b', 'c']) await problem(registry.suggest(text, 5))
  expect(dadata.questions).toHaveLength(3)
  expect(await problem(registry.suggest('d', 5))).toEqual(['it keeps failing', until])
  expect(dadata.questions).toHaveLength(3)

  pass(60_000)
  expect(await problem(registry.suggest('e', 5))).toEqual(['it took longer than 250 ms', null])
  expect(await problem(registry.suggest('f', 5))).toEqual(['it keeps failing', '2026-11-21T12:02:00.000Z'])
  expect(dadata.questions).toHaveLength(4)

  pass(60_000)
  dadata.always(null)
  expect(await registry.byInn(inn)).toMatchObject({ inn })
  expect(await registry.suggest('g', 5)).toEqual([])
  expect(dadata.questions).toHaveLength(6)
  expect(lines.map(([, message]) => message)).toEqual([
    'DaData fails and is left alone for a while',
    'DaData fails and is left alone for a while',
    'DaData answers again',
  ])
})

test('a question that DaData does not take says nothing about DaData', async () => {
  const registry = open()
  dadata.always(refused(400))
  for (const text of ['a', 'b', 'c', 'd']) await problem(registry.suggest(text, 5))
  expect(dadata.questions).toHaveLength(4)
})

test('neither the question nor the token is in what is logged or thrown', async () => {
  const registry = open({ timeoutMs: 50 })
  const said: unknown[] = []
  for (const fault of [refused(401), silence, says('{"suggestions":[{"value":"секрет"}]}'), cut(), refused(500)]) {
    dadata.always(fault)
    await registry.byInn('500100732259').catch((error: Error) => said.push(error, error.message, error.cause))
  }
  const text = JSON.stringify([said.map(String), lines])
  expect(text).toContain('DaData fails')
  for (const secret of ['500100732259', 'a-token', 'секрет']) expect(text).not.toContain(secret)
})

test('nobody there, and nothing configured', async () => {
  const nobody = dadataCompanyRegistry({ url: 'http://127.0.0.1:1', token: 'a-token', log })
  expect(await problem(nobody.byInn(inn))).toEqual(['the connection failed or was cut', null])
  expect(await problem(noCompanyRegistry.byInn(inn))).toEqual([expect.stringContaining('DADATA_TOKEN'), null])
  expect(await problem(noCompanyRegistry.suggest('a', 1))).toEqual([expect.stringContaining('DADATA_TOKEN'), null])
})
