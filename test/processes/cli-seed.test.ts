import { afterAll, beforeAll, expect, test } from 'vitest'
import { containerNumber } from '../../src/cli/seed/words.ts'
import { eventually, post } from '../client.ts'
import { runWellwon, startWellwon } from '../fixtures/wellwon.ts'
import { freshDatabase } from '../fresh.ts'
import { openDoor } from '../house.ts'
import { openWorkshop, type Workshop } from '../workshop.ts'

type Fresh = Awaited<ReturnType<typeof freshDatabase>>
let all: Fresh[]
let [one, other]: Fresh[] = []
let shop: Workshop
beforeAll(async () => {
  all = [await freshDatabase(), await freshDatabase()]
  ;[one, other] = all
  shop = openWorkshop(one?.url ?? '')
})
afterAll(async () => {
  await shop.close()
  for (const { drop } of all) await drop()
})

const args = (messages: number, more: string[] = []) => [
  'seed',
  '--users',
  '12',
  '--chats',
  '9',
  '--messages',
  String(messages),
  ...more,
]
const seed = (messages: number, at = one, more: string[] = []) =>
  runWellwon(args(messages, more), { DATABASE_URL: at?.url ?? '' })
const count = async (table: string) =>
  Number((await shop.query<{ n: string }>(`select count(*) n from ${table}`))[0]?.n)
const said = () => count("messages where content_kind <> 'SYSTEM'")
/** All that was said and who may hear it, without what differs between two runs. */
const contents = async (of: Workshop) =>
  (
    await of.query<{ all: string }>(`select string_agg(line, e'\\n' order by line) as all from (
      select concat_ws('|', id, email, handle, display_name) line from user_accounts
      union all select concat_ws('|', id, kind, title, pair) from chats
      union all select concat_ws('|', chat_id, user_id, role) from participants
      union all select concat_ws('|', id, chat_id, author_id, body, note_kind, note_subject_id, note_text, reply_to_id) from messages
      union all select concat_ws('|', m.chat_id, m.user_id, s.id) from read_markers m
        join messages s on s.chat_id = m.chat_id and s.sequence = m.sequence) x`)
  )[0]?.all

test('broken off and begun again it makes what it makes in one go, and rows that the log gives', async () => {
  const first = startWellwon(args(1_500), { DATABASE_URL: one?.url ?? '' })
  // Asked of the database: what it says of its progress is a second old, and a fast machine is done by then.
  await eventually(async () => (await said()) > 50, 60_000, 'messages')
  first.child.kill('SIGINT')
  const stopped = await first.ended
  expect(stopped).toMatchObject({
    code: 130,
    err: expect.stringMatching(/^Stopped at users 12 of 12.* The same command goes on\.\n$/),
  })
  const before = await said()
  expect(before).toBeLessThan(1_500)

  const second = await seed(1_500)
  expect(second).toMatchObject({ code: 0, err: '' })
  expect(second.out).toMatch(
    /users 12 of 12, chats 9 of 9, messages 1,500 of 1,500; [\d,]+ messages sent now .* messages\/s/,
  )
  expect(await said()).toBe(1_500)
  expect([await count('user_accounts'), await count('chats')]).toEqual([12, 9])
  expect(await shop.differences()).toEqual([])

  expect((await seed(1_500)).out).toContain('; 0 messages sent now')
  const positions = await shop.query('select max(position) from events')
  await seed(1_500)
  expect(await shop.query('select max(position) from events')).toEqual(positions)

  expect((await seed(1_500, other)).code).toBe(0)
  const twin = openWorkshop(other?.url ?? '')
  expect(await contents(twin)).toBe(await contents(shop))
  await twin.close()
}, 240_000)

test('it is life: two languages, mentions, replies, edits, direct chats, readers who are behind', async () => {
  const [found] = await shop.query<Record<string, number>>(`select
    count(*) filter (where body ~ '[а-я]')::int ru, count(*) filter (where body !~ '[а-я]')::int en,
    count(*) filter (where reply_to_id is not null)::int replies, count(*) filter (where edited_at is not null)::int edits,
    count(distinct author_id)::int authors, count(distinct body)::int texts from messages`)
  for (const [what, least] of Object.entries({ ru: 100, en: 100, replies: 80, edits: 20, authors: 10, texts: 600 }))
    expect(found?.[what], what).toBeGreaterThan(least)
  const mentions = await shop.query(
    "select 1 from events where type = 'MessageSent' and jsonb_array_length((data::jsonb)->'mentions') > 0",
  )
  expect(mentions.length).toBeGreaterThan(25)
  expect(await shop.query('select distinct kind from chats order by 1')).toEqual([
    { kind: 'DIRECT' },
    { kind: 'GROUP' },
  ])
  const behind = await shop.query(`select 1 from read_markers r where exists (
    select from messages m where m.chat_id = r.chat_id and m.author_id is not null and m.sequence > r.sequence)`)
  expect(behind.length).toBeGreaterThan(5)
  expect(containerNumber('CSQU305438')).toBe('CSQU 305438-3') // the example of ISO 6346
})

test('everybody can log in, and more messages go on where they were', async () => {
  const more = await seed(1_600)
  expect(more.out).toContain('messages 1,600 of 1,600; 100 messages sent now')
  const [, email, password] = /Log in as (\S+), .* password: (.*)\n/.exec(more.out) ?? []
  const door = await openDoor(one?.url ?? '')
  try {
    const answer = await post(
      `http://127.0.0.1:${door.port}`,
      `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginPayload { viewer { chats { edges { node {
        title lastMessage { body } } } } } } ... on Error { message } } }`
        .replaceAll('LogIn', 'Login')
        .replace('logIn', 'login'),
      { input: { email, password } },
    )
    expect(answer.data.login.viewer.chats.edges.length).toBeGreaterThan(2)
  } finally {
    await door.stop()
  }
})

test('another number is other people, beside them', async () => {
  expect(await seed(20, one, ['--seed', '7'])).toMatchObject({ code: 0 })
  expect(await count('user_accounts')).toBe(24)
  expect(await shop.differences()).toEqual([])
}, 60_000)

test.each([
  ['production', args(1), { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32) }, /not with NODE_ENV=production/],
  [
    'one person',
    ['seed', '--users', '1', '--chats', '1', '--messages', '1'],
    {},
    /^error: .*'--users <n>'.* from 2 to/,
  ],
  [
    'a word',
    ['seed', '--users', 'many', '--chats', '1', '--messages', '1'],
    {},
    /^error: .*'--users <n>'.* whole number/,
  ],
  ['nothing', ['seed'], {}, /^error: required option '--users <n>' not specified\n$/],
])('%s is refused in one line', async (_, given, settings, line) => {
  const { code, err } = await runWellwon(given, { DATABASE_URL: one?.url ?? '', ...settings })
  expect([code, err.trim().split('\n').length]).toEqual([1, 1])
  expect(err).toMatch(line)
})
