import { afterAll, beforeAll, expect, test } from 'vitest'
import { add, create, edit, erase, leave, remove, say } from './chatting.ts'
import { type Loose, type Person, participantId, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { upload } from './filing.ts'
import { type House, openHouse } from './house.ts'
import { done } from './live/acts.ts'
import { picture } from './pictures.ts'

let house: House
let ann: Person
let bob: Person
let room: string
beforeAll(async () => {
  house = await openHouse()
  ;[ann, bob] = (await Promise.all(['Ann', 'Bob'].map(name => register(house.url, name)))) as [Person, Person]
  room = await newRoom(ann, [bob])
})
afterAll(() => house.close())

const newRoom = async (by: Person, others: readonly Person[] = []): Promise<string> =>
  (await create(by, { kind: 'GROUP', title: 'Room', participantIds: others.map(o => o.id) })).edge.node.id
const document = `query ($query: String!, $filter: MessageSearchFilter, $first: Int, $after: String) {
  messageSearch(query: $query, filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }
    edges { cursor node { id body } snippet { text highlighted } } } }`
const search = async (by: Person, query: string, more: object = {}): Promise<Loose> =>
  (await by.ask(document, { query, ...more })).messageSearch
/** What is found, all of it; the number tells no more than is shown. */
async function bodies(by: Person, query: string, filter?: object): Promise<string[]> {
  const { edges, totalCount } = await search(by, query, { filter, first: 100 })
  expect(totalCount).toBe(edges.length)
  return edges.map((e: Loose) => e.node.body).sort()
}
/** Says some things in a room of their own, and gives a search in it. */
async function roomWith(...texts: string[]): Promise<(query: string) => Promise<string[]>> {
  const chatId = await newRoom(ann)
  for (const text of texts) await say(ann, chatId, text)
  return query => bodies(ann, query, { chatId })
}
const marked = async (by: Person, query: string, filter?: object): Promise<string[]> =>
  (await search(by, query, { filter })).edges.map((e: Loose) =>
    e.snippet.map((s: Loose) => (s.highlighted ? `[${s.text}]` : s.text)).join(''),
  )

const found: [what: string, said: string[], asked: [query: string, found: number[]][]][] = [
  [
    'words in all their forms, in Russian and English',
    ['Контейнеры уже пришли в порт', 'Invoices were running late', 'Прибытие контейнера и an invoice'],
    [
      ['контейнер', [0, 2]],
      ['КОНТЕЙНЕРАМИ', [0, 2]],
      ['invoice', [1, 2]],
      ['run', [1]],
      ['invoicing контейнерам', [2]],
      ['портовый кран', []],
    ],
  ],
  [
    'ё and е are one, in any case',
    ['Ёлки и счёт', 'елка, СЧЕТ', 'ЩЁТКА'],
    [
      ['елка', [0, 1]],
      ['ЁЛКИ', [0, 1]],
      ['счёта', [0, 1]],
      ['щетка', [2]],
    ],
  ],
  [
    'the last word may be the beginning of one',
    ['Международный перевод', 'международная почта', 'полюбившийся маршрут', 'happiness'],
    [
      ['межд', [0, 1]],
      ['международный пер', [0]],
      ['межд перевод', []],
      ['полюбивш', [2]],
      ['happ', [3]],
      ['м', []],
    ],
  ],
  [
    'phrases stand together, also those of words that say nothing',
    ['оплата по счёту завтра', 'завтра оплата, счёт потом', 'быть или не быть', 'to be or not to be'],
    [
      ['"оплата по счету"', [0]],
      ['оплата счёт', [0, 1]],
      ['"завтра оплата"', [1]],
      ['"or not to"', [3]],
      ['"или не"', [2]],
      ['"быть или не', [2]],
    ],
  ],
  [
    'excluded words',
    ['груз в Москве', 'груз в Туле', 'груз застрял в Туле'],
    [
      ['груз -тула', [0]],
      ['груз -"застрял в Туле" -москва', [1]],
      ['-груз', []],
    ],
  ],
  [
    'numbers, containers, addresses and files, whole and in parts',
    [
      'MSKU1234567 прибыл',
      'пиши на ann.smith@example.com',
      'см. https://docs.example.org/tariff_2026.pdf',
      'ИНН 7707083893, сумма 1500.50',
    ],
    [
      ['MSKU1234567', [0]],
      ['msku1234567', [0]],
      ['MSKU123', [0]],
      ['ann.smith@example.com', [1]],
      ['smith', [1]],
      ['example.com', [1]],
      ['tariff', [2]],
      ['tariff_2026.pdf', [2]],
      ['https://docs.example.org/tariff_2026.pdf', [2]],
      ['7707083893', [3]],
      ['77070', [3]],
      ['1500.50', [3]],
    ],
  ],
  [
    'what stands by emoji, quotes and dashes, and in angle brackets',
    ['готово👍спасибо', '«Ромашка»—поставщик', '<b>жирный</b>', "O'Brien's well-known кафе"],
    [
      ['спасибо', [0]],
      ['готово', [0]],
      ['ромашка', [1]],
      ['поставщик', [1]],
      ['жирный', [2]],
      ["O'Brien", [3]],
      ['well-known', [3]],
      ['known', [3]],
    ],
  ],
]
test.each(found)('%s', async (_what, said, asked) => {
  const ask = await roomWith(...said)
  const got = await Promise.all(
    asked.map(async ([query]) => [query, (await ask(query)).map(b => said.indexOf(b)).sort()]),
  )
  expect(got).toEqual(asked)
})

test('a piece of the text around what was found, as spans: markup in it is text', async () => {
  const chatId = await newRoom(ann)
  const filter = { chatId }
  const long = `${'начало письма '.repeat(40)}и вот <b>Счёт №5</b> за ёлки, ${'и ещё что-то '.repeat(40)}`
  await say(ann, chatId, long)
  await say(ann, chatId, 'Счета: ann@счет.example и 👍 счётом.')
  const texts = await marked(ann, 'счет', filter)
  expect(texts.sort()).toEqual([
    '[Счета]: ann@[счет].example и 👍 [счётом].',
    expect.stringMatching(/^….*<b>\[Счёт\] №5<\/b> за ёлки, .*…$/s),
  ])
  for (const { snippet } of (await search(ann, 'счет', { filter })).edges)
    expect([...snippet.map((s: Loose) => s.text).join('')].length).toBeLessThanOrEqual(202)
  expect(await marked(ann, '"за елки" счет', filter)).toEqual([expect.stringContaining('[Счёт] №5</b> за [ёлки]')])
})

test('what fits by its beginning or as a part alone is marked too', async () => {
  const chatId = await newRoom(ann)
  await say(ann, chatId, 'Международный перевод, ann.smith@example.com')
  expect(await marked(ann, 'межд', { chatId })).toEqual(['[Международный] перевод, ann.smith@example.com'])
  expect(await marked(ann, 'smith', { chatId })).toEqual(['Международный перевод, ann.[smith]@example.com'])
})

test('by chat, author, time and what it has, each by itself and together', async () => {
  const [one, two] = [await newRoom(ann, [bob]), await newRoom(ann, [bob])]
  await say(ann, one, 'тариф от Анны')
  const { edge } = await say(bob, one, 'тариф от Боба https://example.org/x')
  await say(bob, two, 'тариф от Боба в другой комнате, www.example.org')
  const sent = (
    await ann.ask('query ($id: ID!) { node(id: $id) { ... on Message { createdAt } } }', { id: edge.node.id })
  ).node.createdAt
  const texts = async (filter: object) =>
    (await bodies(bob, 'тариф', filter)).filter(b => /Анны|Боба/.test(b)).map(b => b.slice(9, 20).trim())
  expect(await texts({ chatId: one })).toEqual(['Анны', 'Боба https:'])
  expect(await texts({ authorId: bob.id, chatId: one })).toEqual(['Боба https:'])
  expect(await texts({ authorId: bob.id })).toEqual(['Боба https:', 'Боба в друг'])
  expect(await texts({ chatId: one, sentBefore: sent })).toEqual(['Анны'])
  expect(await texts({ chatId: one, sentAfter: sent })).toEqual(['Боба https:'])
  expect(await texts({ sentAfter: sent, sentBefore: sent })).toEqual([])
  expect(
    await texts({ sentAfter: '1999-01-01T00:00:00Z', sentBefore: '2200-01-01T00:00:00Z', chatId: one }),
  ).toHaveLength(2)
  expect(await texts({ has: ['LINK'] })).toEqual(['Боба https:', 'Боба в друг'])
  expect(await texts({ has: ['LINK', 'LINK'], authorId: ann.id })).toEqual([])
  for (const filter of [
    { chatId: bob.id },
    { authorId: one },
    { chatId: 'garbage' },
    { companyId: one },
    { authorId: '' },
  ])
    expect(await search(bob, 'тариф', { filter })).toEqual({
      totalCount: 0,
      edges: [],
      pageInfo: { hasNextPage: false, endCursor: null },
    })
})

test('what has a file is found by what is said of it, what has a reaction as long as it has one', async () => {
  const chatId = await newRoom(ann)
  const filter = (...has: string[]) => ({ chatId, has })
  const file = await upload(ann, 'a,b\n', { name: 'a.csv', contentType: 'text/csv' })
  await done(ann, 'sendMessage', { chatId, content: { files: { fileIds: [file.id], caption: 'тариф в файле' } } })
  await done(ann, 'sendMessage', { chatId, content: { files: { fileIds: [file.id] } } })
  const { edge } = await say(ann, chatId, 'тариф словами')
  expect(await bodies(ann, 'тариф', filter('FILE'))).toEqual(['тариф в файле'])
  expect(await bodies(ann, 'тариф', filter('REACTION'))).toEqual([])
  const reaction = { messageId: edge.node.id, emoji: '👍' }
  await done(ann, 'addReaction', reaction)
  expect(await bodies(ann, 'тариф', filter('REACTION'))).toEqual(['тариф словами'])
  expect(await bodies(ann, 'тариф', filter('REACTION', 'FILE'))).toEqual([])
  await done(ann, 'removeReaction', reaction)
  expect(await bodies(ann, 'тариф', filter('REACTION'))).toEqual([])
})

test('a message is found by the names of its files, and by its pictures, until it is deleted', async () => {
  const chatId = await newRoom(ann, [bob])
  const bytes = await picture(20, 20).png().toBuffer()
  const table = await upload(ann, 'a,b\n', { name: 'Счёт_на_оплату-2026.csv', contentType: 'text/csv' })
  const photo = await upload(ann, bytes, { name: 'склад.png', contentType: 'image/png' })
  const sendFiles = async (fileIds: string[], caption?: string) =>
    done(ann, 'sendMessage', { chatId, content: { files: { fileIds, caption } } })
  await sendFiles([photo.id, table.id])
  await sendFiles([table.id], 'Оплата по счёту')
  await say(ann, chatId, 'склад словами')
  const filter = (...has: string[]) => ({ chatId, has })
  expect((await marked(bob, 'оплата', filter())).sort()).toEqual(['[Оплата] по счёту', 'Счёт_на_[оплату]-2026.csv'])
  expect(await marked(bob, 'счет 2026', filter('IMAGE'))).toEqual(['[Счёт]_на_оплату-[2026].csv'])
  expect(await marked(bob, 'склад', filter('IMAGE'))).toEqual(['[склад].png'])
  expect(await marked(bob, 'склад', filter('IMAGE', 'FILE'))).toEqual(['[склад].png'])
  expect(await bodies(bob, 'склад -png', filter())).toEqual(['склад словами'])
  const phrase = await search(bob, '"Счёт_на_оплату-2026.csv"', { filter: filter() })
  expect(phrase.edges).toHaveLength(2)
  const [{ node }] = (await search(bob, 'склад', { filter: filter('IMAGE') })).edges
  await erase(ann, node.id)
  expect(await bodies(bob, 'склад', filter())).toEqual(['склад словами'])
  expect(await bodies(bob, 'оплата', filter('IMAGE'))).toEqual([])
  const kept = await asDatabase(house.databaseUrl, query =>
    query("select file_names from messages where file_names like '%склад%'"),
  )
  expect(kept).toEqual([])
})

test('what is edited is found as it is now, what is deleted not at all, both at once', async () => {
  const chatId = await newRoom(ann)
  const { edge } = await say(ann, chatId, 'старый текст')
  await edit(ann, edge.node.id, 'новый текст')
  expect([await bodies(ann, 'старый', { chatId }), await bodies(ann, 'новый', { chatId })]).toEqual([
    [],
    ['новый текст'],
  ])
  await erase(ann, edge.node.id)
  expect(await bodies(ann, 'текст', { chatId })).toEqual([])
})

test('nobody finds what they may not see: never in, not any more, deleted', async () => {
  const eve = await register(house.url, 'Eve')
  const cid = await register(house.url, 'Cid')
  const word = 'тайна'
  const chatId = await newRoom(ann, [bob, cid])
  await say(ann, chatId, `${word} одна`)
  const own = await newRoom(eve)
  await say(eve, own, `${word} евы`)
  const all = async () => Promise.all([ann, bob, cid, eve].map(who => bodies(who, word)))
  const [one, two] = [`${word} одна`, `${word} евы`]
  expect(await all()).toEqual([[one], [one], [one], [two]])
  expect(await bodies(eve, word, { chatId })).toEqual([])
  await leave(bob, chatId)
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chatId, cid) })
  expect(await all()).toEqual([[one], [], [], [two]])
  await add(ann, chatId, [cid])
  expect(await all()).toEqual([[one], [], [one], [two]])
  await remove(ann, chatId)
  expect(await all()).toEqual([[], [], [], [two]])
})

test('pages go on where they ended, whatever is said meanwhile; the best and newest first', async () => {
  const chatId = await newRoom(ann)
  const filter = { chatId }
  await say(ann, chatId, 'груз груз груз и снова груз')
  for (let i = 0; i < 25; i++) await say(ann, chatId, `в длинном сообщении под номером ${i} среди прочего есть и груз`)
  const first = await search(ann, 'груз', { filter, first: 10 })
  expect([first.totalCount, first.pageInfo.hasNextPage]).toEqual([26, true])
  expect(first.edges[0].node.body).toBe('груз груз груз и снова груз')
  expect(first.edges[1].node.body).toContain('номером 24')
  const got: string[] = first.edges.map((e: Loose) => e.node.id)
  let page = first
  while (page.pageInfo.hasNextPage) {
    await say(ann, chatId, 'и ещё груз')
    page = await search(ann, 'груз', { filter, first: 10, after: page.pageInfo.endCursor })
    got.push(...page.edges.map((e: Loose) => e.node.id))
  }
  expect(new Set(got).size).toBe(got.length)
  const { edges } = await search(ann, 'длинном груз', { filter, first: 100 })
  const known = new Set(got)
  expect(edges).toHaveLength(25)
  expect(edges.every((e: Loose) => known.has(e.node.id))).toBe(true)
  const wrong = { query: 'груз', filter: { chatId: room }, after: first.pageInfo.endCursor }
  expect((await ann.try(document, wrong)).errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }])
})

const strange = [
  ...[
    '',
    ' ',
    '\n',
    '.',
    '...',
    '"',
    '""',
    '"""',
    '"" ""',
    '-',
    '--',
    '---a',
    '-"',
    '-"a',
    '"a',
    'a"',
    'a"b"c"',
    '"a"b',
    '!',
    '&',
    '|',
    '!!',
    '& |',
  ],
  ...[
    'a & b',
    'a | b',
    '!a',
    'a <-> b',
    '<->',
    '(',
    ')',
    '(a',
    "'",
    "''",
    "a'b",
    "a''b'",
    '\\',
    'a\\',
    '\\a',
    "a\\'b",
    ':*',
    'a:*',
    'a:b',
    'a:AB',
    "'a':*",
  ],
  ...[
    'и',
    'the',
    'и в на',
    'the -кот',
    '-кот',
    '-кот -"пёс"',
    '#c',
    "'#nowhere'",
    '%',
    '_',
    '$1',
    '{}',
    '[]',
    '*',
    '?',
    '@',
    'a@',
    '@a',
    'http://',
    'https://?',
    '1-2-3',
    '-5',
    '1e400',
  ],
  ...[
    'a\tb',
    '👍',
    '👨‍👩‍👧‍👦',
    'İ',
    'ß',
    'ﬁ',
    '\u0301',
    'a\u0301',
    '\u200b',
    '\u202e',
    '中文 検索',
    'ё'.repeat(200),
    'a '.repeat(99),
    '"a" '.repeat(49),
    '-a '.repeat(66),
    '&'.repeat(200),
    "'".repeat(200),
  ],
]
test('whatever is typed is an answer', async () => {
  const people = await Promise.all(Array.from({ length: 4 }, (_, i) => register(house.url, `Typist ${i}`)))
  const chatId = await newRoom(ann, people)
  await say(ann, chatId, 'кот и пёс, a b c; the cat')
  let n = 0
  const next = () => people[n++ % people.length] ?? ann // each may ask so often
  for (const query of strange) {
    const { data, errors } = await next().try(document, { query, filter: { chatId } })
    const codes = errors?.map(e => e.extensions?.code) ?? null
    expect([query, codes]).toEqual([query, query === 'a\tb' ? ['INVALID_INPUT'] : null])
    if (!errors) expect(data.messageSearch.edges.length).toBeLessThanOrEqual(1)
  }
  for (const query of ['', ' ', '...', 'и', 'the', 'и в на', 'the -пёс', '-пёс', "'#nowhere'", '👍', '&'])
    expect([query, await bodies(next(), query, { chatId })]).toEqual([query, []])
  for (const query of ['x'.repeat(10_000), 'a\0b', '\ud800', 'a\nb'])
    expect((await next().try(document, { query })).errors).toMatchObject([{ extensions: { code: 'INVALID_INPUT' } }])
})

test('who asks without end is asked to slow down', async () => {
  const dot = await register(house.url, 'Dot')
  const answers = await Promise.all(Array.from({ length: 150 }, () => dot.try(document, { query: 'груз' })))
  const codes = new Set(answers.flatMap(a => a.errors?.map(e => e.extensions?.code) ?? []))
  expect(codes).toEqual(new Set(['RATE_LIMITED']))
})
