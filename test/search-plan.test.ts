import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MessageSearch, searchLimits, searchMessages, searchSql } from '../src/domain/chat/queries/index.ts'
import { newId } from '../src/kernel/id.ts'
import type { Loose } from './client.ts'
import { freshDatabase } from './fresh.ts'

// What a search costs where there is much to search: looked up in the plans, over rows that were put there by SQL.

/** md5 of 'author 0'. */
const authorZero = createHash('md5')
  .update('author 0')
  .digest('hex')
  .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
const people = { few: newId(), many: newId(), big: newId(), nobody: newId() }
const rows = 100_000
const chats = 500
let client: pg.Client
let drop: () => Promise<void>
beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  await client.query(
    `insert into chats (id, kind, version, created_at, last_activity_at, activity_position)
      select md5('chat ' || c)::uuid, 'GROUP', 1, now(), now() - c * interval '1 minute', c from generate_series(0, $1) c`,
    [chats],
  )
  await client.query(
    `insert into participants (chat_id, user_id, role, version, joined_at, joined_sequence)
      select md5('chat ' || c)::uuid, u.id, 'MEMBER', 1, now(), 1 from generate_series(0, ${chats}) c,
        (values ($1::uuid, 497, 499), ($2, 1, 499), ($3, 0, 0)) u(id, low, high) where c between u.low and u.high`,
    [people.few, people.many, people.big],
  )
  // Half of all is in one big chat. Every third message has the common word, one of 5,000 the rare one.
  await client.query(
    `insert into messages (id, chat_id, sequence, version, author_id, command_id, body, created_at)
      select gen_random_uuid(), md5('chat ' || case when n % 2 = 0 then 0 else 1 + n / 2 % ($2 - 1) end)::uuid, n, n, md5('author ' || n % 50)::uuid, gen_random_uuid(),
        'сообщение ' || md5(n::text) || ' о разном' || case when n % 3 = 0 then ' и о грузе' else '' end || case when n % 5000 in (1, 2) then ' с жемчугом' else '' end,
        now() - ($1 - n) * interval '1 minute' from generate_series(1, $1) n`,
    [rows, chats],
  )
  await client.query('analyze messages; analyze chats; analyze participants')
}, 120_000)
afterAll(async () => {
  await client.end()
  await drop()
})

const asked = (userId: string, query: string, more: Partial<MessageSearch> = {}): MessageSearch => ({
  ...{
    userId,
    query,
    chatId: null,
    companyId: null,
    authorId: null,
    sentAfter: null,
    sentBefore: null,
    has: [],
    after: null,
    limit: 21,
  },
  asOf: new Date(),
  ...more,
})

/** The plan's nodes that read messages, and how many rows they looked at. */
async function examined(of: MessageSearch): Promise<{ rows: number; nodes: string[] }> {
  const db = drizzle(client)
  const { rows: plans } = await db.execute<Loose>(sql`explain (analyze, format json) ${searchSql(of)}`)
  const nodes: { kind: string; rows: number }[] = []
  const visit = (node: Loose): void => {
    if (node['Relation Name'] === 'messages' && node['Actual Loops'] > 0) {
      const each =
        node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
      nodes.push({ kind: node['Node Type'], rows: Math.round(each * node['Actual Loops']) })
    }
    for (const below of node.Plans ?? []) visit(below)
  }
  visit(plans[0]['QUERY PLAN'][0].Plan)
  if (process.env.TEST_LOG) console.log(JSON.stringify(nodes), plans[0]['QUERY PLAN'][0]['Execution Time'])
  return { rows: nodes.reduce((sum, node) => sum + node.rows, 0), nodes: nodes.map(node => node.kind).sort() }
}
const byIndex = ['Bitmap Heap Scan']
const alsoNewest = ['Bitmap Heap Scan', 'Index Scan']
const hits = (of: MessageSearch) => searchMessages(drizzle(client), of)

test.each<[what: string, of: MessageSearch, most: number, total: number | null, how: string[]]>([
  ['a rare word in few chats', asked(people.few, 'жемчуг'), 0, 0, byIndex],
  ['a rare word in one big chat', asked(people.big, 'жемчуг'), 20, 20, byIndex],
  ['a common word in few chats', asked(people.few, 'груз'), 100, 100, byIndex],
  ['a rare word in many chats', asked(people.many, 'жемчуг'), 40, 20, byIndex],
  ['a common word of somebody in a big chat', asked(people.big, 'груз', { authorId: authorZero }), 666, 666, byIndex],
])('%s: the index finds it, and no more than that is looked at', async (_what, of, most, total, how) => {
  const { rows: looked, nodes } = await examined(of)
  expect(nodes).toEqual(how)
  expect(looked).toBeLessThanOrEqual(most)
  expect((await hits(of)).total).toBe(total)
})

test.each<[what: string, of: MessageSearch, like?: string]>([
  ['in one big chat', asked(people.big, 'груз')],
  ['in many chats', asked(people.many, 'груз')],
  ['by its beginning, in many chats', asked(people.many, 'сооб'), '%'],
  ['and another, in many chats', asked(people.many, 'сообщение груз')],
])('a common word %s: what is looked at is bounded, and the newest is found', async (_what, of, like = '%груз%') => {
  const { rows: looked, nodes } = await examined(of)
  expect(nodes).toEqual(alsoNewest)
  expect(looked).toBeLessThanOrEqual(searchLimits.hits + 1 + searchLimits.newest)
  const { found, total } = await hits(of)
  expect([found.length, total]).toEqual([21, null])
  const { rows: newest } = await client.query(
    `select m.id from messages m join participants p using (chat_id) where p.user_id = $1 and body like $2 order by m.created_at desc limit 200`,
    [of.userId, like],
  )
  const ids = new Set(newest.map(row => row.id))
  expect(found.every(one => ids.has(one.id))).toBe(true)
})

test('who is in no chat examines nothing', async () => {
  expect(await examined(asked(people.nobody, 'груз'))).toEqual({ rows: 0, nodes: byIndex })
})
