import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readEpoch } from '../../src/adapter/postgres/migrate.ts'
import { eventually } from '../client.ts'
import { asDatabase } from '../database-of.ts'
import { fakeDadata } from '../fixtures/dadata.ts'
import { runWellwon } from '../fixtures/wellwon.ts'
import { freshDatabase } from '../fresh.ts'
import { newGroup, newUser, openWorkshop, say, type Workshop } from '../workshop.ts'

const epochOf = async (query: Parameters<Parameters<typeof asDatabase>[1]>[0]) =>
  readEpoch({ query: async (text: string) => ({ rows: await query(text) }) } as never)

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
let folder: string
beforeAll(async () => {
  fresh = await freshDatabase()
  folder = await mkdtemp(join(tmpdir(), 'wellwon-doctor-'))
  shop = openWorkshop(fresh.url, await asDatabase(fresh.url, epochOf))
  await newUser(shop.dispatch)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
  await rm(folder, { recursive: true, force: true })
})

/** What the doctor says of each thing, and what to do about it. */
async function doctor(settings: Record<string, string> = {}) {
  const { code, out } = await runWellwon(['doctor'], { DATABASE_URL: fresh.url, DATA_DIR: folder, ...settings })
  const found = [...out.matchAll(/^(ok|warn|fail) +([^:\n]+): (.*)\n(?: {5}(\S.*)\n)?/gm)]
  const of = (what: string) => {
    const [, state, , says, todo] = found.find(match => match[2] === what) ?? []
    return [state, says, todo]
  }
  return { code, of, out, states: new Set(found.map(match => match[1])) }
}

test('a database that nobody works on: what is well and what is not, without a fault', async () => {
  const { code, of, out } = await doctor()
  expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'It runs; look at the warnings.'])
  expect(of('versions')).toEqual(['ok', expect.stringMatching(/^WellWon \d.* on Node \d/), undefined])
  expect(of('database')).toEqual(['ok', expect.stringMatching(/^PostgreSQL \d+/), undefined])
  expect(of('clock')).toEqual(['ok', 'agrees with that of the database', undefined])
  expect(of('migrations')).toEqual(['ok', 'all are applied', undefined])
  expect(of('consumer audience')).toEqual(['warn', 'has never run', 'Start a worker: ROLE=worker, or all.'])
  for (const name of [
    'settings',
    'disk of DATA_DIR',
    'connections',
    'log',
    'rows',
    'halted streams',
    'tasks',
    'Redis',
    'mail',
    'DaData',
  ])
    expect(of(name)[0], `${name} in ${out}`).toBe('ok')
}, 60_000)

test('halted streams, streams behind, consumers that stand still, tasks given up', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const worker = shop.work()
  await eventually(
    async () => (await shop.query('select 1 from checkpoints where position > 0')).length > 0,
    20_000,
    'a checkpoint',
  )
  expect((await doctor()).of('consumer audience')).toEqual(['ok', 'has read the whole log', undefined])
  await worker.stop()
  await shop.query("alter table messages add constraint odd check (body <> 'a secret')")
  await say(shop.dispatch, chatId, owner, 'a secret')
  await shop.query(`insert into tasks (id, reactor, kind, input, position, at, due_at, attempts, error, failed_at)
    values (gen_random_uuid(), 'companyChats', 'leaveChats', '{}', 1, now(), now(), 20, 'it did not work', now())`)
  const again = shop.work()
  await eventually(async () => (await shop.letters.list()).length === 1, 20_000, 'a dead letter')
  await again.stop()
  await shop.query("update checkpoints set epoch = 'another', until = null")

  const { code, of, out } = await doctor()
  expect([code, out.trim().split('\n').at(-1)]).toEqual([1, 'Something fails.'])
  expect(of('halted streams')).toEqual([
    'fail',
    `1, the first early chat-${chatId}@2`,
    'Run: wellwon dead-letters list',
  ])
  expect(of('rows')[0]).toBe('warn')
  expect(of('tasks')).toEqual(['fail', '0 wait, 1 failed, 1 of them given up', 'Run: wellwon tasks list'])
  expect(of('consumer audience')).toEqual([
    'fail',
    expect.stringContaining('another log'),
    'Run: wellwon rebuild audience',
  ])
  expect(out).not.toContain('secret')
}, 120_000)

test('what is configured and does not answer, or not as it should', async () => {
  const dadata = await fakeDadata('right')
  const mail = createServer(socket => void socket.end('220 here is mail\r\n'))
  const web = createServer(socket => void socket.end('HTTP/1.1 400 Bad Request\r\n'))
  for (const server of [mail, web]) await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const portOf = (server: typeof mail) => (server.address() as AddressInfo).port
  const well = {
    DADATA_URL: dadata.url,
    DADATA_TOKEN: 'right',
    SMTP_URL: `smtp://127.0.0.1:${portOf(mail)}`,
    MAIL_FROM: 'a@example.org',
  }
  const broken = {
    ...well,
    DADATA_TOKEN: 'wrong',
    SMTP_URL: `smtp://127.0.0.1:${portOf(web)}`,
    REDIS_URL: 'redis://:pw@127.0.0.1:1',
  }
  try {
    const good = await doctor(well)
    expect([good.of('DaData')[0], good.of('mail')]).toEqual([
      'ok',
      ['ok', `127.0.0.1:${portOf(mail)} greets with 220`, undefined],
    ])
    const bad = await doctor(broken)
    expect(bad.code).toBe(1)
    expect(bad.of('DaData')).toEqual(['fail', expect.stringContaining('403'), expect.stringContaining('DADATA_TOKEN')])
    expect(bad.of('mail')).toEqual([
      'fail',
      expect.stringContaining('no mail server'),
      expect.stringContaining('SMTP_URL'),
    ])
    expect(bad.of('Redis')).toEqual([
      'fail',
      expect.stringContaining('ECONNREFUSED'),
      expect.stringContaining('REDIS_URL'),
    ])
    expect(bad.out).not.toMatch(/wrong|pw/)
  } finally {
    for (const server of [mail, web]) server.close()
    await dadata.close()
  }
}, 60_000)

test('a wrong setting, a database that is not there, one without a log', async () => {
  const setting = await doctor({ PORT: 'many' })
  expect([setting.code, setting.of('settings')[0], setting.of('settings')[1]]).toEqual([
    1,
    'fail',
    expect.stringContaining('PORT must be'),
  ])
  const away = await doctor({ DATABASE_URL: 'postgres://wellwon:hidden@127.0.0.1:1/wellwon' })
  expect([away.code, away.of('database')]).toEqual([
    1,
    ['fail', expect.stringContaining('ECONNREFUSED'), 'Start it, or correct DATABASE_URL.'],
  ])
  expect(away.of('DaData')[0]).toBe('ok')
  expect(away.out).not.toContain('hidden')
  const empty = new URL(fresh.url)
  empty.pathname = '/postgres'
  const without = await doctor({ DATABASE_URL: empty.href })
  expect([without.code, without.of('migrations')[0], without.of('migrations')[2]]).toEqual([
    1,
    'fail',
    expect.stringContaining('wellwon migrate'),
  ])
}, 60_000)
