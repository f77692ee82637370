import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, register } from '../client.ts'
import { asDatabase } from '../database-of.ts'
import { runWellwon } from '../fixtures/wellwon.ts'
import { type House, openDoor, openHouse } from '../house.ts'

// After a failover the log has another epoch: what followed it stands still until somebody has looked.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const wellwon = (...args: string[]) => runWellwon(args, { DATABASE_URL: house.databaseUrl })
const sql = <Row extends object>(text: string, values: unknown[] = []) =>
  asDatabase(house.databaseUrl, query => query<Row>(text, values))
const positionOf = async (consumer: string): Promise<number> =>
  Number(
    (await sql<{ position: string }>('select position from checkpoints where consumer = $1', [consumer]))[0]?.position,
  )
const head = async () => Number((await sql<{ head: string }>('select max(position) head from events'))[0]?.head)
const reached = (consumer: string) =>
  eventually(async () => (await positionOf(consumer)) >= (await head()), 30_000, `${consumer} at the end of the log`)

test('processes stand still after a failover, and go on with what happened meanwhile', async () => {
  await register(house.url, 'Ann')
  await reached('erasure')
  const before = await positionOf('erasure')
  await house.stop()
  await sql('update store set generation = gen_random_uuid()') // as after a restore; a failover is another timeline
  const door = await openDoor(house.databaseUrl)
  try {
    await register(`http://127.0.0.1:${door.port}`, 'Bob')
    const listed = await wellwon('consumers', 'list')
    expect(listed.out).toContain(`erasure: stands at position ${before} of another log\n`)
    expect((await wellwon('doctor')).out).toContain('Run: wellwon consumers continue erasure\n')
    expect(await positionOf('erasure')).toBe(before)

    expect(await wellwon('consumers', 'continue', 'audience')).toMatchObject({
      code: 1,
      err: expect.stringContaining('wellwon rebuild audience'),
    })
    expect((await wellwon('consumers', 'continue', 'nobody')).code).toBe(1)
    expect(await wellwon('consumers', 'continue', 'erasure')).toMatchObject({
      code: 0,
      out: `erasure goes on from position ${before}.\n1 go on, as soon as a worker is there.\n`,
    })
    await reached('erasure')
    const others = await wellwon('consumers', 'continue')
    expect(others.out).toContain('accountMails goes on from position')
    expect(others.out).not.toContain('audience')
    await reached('accountMails')
    expect((await wellwon('consumers', 'continue')).out).toBe('None stands at a position of another log.\n')
    expect((await wellwon('consumers', 'list')).out).toContain(`erasure: at ${await head()} of ${await head()}\n`)
  } finally {
    await door.stop()
  }
}, 120_000)

test('one that is ahead of a log that became shorter hears what comes next', async () => {
  await sql(
    "update checkpoints set epoch = 'another', position = 1000000, owner = null, until = null where consumer = 'erasure'",
  )
  const { out } = await wellwon('consumers', 'continue', 'erasure')
  expect(out).toContain(`erasure goes on from position ${await head()}.`)
}, 60_000)
