import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chatEvents } from '../src/domain/chat/events.ts'
import { domains } from '../src/domains.ts'
import { UnreadableEvent } from '../src/kernel/codec.ts'
import type { Derived } from '../src/port/rebuilds.ts'
import { rebuild } from '../src/worker/rebuild.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { randomHistory } from './random-history.ts'
import { done, newGroup, newUser, openWorkshop, say, type Workshop } from './workshop.ts'

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

const tables = [
  'user_accounts',
  'chats',
  'participants',
  'messages',
  'message_edits',
  'reactions',
  'read_markers',
  'chat_mutes',
]
const derived = (name: string): Derived => {
  const found = shop.derived.find(d => d.name === name)
  if (!found) throw new Error(`there is no ${name}`)
  return found
}
const rebuilt = (name: string, more: Partial<Parameters<typeof rebuild>[0]> = {}) =>
  rebuild({ of: derived(name), rebuilds: shop.rebuilds, ...more })
/** What people said in a chat, without what the system notes there. */
const said = (chatId: string) =>
  shop.query("select body from messages where chat_id = $1 and content_kind <> 'SYSTEM' order by sequence", [chatId])
/** Names and definitions of all that belongs to the tables. */
const shapes = () =>
  shop.query(
    `select c.relname::text as table, i.relname::text as name, pg_get_indexdef(i.oid) def from pg_class c join pg_index x on x.indrelid = c.oid
        join pg_class i on i.oid = x.indexrelid where c.relname = any($1)
      union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint where conrelid::regclass::text = any($1)
      union all select relname, 'options', reloptions::text || coalesce(relacl::text, '') from pg_class where relname = any($1) order by 1, 2, 3`,
    [[...tables, 'audience']],
  )

describe('a random history', () => {
  test.each([1])('early rows, rows healed later and rebuilt rows are the same (seed %i)', async seed => {
    expect((await randomHistory(shop.dispatch, seed, 400)).size).toBeGreaterThan(10) // kinds of commands
    const worker = shop.work()
    await until(async () => (await shop.query('select from behind')).length === 0)
    expect(await shop.differences()).toEqual([])
    const early = await tableHashes()

    await shop.query(`truncate ${tables.join(', ')}`)
    await shop.query('update streams set projected = -1')
    await shop.query('insert into behind select id from streams')
    shop.pubsub.publish('log')
    await until(async () => (await shop.query('select from behind')).length === 0)
    expect(await tableHashes()).toEqual(early)

    await worker.stop()
    for (const { name } of shop.derived) await rebuilt(name)
    expect(await tableHashes()).toEqual(early)
    expect(await shop.differences()).toEqual([])

    await newGroup(shop.dispatch, await newUser(shop.dispatch)) // while nobody follows the log
    await rebuilt('audience')
    expect(await shop.differences()).toEqual([])
  })

  test('verify names the first row that differs, and its columns, without values', async () => {
    await shop.query(
      "update messages set body = 'secret', version = 77 where id = (select min(id::text)::uuid from messages where author_id is not null)",
    )
    const [check, ...others] = await shop.differences()
    const [first] = await shop.query<{ id: string }>(
      'select min(id::text) id from messages where author_id is not null',
    )
    expect([check?.table, check?.difference, others]).toEqual([
      'messages',
      { key: first?.id, columns: ['version', 'body'] },
      [],
    ])
    await rebuilt('messages')
    expect(await shop.differences()).toEqual([])
  })
})

const tableHashes = async () => (await shop.hashes()).filter(line => !line.startsWith('audience'))

describe('a rebuild', () => {
  test('goes on while readers read and writers write: no error, no step back, nothing lost', async () => {
    const { dispatch, query } = shop
    const owner = await newUser(dispatch)
    const chats = await Promise.all(Array.from({ length: 4 }, () => newGroup(dispatch, owner)))
    const before = await shapes()
    const oids = () =>
      query("select relname::text, oid from pg_class where relname = any($1) and relkind = 'r' order by 1", [
        [...tables, 'audience'],
      ])
    const old = await oids()
    shop.work()
    let busy = true
    let written = 0
    const writers = chats.flatMap(chatId =>
      [1, 2].map(async () => {
        while (busy) {
          const { messageId } = await say(dispatch, chatId, owner, `m${written++}`)
          if (written % 5 === 0) await done(dispatch('EditMessage', { chatId, messageId, text: `e${written}` }, owner))
          if (written % 7 === 0) await done(dispatch('UpdateChat', { chatId, title: `t${written}` }, owner))
          if (written % 9 === 0) await done(dispatch('MarkMessagesAsRead', { chatId, userId: owner, messageId }, owner))
        }
      }),
    )
    const readers = chats.map(async chatId => {
      let last = 0
      let reads = 0
      while (busy) {
        const [row] = await query<{ n: number }>(
          `select count(m.id)::int n from chats c join participants p on p.chat_id = c.id and p.user_id = $2
            join messages m on m.chat_id = c.id where c.id = $1 group by c.id`,
          [chatId, owner],
        )
        const n = row?.n ?? 0
        if (n < last) throw new Error(`a reader saw ${n} messages after ${last}`)
        last = n
        reads++
      }
      return reads
    })
    try {
      const all = shop.derived.map(d => d.name)
      for (const name of [...all, 'messages', 'chatList', 'audience']) await rebuilt(name)
    } finally {
      busy = false
    }
    await Promise.all(writers)
    expect(Math.min(...(await Promise.all(readers)))).toBeGreaterThan(20)
    expect(written).toBeGreaterThan(50)
    await until(async () => (await query('select from behind')).length === 0)
    expect(await shop.differences()).toEqual([])
    expect(await shapes()).toEqual(before)
    const now = await oids()
    expect(now.filter((row, i) => JSON.stringify(row) === JSON.stringify(old[i]))).toEqual([])
    const [{ n } = { n: 0 }] = await query<{ n: number }>(
      "select count(*)::int n from events where type = 'MessageSent' and stream = any($1)",
      [chats.map(c => `chat-${c}`)],
    )
    expect(n).toBe(written)
    expect(await query("select relname from pg_class where relname like '%\\_\\_%'")).toEqual([])
  })

  test('writes no further than the living rows of a stream that is behind, and the worker goes on from there', async () => {
    const { dispatch, query } = shop
    const owner = await newUser(dispatch)
    const chatId = await newGroup(dispatch, owner)
    await query("alter table messages add constraint odd check (body <> 'refused')")
    await say(dispatch, chatId, owner, 'fine')
    await say(dispatch, chatId, owner, 'refused')
    await say(dispatch, chatId, owner, 'behind it')
    await rebuilt('messages')
    expect(await said(chatId)).toEqual([{ body: 'fine' }])
    await query('alter table messages drop constraint odd')
    await query("update dead_letters set next_at = now() - interval '1 s'")
    shop.pubsub.publish('log')
    await until(async () => (await said(chatId)).length === 3)
    expect(await shop.differences()).toEqual([])
  })

  test('goes on after an interruption, and starts anew without being told to go on', async () => {
    const { query } = shop
    const at: bigint[] = []
    const stop = new AbortController()
    const first = rebuilt('chatList', {
      signal: stop.signal,
      onProgress: position => {
        at.push(position)
        stop.abort(new Error('enough'))
      },
    })
    await expect(first).rejects.toThrow('enough')
    const [half] = await query<{ n: number }>('select count(*)::int n from chats__next')
    expect(half?.n).toBeGreaterThan(0)
    await rebuilt('chatList', { resume: true, onProgress: position => at.push(position) })
    expect(at[1]).toBeGreaterThan(at[0] ?? 0n)
    expect(at).toEqual([...new Set(at)]) // no page twice
    expect(await shop.differences()).toEqual([])
  })

  test('stops at an event that cannot be projected any more, and the old tables stay', async () => {
    const { dispatch } = shop
    const owner = await newUser(dispatch)
    const chatId = await newGroup(dispatch, owner)
    const { last } = await say(dispatch, chatId, owner, 'poison')
    const of = derived('messages')
    const bad: Derived = {
      ...of,
      handle: e => {
        if (e.stream === `chat-${chatId}` && e.type === 'MessageSent') throw new UnreadableEvent(e, 'a test says so')
        return of.handle(e)
      },
    }
    const before = await tableHashes()
    await expect(rebuild({ of: bad, rebuilds: shop.rebuilds })).rejects.toThrow(
      `the rebuild of messages stopped at chat-${chatId}@${last}, and the old tables stay: MessageSent v${chatEvents.shapes.MessageSent.v} at chat-${chatId}@${last} cannot be read: a test says so`,
    )
    expect(await tableHashes()).toEqual(before)
    await rebuild({ of: bad, rebuilds: shop.rebuilds, skip: new Set([`chat-${chatId}@${last}`]) })
    expect(await said(chatId)).toEqual([])
    await rebuilt('messages')
    expect(await shop.differences()).toEqual([])
  })

  test('of a consumer with a halted stream leaves it halted; mended code frees it', async () => {
    const { dispatch, query, inbox } = shop
    const other = openWorkshop(fresh.url) // a workshop of its own: this one's worker is running with the right code
    const owner = await newUser(dispatch)
    const chatId = await newGroup(dispatch, owner)
    await until(async () => (await query('select from audience where stream = $1', [`chat-${chatId}`])).length === 1)
    await done(dispatch('UpdateChat', { chatId, title: 'poison' }, owner))
    await until(async () => (await query('select from audience where stream = $1', [`chat-${chatId}`])).length === 2)
    const bad = {
      ...derived('audience'),
      handle: (e: Parameters<typeof inbox.handle>[0]) => {
        if (e.stream === `chat-${chatId}` && e.type === 'ChatUpdated') throw new UnreadableEvent(e, 'a test says so')
        return inbox.handle(e)
      },
    }
    await expect(rebuild({ of: bad, rebuilds: other.rebuilds })).rejects.toThrow('the rebuild of audience stopped at')
    await query(
      "insert into dead_letters values ('audience', $1, 2, (select position from events where stream = $1 and revision = 2), 1, 'x', now(), now() + interval '1 h')",
      [`chat-${chatId}`],
    )
    await rebuild({ of: bad, rebuilds: other.rebuilds })
    expect(await query('select revision from audience where stream = $1', [`chat-${chatId}`])).toEqual([
      { revision: '1' },
    ])
    expect(await shop.differences()).toEqual([])
    await rebuilt('audience')
    expect(await query('select revision from audience where stream = $1 order by 1', [`chat-${chatId}`])).toEqual([
      { revision: '1' },
      { revision: '2' },
    ])
    expect(await shop.letters.list()).toEqual([])
    await done(dispatch('ArchiveChat', { chatId }, owner))
    await until(async () => (await query('select from audience where stream = $1', [`chat-${chatId}`])).length === 3)
    expect(await shop.differences()).toEqual([])
    await other.close()
  })

  test('after a restore, a rebuild of the consumer lets it go on', async () => {
    await shop.query(
      "update checkpoints set epoch = 'before the restore', owner = null, until = null, fence = fence + 1 where consumer = 'audience'",
    )
    await rebuilt('audience')
    shop.work(domains)
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    await until(
      async () => (await shop.query('select from audience where stream = $1', [`chat-${chatId}`])).length === 1,
    )
    expect(await shop.differences()).toEqual([])
  })
})
