import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../contract/pubsub.ts'
import { freshDatabase } from '../fresh.ts'
import { done, newGroup, newUser, openWorkshop, type Workshop } from '../workshop.ts'

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

/** A fixture in a process of its own; `end` lets it go on and waits for it. */
function start(fixture: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', `test/fixtures/${fixture}.ts`, fresh.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise(resolve => child.on('exit', resolve))
  let said = ''
  child.stdout.on('data', data => {
    said += data
  })
  const end = async (signal: NodeJS.Signals) => {
    child.kill('SIGCONT')
    child.kill(signal)
    await exited
  }
  return { child, says: (words: string) => until(() => said.includes(words)), end }
}

test('a stopped owner of a consumer is replaced within 10 s, and cannot write when it wakes up', async () => {
  const { child, says, end } = start('stalling-worker')
  try {
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    await until(async () => (await rows()).length === 1)
    expect(await rows()).toEqual([`stalled:user:${owner}`])
    await done(shop.dispatch('UpdateChat', { chatId, title: 'stop here' }, owner))
    await says('stops')
    const before = await checkpoint()

    shop.work()
    await until(async () => (await rows()).length === 2, 10_000)
    const after = await checkpoint()
    expect(await rows()).toEqual([`stalled:user:${owner}`, `chat:${chatId}`])
    expect(Number(after?.fence)).toBe(Number(before?.fence) + 1)

    child.kill('SIGCONT')
    await says('audience is not ours any more')
    await done(shop.dispatch('ArchiveChat', { chatId }, owner))
    await until(async () => (await rows()).length === 3)
    expect(await rows()).toEqual([`stalled:user:${owner}`, `chat:${chatId}`, `chat:${chatId}`])
    expect(await checkpoint()).toMatchObject({ fence: after?.fence, owner: after?.owner })
  } finally {
    await end('SIGTERM')
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

test('who takes a halted stream up again takes the lease: a page that was read before would pass over its events', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  await shop.query("insert into checkpoints (consumer, epoch, position, start) values ('retried', 'test', 0, 0)")
  const consumer = { ...shop.inbox, name: 'retried' }
  const event = { stream: `chat-${chatId}`, revision: 0, position: 1n }
  const lease = await shop.consumers.claim('retried', 'one')
  if (!lease) throw new Error('the lease was not given')
  const halted = await shop.consumers.commit(consumer, lease, { to: 1n, rows: [], poison: { event, error: 'x' } })
  if (!halted) throw new Error('the lease was lost')
  expect(await shop.consumers.resume(consumer, event.stream)).toBe(null)
  expect(await shop.consumers.commit(consumer, halted, { to: 2n, rows: [], poison: null })).toBe(null)
})

test('a rebuild that is stopped in the middle of its swap stops no writer, and comes to its end when it wakes up', async () => {
  const owner = await newUser(shop.dispatch)
  const { child, says, end } = start('stalling-rebuild')
  try {
    await says('stops')
    await newGroup(shop.dispatch, owner)
    child.kill('SIGCONT')
    await says('rebuilt after 2 swaps')
    expect((await shop.differences()).filter(check => check.table !== 'audience')).toEqual([]) // which holds stalled rows
  } finally {
    await end('SIGKILL')
  }
})
