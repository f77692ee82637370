import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '../client.ts'
import { runWellwon, startWellwon } from '../fixtures/wellwon.ts'
import { freshDatabase } from '../fresh.ts'
import { newGroup, newUser, openWorkshop, say, type Workshop } from '../workshop.ts'

// Ctrl-C while the tool reads the whole log.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  for (let i = 0; i < 20; i++) await say(shop.dispatch, chatId, owner, `message ${i}`)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})

test('rebuild and verify end, say how to go on, and leave the rows as they are; the rebuild goes on', async () => {
  const settings = { DATABASE_URL: fresh.url }
  const living = async () => [await shop.query("select 'messages'::regclass::oid"), await shop.hashes()]
  const before = await living()
  const last = shop.derived.at(-1)?.name
  const tables = shop.derived.slice(0, -1).flatMap(d => d.tables).length

  // Neither comes to its end: the swap finds no gap, and the last of all tables cannot be read.
  const holder = await shop.database.pool.connect()
  await holder.query('begin; lock table messages in access share mode; lock table audience in access exclusive mode')
  const rebuilding = startWellwon(['rebuild', 'messages'], settings)
  const verifying = startWellwon(['verify'], settings)
  await eventually(() => rebuilding.said().includes('messages: at '), 60_000, 'the progress of the rebuild')
  rebuilding.child.kill('SIGINT')
  const compared = () => [...verifying.said().matchAll(/^same /gm)].length
  await eventually(() => compared() === tables, 60_000, 'the comparison of all but one')
  verifying.child.kill('SIGINT')
  expect(await rebuilding.ended).toMatchObject({
    code: 130,
    err: 'messages stays as it was. Go on with: wellwon rebuild messages --resume\n',
  })
  await holder.query('rollback')
  holder.release()
  expect(await verifying.ended).toMatchObject({
    code: 130,
    out: expect.stringMatching(/: folded up to \d+ of \d+\n/),
    err: `Nothing is left behind. Go on with: wellwon verify ${last}\n`,
  })
  expect(await living()).toEqual(before)
  expect(await shop.query("select relname from pg_class where relname like '%\\_\\_check'")).toEqual([])

  const resumed = await runWellwon(['rebuild', 'messages', '--resume'], settings)
  expect(resumed).toMatchObject({ code: 0, out: expect.stringContaining('messages is made anew.') })
  const [oid, hashes] = await living()
  expect([oid, hashes]).toEqual([expect.not.arrayContaining(before[0] as object[]), before[1]])
  expect(await shop.differences()).toEqual([])
}, 120_000)
