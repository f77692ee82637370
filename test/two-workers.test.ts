import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { done, newGroup, newUser, openWorkshop, type Workshop } from './workshop.ts'

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

const rows = async () =>
  (await shop.query<{ audience: string }>('select audience from audience order by position')).map(r => r.audience)
const checkpoint = async () =>
  (
    await shop.query<{ fence: string; position: string; owner: string | null }>(
      "select * from checkpoints where consumer = 'audience'",
    )
  )[0]

test('a stopped owner of a consumer is replaced within 10 s, and cannot write when it wakes up', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/fixtures/stalling-worker.ts', fresh.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise(resolve => child.on('exit', resolve))
  let said = ''
  child.stdout.on('data', data => {
    said += data
  })
  try {
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    await until(async () => (await rows()).length === 1)
    expect(await rows()).toEqual([`stalled:user:${owner}`])
    await done(shop.dispatch('UpdateChat', { chatId, title: 'stop here' }, owner))
    await until(() => said.includes('stops'))
    const before = await checkpoint()

    shop.work()
    await until(async () => (await rows()).length === 2, 10_000)
    const after = await checkpoint()
    expect(await rows()).toEqual([`stalled:user:${owner}`, `chat:${chatId}`])
    expect(Number(after?.fence)).toBe(Number(before?.fence) + 1)

    child.kill('SIGCONT')
    await until(() => said.includes('audience is not ours any more'))
    await done(shop.dispatch('ArchiveChat', { chatId }, owner))
    await until(async () => (await rows()).length === 3)
    expect(await rows()).toEqual([`stalled:user:${owner}`, `chat:${chatId}`, `chat:${chatId}`])
    expect(await checkpoint()).toMatchObject({ fence: after?.fence, owner: after?.owner })
  } finally {
    child.kill('SIGCONT')
    child.kill('SIGTERM')
    await exited
  }
})

test('the fence alone refuses a page, also when the checkpoint stands where it was', async () => {
  await shop.query("insert into checkpoints (consumer, epoch, position, start) values ('fenced', 'test', 0, 0)")
  const consumer = { ...shop.inbox, name: 'fenced' }
  const old = await shop.consumers.claim('fenced', 'one')
  expect(await shop.consumers.claim('fenced', 'two')).toBe(null)
  await shop.query("update checkpoints set until = clock_timestamp() - interval '1 ms' where consumer = 'fenced'")
  const now = await shop.consumers.claim('fenced', 'two')
  if (!old || !now) throw new Error('the lease was not given')
  const batch = { to: 1n, rows: [], poison: null }
  expect([await shop.consumers.renew(old), await shop.consumers.commit(consumer, old, batch)]).toEqual([false, null])
  expect(await shop.consumers.commit(consumer, now, batch)).toMatchObject({ position: 1n })
})
