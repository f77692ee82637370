import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWellwon } from './fixtures/wellwon.ts'
import { freshDatabase } from './fresh.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

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

/** What does not follow from the log: the log itself, who reads it and how far, and state that is no history. */
const state =
  'account_tokens behind checkpoints claims dead_letters events mail_marks mailed_things mails migrations passwords rate_limits receipts sessions snapshots store streams tasks'

test('verify compares every table but the log and what is no history', async () => {
  const rows = await shop.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  )
  const { out } = await runWellwon(['verify'], { DATABASE_URL: fresh.url })
  const compared = [...out.matchAll(/^same +(\w+):/gm)].map(([, name]) => name ?? '')
  expect([...compared, ...state.split(' ')].sort()).toEqual(rows.map(row => row.name).sort())
}, 60_000)
