import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MessageSearch, searchLimits, searchMessages } from '../src/domain/chat/queries/index.ts'
import { asked, authorZero, bigChat, companyOne, newestAt, people, type Searched, searched } from './searched.ts'

const most = searchLimits.hits + 1 + searchLimits.newest
/** Of a search: a page for each row, and a few of the indexes. */
const mostPages = most + 2_000
const byIndex = ['Bitmap Heap Scan']
const alsoNewest = ['Bitmap Heap Scan', 'Index Scan']
const ago = (minutes: number) => new Date(newestAt.getTime() - minutes * 60_000)
const { few, many, big, all } = people

/** What the index finds: no more of it than `looked` says is looked at, a share of all rows or a number of them. */
const exact: [what: string, of: MessageSearch, looked: { share: number } | { rows: number }, like: string][] = [
  ['a rare word in few chats', asked(few, 'жемчуг'), { rows: 1 }, '%жемчуг%'],
  ['a rare word in one big chat', asked(big, 'жемчуг'), { share: 1 / 5_000 }, '%жемчуг%'],
  ['a rare word in many chats', asked(many, 'жемчуг'), { share: 2 / 5_000 }, '%жемчуг%'],
  ['the beginning of a rare word', asked(many, 'жемч'), { share: 2 / 5_000 }, '%жемчуг%'],
  ['a common word in few chats', asked(few, 'груз'), { share: 1 / 900 }, '%груз%'],
  ['a phrase in few chats', asked(few, '"морской контейнер"'), { share: 1 / 900 }, '%морской контейнер%'],
]

/** Of these there is too much. */
const tooMany: [what: string, of: MessageSearch, like: string][] = [
  ['a common word in one big chat', asked(big, 'груз'), '%груз%'],
  ['a common word in many chats', asked(many, 'груз'), '%груз%'],
  ['a common word, the big chat of all', asked(all, 'груз', { chatId: bigChat }), '%груз%'],
  ['the beginning of a common word, in one big chat', asked(big, 'сооб'), '%'],
  ['the beginning of a common word, in many chats', asked(many, 'сооб'), '%'],
  ['two common words', asked(many, 'сообщение груз'), '%груз%'],
  ['one common word without another', asked(many, 'сообщение -контейнер'), '%о разном%'],
  ['a phrase in one big chat', asked(big, '"морской контейнер"'), '%морской контейнер%'],
  ['a phrase in many chats', asked(many, '"морской контейнер"'), '%морской контейнер%'],
]

/** Filters: of the common word, in many chats or in the big one. */
const filtered: [what: string, of: MessageSearch, more: { looked?: number; found: boolean }][] = [
  ['by author, in a big chat', asked(big, 'груз', { authorId: authorZero }), { looked: 1 / 150, found: true }],
  [
    'by author, who is somewhere else',
    asked(many, 'груз', { authorId: authorZero }),
    { looked: 1 / 150, found: false },
  ],
  ['by company', asked(many, 'груз', { companyId: companyOne }), { looked: 1 / 295, found: true }],
  ['of the last day', asked(many, 'груз', { sentAfter: ago(1_440) }), { found: true }],
  ['of one day long ago', asked(many, 'груз', { sentAfter: ago(80_000), sentBefore: ago(78_560) }), { found: true }],
  ['of the last month', asked(many, 'груз', { sentAfter: ago(43_200) }), { found: true }],
  ['with files, in a big chat', asked(big, 'груз', { has: ['FILE'] }), { found: true }],
  ['with files, in many chats', asked(many, 'груз', { has: ['FILE'] }), { found: true }],
  ['in a phrase that nobody says', asked(many, '"контейнер разный"'), { found: false }],
  ['and not in a phrase', asked(many, 'груз -"морской контейнер"'), { found: true }],
]

/** The same of each number of rows: what a search looks at. */
export function searchCosts(rows: number, loadMs: number): void {
  let place: Searched
  beforeAll(async () => {
    place = await searched(rows)
  }, loadMs)
  afterAll(() => place.drop())
  const found = (of: MessageSearch) => searchMessages(place.db, of)
  /** The newest of somebody's messages that are like this, all of them without a limit. */
  const newest = async (of: MessageSearch, like: string, limit: number | null) => {
    const { rows } = await place.client.query<{ id: string }>(
      `select m.id from messages m join participants p using (chat_id)
        where p.user_id = $1 and ($2::uuid is null or chat_id = $2) and body like $3 and m.created_at > $4
        order by m.created_at desc limit $5`,
      [of.userId, of.chatId, like, limit === null ? new Date(0) : ago(10_000), limit],
    )
    return new Set(rows.map(row => row.id))
  }

  test.each(exact)(
    '%s: the index finds it all, and no more than that is looked at',
    async (_what, of, looked, like) => {
      const cost = await place.looked(of)
      expect(cost.nodes).toEqual(byIndex)
      expect(cost.rows).toBeLessThanOrEqual('share' in looked ? rows * looked.share : looked.rows)
      expect(cost.pages).toBeLessThanOrEqual(mostPages)
      const { found: hits, total } = await found(of)
      const there = await newest(of, like, null)
      expect([total, hits.length]).toEqual([there.size, Math.min(there.size, of.limit)])
      expect(hits.every(hit => there.has(hit.id))).toBe(true)
    },
  )

  test.each(tooMany)('%s: what is looked at is bounded, and the newest is found', async (_what, of, like) => {
    const cost = await place.looked(of)
    expect(cost.nodes).toEqual(alsoNewest)
    expect(cost.rows).toBeLessThanOrEqual(most)
    expect(cost.pages).toBeLessThanOrEqual(mostPages)
    const { found: hits, total } = await found(of)
    expect([hits.length, total]).toEqual([of.limit, null])
    const ids = await newest(of, like, 200)
    expect(hits.filter(hit => !ids.has(hit.id))).toEqual([])
  })

  test.each(filtered)('a common word %s: what is looked at is bounded', async (_what, of, { looked, found: some }) => {
    const cost = await place.looked(of)
    expect(cost.rows).toBeLessThanOrEqual(looked ? Math.ceil(rows * looked) : most)
    expect(cost.pages).toBeLessThanOrEqual(mostPages)
    expect((await found(of)).found.length > 0).toBe(some)
  })

  test('who is in no chat examines nothing', async () => {
    const cost = await place.looked(asked(people.nobody, 'груз'))
    expect([cost.rows, cost.nodes]).toEqual([0, byIndex])
  })
}
