import { createHash } from 'node:crypto'
import { type SQL, sql } from 'drizzle-orm'
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { type MessageSearch, searchSql } from '../src/domain/chat/queries/index.ts'
import { newId } from '../src/kernel/id.ts'
import type { Loose } from './client.ts'
import { freshDatabase } from './fresh.ts'

// A database with much to search, put there by SQL, and how much of it a search looks at: told by the plans.

const chats = 500
const companies = 50
/** What an md5 is as an id. */
const hashed = (text: string) =>
  createHash('md5')
    .update(text)
    .digest('hex')
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
export const bigChat = hashed('chat 0')
export const authorZero = hashed('author 0')
export const companyOne = hashed('company 1')
/** Of few chats and of many, of the big one, of all of them, and of none. */
export const people = { few: newId(), many: newId(), big: newId(), all: newId(), nobody: newId() }
/** When the newest message was sent; the others were sent minute by minute before it. */
export const newestAt = new Date(Math.floor(Date.now() / 60_000) * 60_000)

export interface Looked {
  /** How many rows of messages were looked at. */
  rows: number
  /** How many pages of the database. */
  pages: number
  /** The nodes of the plan that read messages. */
  nodes: string[]
}
export interface Searched {
  client: pg.Client
  db: NodePgDatabase
  looked: (of: MessageSearch) => Promise<Looked>
  drop: () => Promise<void>
}

/**
 * So many messages in 501 chats. Half of all is in one big chat. Every third has the common word, one of 5,000 the rare one,
 * every seventh a phrase, one of 999 files.
 */
export async function searched(rows: number): Promise<Searched> {
  const fresh = await freshDatabase()
  const client = new pg.Client({ connectionString: fresh.url })
  await client.connect()
  const other = new pg.Client({ connectionString: fresh.url })
  await other.connect()
  await client.query(
    `insert into chats (id, kind, company_id, version, created_at, last_activity_at, activity_position)
      select md5('chat ' || c)::uuid, 'GROUP', md5('company ' || c % ${companies})::uuid, 1, now(), now() - c * interval '1 minute', c
      from generate_series(0, ${chats}) c`,
  )
  await client.query(
    `insert into participants (chat_id, user_id, role, version, joined_at, joined_sequence)
      select md5('chat ' || c)::uuid, u.id, 'MEMBER', 1, now(), 1 from generate_series(0, ${chats}) c,
        (values ($1::uuid, 497, 499), ($2, 1, 499), ($3, 0, 0), ($4, 0, 499)) u(id, low, high) where c between u.low and u.high`,
    [people.few, people.many, people.big, people.all],
  )
  // Indexes are filled at once afterwards, which is faster by far.
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `select indexname name, indexdef definition from pg_indexes where tablename = 'messages' and indexname <> 'messages_pkey'`,
  )
  for (const { name } of indexes) await client.query(`drop index ${name}`)
  const half = (of: pg.Client, from: number, to: number) =>
    of.query(
      `insert into messages (id, chat_id, sequence, version, author_id, command_id, content_kind, file_names, body, created_at)
      select md5('message ' || n)::uuid, md5('chat ' || case when n % 2 = 0 then 0 else 1 + n / 2 % ${chats - 1} end)::uuid, n, n,
        md5('author ' || n % 50)::uuid, md5('command ' || n)::uuid,
        case when n % 999 = 6 then 'FILES' else 'TEXT' end, case when n % 999 = 6 then 'накладная ' || n || '.pdf' end,
        'сообщение ' || md5(n::text) || ' о разном' || case when n % 3 = 0 then ' и о грузе' else '' end
          || case when n % 7 = 0 then ', морской контейнер' when n % 7 = 1 then ', контейнер морской' else '' end
          || case when n % 5000 in (1, 2) then ' с жемчугом' else '' end,
        $4::timestamptz - ($3 - n) * interval '1 minute' from generate_series($1::integer, $2::integer) n`,
      [from, to, rows, newestAt],
    )
  await Promise.all([half(client, 1, rows / 2), half(other, rows / 2 + 1, rows)])
  const make = async (of: pg.Client, definitions: readonly string[]) => {
    await of.query(`set maintenance_work_mem = '256MB'`)
    for (const definition of definitions) await of.query(definition)
  }
  const [words, rest] = [
    indexes.filter(i => i.name === 'messages_words'),
    indexes.filter(i => i.name !== 'messages_words'),
  ]
  await Promise.all([
    make(
      client,
      words.map(i => i.definition),
    ),
    make(
      other,
      rest.map(i => i.definition),
    ),
  ])
  await other.end()
  await client.query('vacuum analyze messages')
  await client.query('analyze chats')
  await client.query('analyze participants')
  const db = drizzle(client)
  return {
    client,
    db,
    looked: of => looked(db, searchSql(of)),
    async drop() {
      await client.end()
      await fresh.drop()
    },
  }
}

export const asked = (userId: string, query: string, more: Partial<MessageSearch> = {}): MessageSearch => ({
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

async function looked(db: NodePgDatabase, search: SQL): Promise<Looked> {
  const { rows: plans } = await db.execute<Loose>(sql`explain (analyze, buffers, timing off, format json) ${search}`)
  const nodes: { kind: string; rows: number }[] = []
  const visit = (node: Loose): void => {
    if (node['Relation Name'] === 'messages' && node['Actual Loops'] > 0) {
      const each =
        node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
      nodes.push({ kind: node['Node Type'], rows: Math.round(each * node['Actual Loops']) })
    }
    for (const below of node.Plans ?? []) visit(below)
  }
  const top = plans[0]['QUERY PLAN'][0]
  visit(top.Plan)
  const pages = top.Plan['Shared Hit Blocks'] + top.Plan['Shared Read Blocks']
  if (process.env.TEST_LOG) console.log(JSON.stringify(nodes), pages, top['Execution Time'])
  return { rows: nodes.reduce((sum, node) => sum + node.rows, 0), pages, nodes: nodes.map(node => node.kind).sort() }
}
