import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { messageStore } from '../src/domain/chat/projections.ts'
import { domains } from '../src/domains.ts'
import type { Consumer } from '../src/kernel/consume.ts'
import type { Domain } from '../src/kernel/domain.ts'
import type { AnyProjection } from '../src/kernel/projection.ts'
import type { Lease } from '../src/port/consumers.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { newGroup, newUser, openWorkshop, say, type Workshop } from './workshop.ts'

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
})
afterAll(() => fresh.drop())
beforeEach(() => {
  shop = openWorkshop(fresh.url)
})
afterEach(() => shop.close())

/** The house with a mistake in it: a message that says 'poison' cannot be projected. */
const mistaken: readonly Domain[] = domains.map(d => ({
  ...d,
  projections: d.projections.map((p): AnyProjection => (p.name === messageStore.name ? failing(p) : p)),
}))
function failing(p: AnyProjection): AnyProjection {
  return {
    ...p,
    on: {
      ...p.on,
      MessageSent: (event: never) => {
        const { personal } = event as { personal: { body: string } | null }
        if (personal?.body === 'poison') throw new Error(`cannot project ${personal.body}`)
        return p.on.MessageSent?.(event) ?? []
      },
    },
  }
}

const bodies = async (chatId: string) =>
  (
    await shop.query<{ body: string }>(
      "select body from messages where chat_id = $1 and content_kind <> 'SYSTEM' order by sequence",
      [chatId],
    )
  ).map(r => r.body)
const lettersOf = async (stream: string) => (await shop.letters.list()).filter(letter => letter.stream === stream)
/** So that a test need not wait for the next attempt. */
const hurry = () => shop.query("update dead_letters set next_at = clock_timestamp() - interval '1 s'")

describe('early rows', () => {
  test('a poison event halts its own stream, is told without its payload, and goes on in order once fixed', async () => {
    const tell = shop.dispatchOf(mistaken)
    const owner = await newUser(tell)
    const [halted, other] = [await newGroup(tell, owner), await newGroup(tell, owner)]
    const worker = shop.work(mistaken)
    await say(tell, halted, owner, 'before')
    const poison = await say(tell, halted, owner, 'poison')
    await say(tell, halted, owner, 'after')
    await say(tell, other, owner, 'elsewhere')
    await until(async () => (await lettersOf(`chat-${halted}`)).length === 1)
    expect([await bodies(halted), await bodies(other)]).toEqual([['before'], ['elsewhere']])
    const [letter] = await lettersOf(`chat-${halted}`)
    expect(letter).toMatchObject({ consumer: 'early', revision: poison.last, position: poison.position, attempts: 1 })
    expect(letter?.error).toMatch(/^Error at test\/worker\.test\.ts:\d+$/)
    await until(async () => ((await lettersOf(`chat-${halted}`))[0]?.attempts ?? 0) >= 2)
    const again = (await lettersOf(`chat-${halted}`))[0]
    expect((again?.nextAt.getTime() ?? 0) - (again?.since.getTime() ?? 0)).toBeGreaterThanOrEqual(3_000) // 1 s, then 2 s
    expect(again?.since).toEqual(letter?.since)
    await worker.stop()

    shop.work() // the mistake is mended
    await hurry()
    await until(async () => (await lettersOf(`chat-${halted}`)).length === 0)
    expect(await bodies(halted)).toEqual(['before', 'poison', 'after'])
    expect(await shop.differences()).toEqual([])
  })

  test('rows that the database refuses lose no event, and are written once it takes them', async () => {
    const { dispatch, query } = shop
    const owner = await newUser(dispatch)
    const [halted, other] = [await newGroup(dispatch, owner), await newGroup(dispatch, owner)]
    shop.work()
    await query("alter table messages add constraint odd check (body <> 'refused')")
    try {
      const [refused] = await Promise.all([
        say(dispatch, halted, owner, 'refused'),
        say(dispatch, other, owner, 'fine'),
      ])
      expect(refused).toMatchObject({ projected: false, last: 2 })
      await say(dispatch, halted, owner, 'next')
      await until(async () => (await lettersOf(`chat-${halted}`)).length === 1)
      await until(async () => (await bodies(other)).length === 1)
      expect(await bodies(halted)).toEqual([])
      const [letter] = await lettersOf(`chat-${halted}`)
      expect(letter).toMatchObject({
        revision: 2,
        error: expect.stringContaining('constraint odd, table messages, SQLSTATE 23514'),
      })
      expect(letter?.error).not.toContain('refused.') // the value
    } finally {
      await query('alter table messages drop constraint odd')
    }
    await hurry()
    await until(async () => (await bodies(halted)).length === 2)
    await until(async () => (await shop.letters.list()).length === 0)
    expect(await shop.differences()).toEqual([])
  })

  test('a low-water mark stops at what is not written yet, and several workers heal the same stream once', async () => {
    const tell = shop.dispatchOf(mistaken)
    const owner = await newUser(tell)
    const chatId = await newGroup(tell, owner)
    const poison = await say(tell, chatId, owner, 'poison')
    for (let i = 0; i < 450; i += 50)
      await Promise.all(Array.from({ length: 50 }, (_, n) => say(tell, chatId, owner, `m${i + n}`)))
    expect(await shop.store.lowWater()).toBe((poison.position ?? 0n) - 1n)
    for (let i = 0; i < 4; i++) shop.work()
    await until(async () => (await bodies(chatId)).length === 451)
    expect(await shop.store.lowWater()).toBeGreaterThan(poison.position ?? 0n)
    expect(await shop.differences()).toEqual([])
  })
})

describe('a consumer', () => {
  const inboxOf = (user: string) =>
    shop.query<{ revision: string }>('select revision from audience where audience = $1 order by position', [
      `user:${user}`,
    ])
  const caughtUp = () =>
    until(async () => {
      const [row] = await shop.query<{ so: boolean }>(
        "select position = (select max(position) from events) so from checkpoints where consumer = 'audience'",
      )
      return row?.so === true
    })

  test('a poison event halts its own stream for this consumer and goes on in order once fixed', async () => {
    const { dispatch, inbox } = shop
    const owner = await newUser(dispatch)
    const [halted, other] = [await newGroup(dispatch, owner), await newGroup(dispatch, owner)]
    const bad = {
      ...inbox,
      handle: (e: Parameters<typeof inbox.handle>[0]) => {
        if (e.stream === `chat-${halted}` && e.type === 'ChatUpdated') throw new TypeError('a mistake')
        return inbox.handle(e)
      },
    }
    const worker = shop.work(domains, [bad])
    await dispatch('UpdateChat', { chatId: halted, title: 'one' }, owner)
    await dispatch('ArchiveChat', { chatId: halted }, owner)
    await dispatch('UpdateChat', { chatId: other, title: 'two' }, owner)
    await caughtUp()
    const chatRows = (chatId: string) =>
      shop.query<{ revision: string }>('select revision from audience where audience = $1 order by position', [
        `chat:${chatId}`,
      ])
    expect([await chatRows(halted), (await chatRows(other)).length]).toEqual([[], 1])
    expect(await lettersOf(`chat-${halted}`)).toMatchObject([{ consumer: 'audience', revision: 2, attempts: 1 }])
    expect(await bodies(halted)).toEqual([]) // other consumers, the early rows, are not concerned
    expect(await shop.differences()).toEqual([])
    await worker.stop()

    shop.work()
    await hurry()
    await until(async () => (await shop.letters.list()).length === 0)
    expect((await chatRows(halted)).map(r => r.revision)).toEqual(['2', '3'])
    await dispatch('RestoreChat', { chatId: halted }, owner)
    await until(async () => (await chatRows(halted)).length === 3)
    expect(await shop.differences()).toEqual([])
  })

  test('an event of a type or a category that nobody knows is told, not passed over', async () => {
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    const unheard = { type: 'ChatPainted', v: 1, bump: false, data: '{}', personal: null, key: null }
    const raw = { scope: owner, hash: Buffer.from(''), tenant: null, actor: owner, correlation: null, causation: null }
    const loose = { ...raw, expect: null, guard: null, events: [unheard], claims: [], rows: null }
    await shop.store.append({ ...loose, command: crypto.randomUUID(), stream: `chat-${chatId}` })
    await shop.store.append({ ...loose, command: crypto.randomUUID(), stream: 'castle-1' })
    shop.work()
    await until(async () => (await shop.letters.list()).length === 4)
    const told = (await shop.letters.list()).map(l => `${l.consumer}: ${l.error}`)
    const unknown = `ChatPainted v1 at chat-${chatId}@2 cannot be read: this version of the program does not know the type`
    const nowhere =
      'ChatPainted v1 at castle-1@0 cannot be read: no domain of this version of the program has the category castle'
    expect(told.sort()).toEqual(
      [`audience: ${unknown}`, `audience: ${nowhere}`, `early: ${unknown}`, `early: ${nowhere}`].sort(),
    )
    await shop.query('delete from dead_letters')
    await shop.query("delete from behind where stream = 'castle-1' or stream = $1", [`chat-${chatId}`])
  })

  test("'now' is fixed at the first registration; what came before is never read", async () => {
    const owner = await newUser(shop.dispatch)
    const seen: string[] = []
    const late = {
      ...shop.inbox,
      name: 'late',
      start: 'now' as const,
      handle: (e: { type: string }) => {
        seen.push(e.type)
        return []
      },
    }
    const first = shop.work(domains, [late])
    await until(
      async () =>
        (await shop.query("select 1 from checkpoints where consumer = 'late' and owner is not null")).length > 0,
    )
    await first.stop()
    const chatId = await newGroup(shop.dispatch, owner)
    shop.work(domains, [late])
    await until(() => seen.includes('ParticipantAdded'))
    expect([chatId.length, seen]).toEqual([36, ['ChatCreated', 'ParticipantAdded']])
  })

  test('rows that the database refuses halt one stream, not the page they came in', async () => {
    const { dispatch, query } = shop
    const users = await Promise.all(Array.from({ length: 12 }, () => newUser(dispatch)))
    const chats = await Promise.all(users.map(user => newGroup(dispatch, user)))
    await query(`alter table audience add constraint odd check (stream <> 'chat-${chats[5]}')`)
    shop.work()
    await caughtUp()
    expect(await lettersOf(`chat-${chats[5]}`)).toMatchObject([{ consumer: 'audience', revision: 1 }])
    const counts = await Promise.all(users.map(async user => (await inboxOf(user)).length))
    expect(counts).toEqual(users.map((_, i) => (i === 5 ? 0 : 1)))
    await query('alter table audience drop constraint odd')
    await hurry()
    await until(async () => (await inboxOf(users[5] ?? '')).length === 1)
    expect(await shop.differences()).toEqual([])
  })

  test('a restored database: it says so and stands still', async () => {
    await caughtUp()
    const elsewhere = openWorkshop(fresh.url, 'restored')
    elsewhere.work()
    await until(() => elsewhere.lines.some(l => /epoch test, and this is epoch restored.*wellwon doctor/.test(l)))
    const [row] = await shop.query<{ owner: string | null; epoch: string }>(
      "select * from checkpoints where consumer = 'audience'",
    )
    expect(row).toMatchObject({ owner: null, epoch: 'test' })
    await elsewhere.close()
  })

  test('the database drops all its connections: it waits and goes on', async () => {
    const owner = await newUser(shop.dispatch)
    shop.work()
    await caughtUp()
    await shop.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    )
    await newGroup(shop.dispatch, owner)
    await caughtUp()
    expect(await shop.differences()).toEqual([])
  })

  test('those who are at the same place read the log, and go past what is nothing to them, in one statement', async () => {
    const owner = await newUser(shop.dispatch)
    const names = ['in-step-1', 'in-step-2', 'in-step-3']
    const all = names.map(name => ({ ...shop.inbox, name, start: 'beginning' as const }))
    for (const consumer of all) await shop.consumers.register(consumer)
    const held = await Promise.all(all.map(({ name }) => shop.consumers.claim(name, owner)))
    const leases = held.flatMap(lease => lease ?? [])
    const asked = vi.spyOn(pg.Client.prototype, 'query')
    const statements = () => asked.mock.calls.map(([query]) => (query as { name?: string }).name)
    await Promise.all(names.map(name => shop.letters.list(name)))
    const [page] = await Promise.all(leases.map(({ position }) => shop.store.readAll(position, 500)))
    expect(page?.length).toBeGreaterThan(0)
    const nothing = { to: page?.at(-1)?.position ?? 0n, rows: [], poison: null }
    const pass = (some: readonly Lease[]) =>
      Promise.all(some.map((lease, i) => shop.consumers.commit(all[i] as Consumer, lease, nothing)))
    const moved = await pass(leases)
    expect(moved).toEqual(leases.map(lease => ({ ...lease, position: nothing.to })))
    expect(statements()).toEqual(['dead-letters', 'read-all', 'passed'])
    asked.mockRestore()
    expect(await pass(leases)).toEqual([null, null, null]) // they are not there any more

    // Whose row somebody holds waits alone.
    const next = { ...nothing, to: nothing.to + 1n }
    const [first, ...others] = moved.map((lease, i) => ({ lease: lease as Lease, consumer: all[i] as Consumer }))
    const client = await shop.database.pool.connect()
    await client.query('begin')
    await client.query('select 1 from checkpoints where consumer = $1 for update', [names[0]])
    const waiting = first && shop.consumers.commit(first.consumer, first.lease, next)
    const past = await Promise.all(others.map(({ consumer, lease }) => shop.consumers.commit(consumer, lease, next)))
    expect(past.map(lease => lease?.position)).toEqual([next.to, next.to])
    await client.query('commit')
    client.release()
    expect((await waiting)?.position).toBe(next.to)
  })

  test('stopping gives the lease back', async () => {
    const worker = shop.work()
    await until(() => shop.lines.includes('audience is ours'))
    await worker.stop()
    expect(await shop.query("select owner from checkpoints where consumer = 'audience'")).toEqual([{ owner: null }])
  })
})
