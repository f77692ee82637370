import { newId } from '../../src/kernel/id.ts'
import type { House } from './house.ts'
import { body } from './message.ts'
import { chatAt, forAll, userAt } from './people.ts'

/** The chats from `from` on, and who is in each, by number. */
export interface Rooms {
  from: number
  count: number
  people: (i: number) => readonly number[]
}

/**
 * Fills each of some chats with so many messages of all of its people, written in turns: one is sent by the program, the
 * others are copies of what it wrote, under ids of their own. A million of them would take the program itself too long.
 */
export async function talk(house: House, rooms: Rooms, messages: number): Promise<void> {
  const heads = new Map<string, number>()
  await forAll(rooms.count, async i => {
    const [author = 0] = rooms.people(i)
    const chatId = chatAt(rooms.from + i)
    const sent = await house.does('SendMessage', userAt(author), {
      chatId,
      messageId: newId(),
      text: body,
      replyToId: null,
    })
    heads.set(`chat-${chatId}`, sent.first ?? -1)
  })
  if (messages > 1) await copy(house, heads, messages - 1)
}

/** For each message at one of the places `n` more, one after the other, over all chats in turn. */
async function copy({ database: { pool } }: House, heads: ReadonlyMap<string, number>, n: number): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('set statement_timeout = 0; set synchronous_commit = off')
    await client.query('create temp table place (stream text primary key, revision bigint)')
    const places = [[...heads.keys()], [...heads.values()]]
    await client.query('insert into place select * from unnest($1::text[], $2::bigint[])', places)
    await client.query('analyze')
    await client.query(
      `create temp table copied as select place.stream, place.revision + g revision, place.revision template, g,
          gen_random_uuid() message, gen_random_uuid() command, nextval('events_position_seq') as position,
          who[1 + g % cardinality(who)] author
        from place join (select 'chat-' || chat_id stream, array_agg(user_id order by user_id) who from participants group by 1) people
          using (stream), generate_series(1, $1::int) g order by g, stream`,
      [n],
    )
    await client.query('analyze copied')
    const overrides = {
      events: {
        ...{ position: 'c.position', revision: 'c.revision', id: 'gen_random_uuid()', actor: 'c.author' },
        ...{ command: 'c.command', correlation: 'c.command', key: 'c.author' },
        data: `jsonb_set(jsonb_set(t.data::jsonb, '{messageId}', to_jsonb(c.message)), '{authorId}', to_jsonb(c.author))::text`,
        personal: `jsonb_set(t.personal::jsonb, '{body}', to_jsonb(c.g || ' ' || (t.personal::jsonb->>'body')))::text`,
      },
      receipts: {
        scope: 'c.author',
        command: 'c.command',
        first: 'c.revision',
        last: 'c.revision',
        position: 'c.position',
      },
      messages: {
        ...{ id: 'c.message', sequence: 'c.revision', version: 'c.revision', author_id: 'c.author' },
        ...{ command_id: 'c.command', body: `c.g || ' ' || t.body` },
      },
    }
    const joins = {
      events: 't.stream = c.stream and t.revision = c.template',
      receipts: 't.stream = c.stream and t.first = c.template',
      messages: `'chat-' || t.chat_id = c.stream and t.sequence = c.template`,
    }
    for (const table of ['events', 'receipts', 'messages'] as const) {
      const columns = await columnsOf(client, table)
      const values = columns.map(name => (overrides[table] as Record<string, string>)[name] ?? `t."${name}"`)
      const names = columns.map(name => `"${name}"`).join(', ')
      await client.query(
        `create temp table template as select t.* from "${table}" t join place c on ${joins[table].replace('c.template', 'c.revision')}`,
      )
      await client.query(
        `insert into "${table}" (${names}) select ${values.join(', ')} from copied c join template t on ${joins[table]} order by c.position`,
      )
      await client.query('drop table template')
    }
    await client.query(
      `update streams s set revision = s.revision + $1, projected = s.projected + $1 from place where place.stream = s.id`,
      [n],
    )
    await client.query(
      `update chats t set activity_position = c.position from (select stream, max(position) as position from copied group by 1) c
        where 'chat-' || t.id = c.stream`,
    )
    await client.query('drop table place; drop table copied')
    // As an installation is that has had them for a while, or that work would be done while something is measured.
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  } finally {
    client.release(true)
  }
}

async function columnsOf(client: { query: House['database']['pool']['query'] }, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select column_name as name from information_schema.columns where table_name = $1 and table_schema = 'public'
      and is_generated = 'NEVER' order by ordinal_position`,
    [table],
  )
  return rows.map(row => row.name)
}
