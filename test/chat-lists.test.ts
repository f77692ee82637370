import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { add, archive, create, erase, kickPerson, markRead, remove, room, say } from './chatting.ts'
import { type Loose, type Person, register } from './client.ts'
import { type House, openHouse } from './house.ts'

// Lists: in order, page by page, both ways, while they change.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
beforeEach(async () => {
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})

const page = 'pageInfo { hasNextPage hasPreviousPage startCursor endCursor }'
interface Page {
  edges: { cursor: string; node: Loose }[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string; endCursor: string }
}
async function messages(by: Person, chatId: string, args: object): Promise<Page> {
  const { chat } = await by.ask(
    `query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { chat(id: $id) {
      messages(first: $first, after: $after, last: $last, before: $before) { edges { cursor node { body sequence systemNote { kind } } } ${page} } } }`,
    { id: chatId, ...args },
  )
  return chat.messages
}
const bodies = (of: Page) => of.edges.map(e => e.node.systemNote?.kind ?? e.node.body)
const opened = 'CHAT_CREATED'
const numbered = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => `m${from + i}`)

async function talk(chatId: string, from: number, to: number): Promise<Loose[]> {
  const sent: Loose[] = []
  for (const text of numbered(from, to)) sent.push((await say(ann, chatId, text)).edge)
  return sent
}

describe('messages', () => {
  test('ascend, forwards and backwards, every one once', async () => {
    const chatId = await room(ann)
    await talk(chatId, 1, 10)
    const walk = async (step: (p: Page | null) => object, more: 'hasNextPage' | 'hasPreviousPage') => {
      const pages: string[][] = []
      for (let p: Page | null = null; p === null || p.pageInfo[more]; ) {
        p = await messages(ann, chatId, step(p))
        pages.push(bodies(p))
      }
      return pages
    }
    const forwards = await walk(p => ({ first: 4, after: p?.pageInfo.endCursor }), 'hasNextPage')
    expect(forwards).toEqual([[opened, ...numbered(1, 3)], numbered(4, 7), numbered(8, 10)])
    const backwards = await walk(p => ({ last: 4, before: p?.pageInfo.startCursor }), 'hasPreviousPage')
    expect(backwards).toEqual([numbered(7, 10), numbered(3, 6), [opened, ...numbered(1, 2)]])
    expect(bodies(await messages(ann, chatId, {}))).toEqual([opened, ...numbered(1, 10)])
  })
  test('cursors stay where they are while more is said and some is deleted; a payload’s is one of them', async () => {
    const chatId = await room(ann)
    const sent = await talk(chatId, 1, 6)
    const middle = await messages(ann, chatId, { first: 4 })
    expect(middle.edges.slice(1).map(e => e.cursor)).toEqual(sent.slice(0, 3).map(e => e.cursor))
    await erase(ann, sent[2].node.id)
    await erase(ann, sent[4].node.id)
    await talk(chatId, 7, 8)
    const after = await messages(ann, chatId, { first: 100, after: middle.pageInfo.endCursor })
    expect(bodies(after)).toEqual(['m4', null, 'm6', 'm7', 'm8'])
    expect(after.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
    const before = await messages(ann, chatId, { last: 100, before: sent[3].cursor })
    expect(bodies(before)).toEqual([opened, 'm1', 'm2', null])
  })
  test('an empty page, and questions that make no sense', async () => {
    const pair = await create(ann, { kind: 'DIRECT', participantIds: [bob.id] })
    const chatId = pair.edge.node.id
    const empty = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
    expect(await messages(ann, chatId, { first: 5 })).toEqual({ edges: [], pageInfo: empty })
    const [edge] = await talk(chatId, 1, 1)
    const foreign = (await messages(ann, await room(ann), { first: 0 })).pageInfo.endCursor ?? 'x.y'
    for (const args of [{ first: -1 }, { last: 101 }, { first: 1, last: 1 }, { first: 1, before: edge.cursor }])
      await expect(messages(ann, chatId, args)).rejects.toThrow('INVALID_INPUT')
    for (const after of [foreign, `${edge.cursor}x`])
      await expect(messages(ann, chatId, { first: 1, after })).rejects.toThrow('not of this list')
    await expect(messages(ann, await room(ann), { first: 1, after: edge.cursor })).rejects.toThrow('not of this list')
  })
})

test('participants come by when they came, by role, page by page, while some go', async () => {
  const others = await Promise.all(Array.from({ length: 5 }, (_, i) => register(house.url, `P${i}`)))
  const chatId = await room(ann)
  await add(ann, chatId, others.slice(0, 2), { role: 'ADMIN' })
  await add(ann, chatId, others.slice(2))
  const people = async (args: object): Promise<Page> =>
    (
      await ann.ask(
        `query ($id: ID!, $first: Int, $after: String, $filter: ParticipantFilter) { chat(id: $id) {
          participants(first: $first, after: $after, filter: $filter) { edges { cursor node { role user { id } } } ${page} } } }`,
        { id: chatId, ...args },
      )
    ).chat.participants
  const ids = (of: Page) => of.edges.map(e => e.node.user.id)
  const all = [ann, ...others].map(p => p.id)
  expect(ids(await people({}))).toEqual(all)
  const first = await people({ first: 3 })
  await kickPerson(ann, chatId, others[1] as Person)
  const rest = await people({ first: 3, after: first.pageInfo.endCursor })
  expect([ids(first), ids(rest), rest.pageInfo.hasNextPage]).toEqual([all.slice(0, 3), all.slice(3), false])
  expect(ids(await people({ filter: { role: ['OWNER', 'ADMIN'] } }))).toEqual(all.slice(0, 2))
})

describe('viewer.chats', () => {
  async function chats(by: Person, args: object = {}): Promise<Page> {
    const { viewer } = await by.ask(
      `query ($filter: ChatFilter, $first: Int, $after: String) { viewer {
        chats(filter: $filter, first: $first, after: $after) { edges { cursor node { id title } } ${page} } } }`,
      args,
    )
    return viewer.chats
  }
  const ids = (of: Page) => of.edges.map(e => e.node.id)

  test('come by the latest activity, page by page, each once', async () => {
    const rooms: string[] = []
    for (let i = 0; i < 5; i++) rooms.push(await room(ann, {}, `Room ${i}`))
    expect(ids(await chats(ann))).toEqual([...rooms].reverse())
    await say(ann, rooms[1] ?? '', 'up')
    const order = [rooms[1], rooms[4], rooms[3], rooms[2], rooms[0]]
    const first = await chats(ann, { first: 2 })
    const second = await chats(ann, { first: 2, after: first.pageInfo.endCursor })
    const third = await chats(ann, { first: 2, after: second.pageInfo.endCursor })
    expect([first, second, third].map(ids)).toEqual([order.slice(0, 2), order.slice(2, 4), order.slice(4)])
    expect([first, third].map(p => p.pageInfo.hasNextPage)).toEqual([true, false])
    await expect(chats(ann, { first: 2, after: first.pageInfo.endCursor, filter: { kind: 'GROUP' } })).rejects.toThrow(
      'not of this list',
    )
  })
  test('are those that one is in, that are not deleted, and that the filter names', async () => {
    const open = await room(ann, { MEMBER: [bob] }, 'Fish & Chips')
    const put = await room(ann, { MEMBER: [bob] }, 'Old fish')
    const gone = await room(ann, { MEMBER: [bob] }, 'Deleted')
    const out = await room(ann, { MEMBER: [bob] }, 'Without Bob')
    const pair = (await create(ann, { kind: 'DIRECT', participantIds: [bob.id] })).edge.node.id
    await say(ann, open, 'unread')
    const { edge } = await say(ann, put, 'read')
    await markRead(bob, put, edge.node.id)
    await archive(ann, put)
    await remove(ann, gone)
    await kickPerson(ann, out, bob)
    const found = async (filter?: object) => new Set(ids(await chats(bob, { filter })))
    expect(await found()).toEqual(new Set([open, pair]))
    expect(await found({ archived: true })).toEqual(new Set([put]))
    expect(await found({ archived: null })).toEqual(new Set([open, put, pair]))
    expect(await found({ archived: null, query: ' FISH ' })).toEqual(new Set([open, put]))
    expect(await found({ query: '%' })).toEqual(new Set())
    expect(await found({ unread: true })).toEqual(new Set([open]))
    expect(await found({ unread: false, archived: null })).toEqual(new Set([put, pair]))
    expect(await found({ kind: 'DIRECT' })).toEqual(new Set([pair]))
  })
})

test('node and nodes answer as the typed fields do, in the order asked for', async () => {
  const chatId = await room(ann, { READER: [bob] })
  const { node } = (await say(ann, chatId, 'hi')).edge
  const { chat, viewer } = await bob.ask(
    `query ($id: ID!) { chat(id: $id) { viewerParticipant { id } } viewer { id sessions { id } } }`,
    { id: chatId },
  )
  const ids = [chatId, node.id, chat.viewerParticipant.id, ann.id, viewer.id, viewer.sessions[0].id]
  const ask = async (by: Person): Promise<(string | null)[]> => {
    const { nodes } = await by.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids })
    const each = ids.map(id => by.ask('query ($id: ID!) { node(id: $id) { id } }', { id }))
    expect((await Promise.all(each)).map(one => one.node)).toEqual(nodes)
    return nodes.map((n: Loose) => n?.id ?? null)
  }
  expect(await ask(bob)).toEqual(ids)
  expect(await ask(ann)).toEqual(ids.map((id, i) => (i < 4 ? id : null)))
  expect(await ask(await register(house.url, 'Eve'))).toEqual(ids.map((id, i) => (i === 3 ? id : null)))
})
