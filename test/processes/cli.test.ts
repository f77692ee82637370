import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEmbedded } from '../../src/adapter/postgres/embedded.ts'
import { until } from '../contract/pubsub.ts'
import { runWellwon } from '../fixtures/wellwon.ts'
import { freshDatabase } from '../fresh.ts'
import { newGroup, newUser, openWorkshop, say, type Workshop } from '../workshop.ts'

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})

const wellwon = (args: readonly string[], settings: Record<string, string> = { DATABASE_URL: fresh.url }) =>
  runWellwon(args, settings)

test('a halted stream is listed, stays halted while it must, and is skipped or goes on', async () => {
  const owner = await newUser(shop.dispatch)
  const [chatId, other] = [await newGroup(shop.dispatch, owner), await newGroup(shop.dispatch, owner)]
  await shop.query("alter table messages add constraint odd check (body <> 'a secret')")
  for (const id of [chatId, other]) {
    await say(shop.dispatch, id, owner, 'a secret')
    await say(shop.dispatch, id, owner, 'after it')
  }
  const worker = shop.work()
  await until(async () => (await shop.letters.list()).length === 2)
  await worker.stop()

  const listed = await wellwon(['dead-letters', 'list'])
  expect(listed.out).toContain(`early chat-${chatId}@2: PostgreSQL refused its rows: constraint odd`)
  expect(listed.out).not.toContain('secret')
  const stays = await wellwon(['dead-letters', 'retry', 'early', `chat-${chatId}`])
  expect(stays).toMatchObject({ code: 1, err: expect.stringContaining(`early is still halted at chat-${chatId}@2`) })
  const skipped = await wellwon(['dead-letters', 'skip', 'early', `chat-${chatId}`])
  expect(skipped).toMatchObject({ code: 0, out: `early goes on with chat-${chatId}, without 2.\n` })
  const said = "select body from messages where chat_id = $1 and content_kind <> 'SYSTEM'"
  expect(await shop.query(said, [chatId])).toEqual([{ body: 'after it' }])
  await shop.query('alter table messages drop constraint odd')
  const goesOn = await wellwon(['dead-letters', 'retry', 'early', `chat-${other}`])
  expect(goesOn).toMatchObject({ code: 0, out: `early goes on with chat-${other}.\n` })

  const differs = await wellwon(['verify', 'messages'])
  expect([differs.code, differs.out]).toEqual([1, expect.stringMatching(/DIFFERS messages: 5 rows/)])
  expect(differs.out).not.toContain('user_accounts')
  expect(differs.out).not.toContain('secret')
  expect(await wellwon(['rebuild', 'messages'])).toMatchObject({ code: 0, out: expect.stringContaining('made anew') })
  expect(await shop.differences()).toEqual([])
}, 60_000)

test('the events of a stream are shown without what is personal, unless it is asked for', async () => {
  const owner = await newUser(shop.dispatch, 'somebody')
  const [plain, full] = await Promise.all([
    wellwon(['events', 'show', `userAccount-${owner}`]),
    wellwon(['events', 'show', `userAccount-${owner}`, '--personal']),
  ])
  expect(plain.out).toMatch(/^0 \S+ UserAccountCreated v1 by /)
  expect([plain.out.includes('somebody'), full.out.includes('somebody@example.org')]).toEqual([false, true])
}, 60_000)

test('what cannot be done is one line, and exit code 1', async () => {
  const lines = async (args: string[], settings?: Record<string, string>) => {
    const { code, err } = await wellwon(args, settings)
    return [code, err.trim()]
  }
  expect(await lines(['rebuild', 'castles'])).toEqual([
    1,
    expect.stringMatching(/^there is no castles: one of accounts, .*, audience$/),
  ])
  expect(await lines(['events', 'show', 'chat-0'])).toEqual([1, 'there is no stream chat-0'])
  expect(await lines(['dead-letters', 'retry', 'early', 'chat-0'])).toEqual([
    1,
    'early is not halted at chat-0: see dead-letters list',
  ])
  expect(await lines(['verify'], { DATABASE_URL: 'nonsense' })).toEqual([
    1,
    expect.stringContaining('DATABASE_URL must be'),
  ])
  const empty = new URL(fresh.url)
  empty.pathname = '/postgres'
  expect(await lines(['verify'], { DATABASE_URL: empty.href })).toEqual([1, expect.stringContaining('has no log yet')])
}, 60_000)

test('without DATABASE_URL it uses the embedded database, whether a server runs it or not', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'wellwon-cli-'))
  const settings = { DATA_DIR: dataDir }
  const embedded = await startEmbedded({ dataDir, settings: { fsync: 'off' } })
  try {
    expect(await wellwon(['migrate'], settings)).toMatchObject({ code: 0, out: expect.stringContaining('up to date') })
    expect(await wellwon(['dead-letters', 'list'], settings)).toMatchObject({ code: 0, out: 'No stream is halted.\n' })
    await embedded.stop()
    expect(await wellwon(['verify'], settings)).toMatchObject({
      code: 0,
      out: expect.stringContaining('messages: 0 rows, empty'),
    })
  } finally {
    await embedded.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}, 60_000)
