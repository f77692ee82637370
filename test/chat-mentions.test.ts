import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { edit, erase, kickPerson, markRead, room, say } from './chatting.ts'
import { type Loose, type Person, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openHouse } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const people = (...names: string[]) => Promise.all(names.map(name => register(house.url, name)))

const look = `query ($id: ID!) { node(id: $id) { ... on Message { body mentions { id displayName }
  entities { kind offset length url user { id } } revisions { edges { cursor node { body replacedAt entities { kind } } } pageInfo { hasNextPage } } } } }`
const seen = async (by: Person, id: string): Promise<Loose> => (await by.ask(look, { id })).node
const issues = `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename ... on ValidationError { issues { path code } } } }`

describe('mentions', () => {
  test('and entities are shown to all, count for the mentioned, and go with the message', async () => {
    const [ann, bob, cat] = (await people('Ann', 'Bob', 'Cat')) as [Person, Person, Person]
    const chatId = await room(ann, { MEMBER: [bob, cat] })
    const entities = [
      { kind: 'MENTION', offset: 0, length: 4, userId: bob.id },
      { kind: 'LINK', offset: 5, length: 4, url: 'https://example.org' },
    ]
    const { node } = (await say(ann, chatId, '@Bob look', { entities, mentionedUserIds: [ann.id] })).edge
    expect(await seen(cat, node.id)).toMatchObject({
      mentions: [
        { id: ann.id, displayName: 'Ann' },
        { id: bob.id, displayName: 'Bob' },
      ],
      entities: [
        { kind: 'MENTION', offset: 0, length: 4, url: null, user: { id: bob.id } },
        { kind: 'LINK', offset: 5, length: 4, url: 'https://example.org', user: null },
      ],
    })
    const counts = 'query ($id: ID!) { chat(id: $id) { unreadCount unreadMentionCount } }'
    const count = async (who: Person) => Object.values((await who.ask(counts, { id: chatId })).chat)
    expect(await Promise.all([ann, bob, cat].map(count))).toEqual([
      [0, 0],
      [1, 1],
      [1, 0],
    ])
    const { node: other } = (await say(ann, chatId, 'all of you', { mentionedUserIds: [bob.id, cat.id] })).edge
    expect(await Promise.all([bob, cat].map(count))).toEqual([
      [2, 2],
      [2, 1],
    ])
    await edit(ann, other.id, 'all of you', { mentionedUserIds: [cat.id] })
    await markRead(cat, chatId, node.id)
    expect(await Promise.all([bob, cat].map(count))).toEqual([
      [2, 1],
      [1, 1],
    ])
    await kickPerson(ann, chatId, bob)
    expect((await seen(cat, node.id)).mentions).toMatchObject([{ id: ann.id }, { id: bob.id }])
    await erase(ann, node.id)
    await erase(ann, other.id)
    expect(await seen(cat, node.id)).toMatchObject({ body: null, mentions: [], entities: [] })
    expect(await count(cat)).toEqual([0, 0])
    await asDatabase(house.databaseUrl, async query => {
      expect(await query(`select body, entities, mentions from messages where deleted_at is not null`)).toEqual(
        Array(2).fill({ body: null, entities: null, mentions: null }),
      )
    })
  })

  test('of strangers, and entities that do not fit, say where it is wrong', async () => {
    const [ann, eve] = (await people('Ann', 'Eve')) as [Person, Person]
    const chatId = await room(ann)
    const refused = async (input: object) =>
      (await ann.ask(issues, { input: { chatId, content: { text: 'hello' }, ...input } })).sendMessage.issues
    expect(await refused({ mentionedUserIds: [ann.id, eve.id] })).toEqual([
      { path: ['mentionedUserIds', '1'], code: 'INVALID_INPUT' },
    ])
    expect(await refused({ entities: [{ kind: 'MENTION', offset: 0, length: 1, userId: eve.id }] })).toEqual([
      { path: ['entities', '0', 'userId'], code: 'INVALID_INPUT' },
    ])
    expect(await refused({ entities: [{ kind: 'BOLD', offset: 3, length: 3 }] })).toEqual([
      { path: ['entities', '0', 'length'], code: 'INVALID_INPUT' },
    ])
    expect(await refused({ mentionedUserIds: Array(51).fill(ann.id) })).toEqual([
      { path: ['mentionedUserIds'], code: 'LIMIT_EXCEEDED' },
    ])
  })
})

describe('revisions', () => {
  test('tell what was said before each edit, page by page, and are gone with the message', async () => {
    const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
    const chatId = await room(ann, { MEMBER: [bob] })
    const entities = [{ kind: 'BOLD', offset: 0, length: 3 }]
    const { node } = (await say(ann, chatId, 'one', { entities })).edge
    const { node: never } = (await say(ann, chatId, 'never edited')).edge
    for (const text of ['two', 'three', 'three', 'four']) await edit(ann, node.id, text)
    const { revisions, body } = await seen(bob, node.id)
    expect(body).toBe('four')
    expect(revisions.edges.map((e: Loose) => [e.node.body, e.node.entities])).toEqual([
      ['one', [{ kind: 'BOLD' }]],
      ['two', []],
      ['three', []],
    ])
    const times = revisions.edges.map((e: Loose) => e.node.replacedAt)
    expect(times).toEqual([...times].sort())
    expect((await seen(bob, never.id)).revisions.edges).toEqual([])

    const page = `query ($id: ID!, $after: String) { node(id: $id) { ... on Message {
      revisions(first: 1, after: $after) { edges { cursor node { body } } pageInfo { hasNextPage hasPreviousPage } } } } }`
    const told: Loose[] = []
    for (let after: string | null = null, next = true; next; ) {
      const { edges, pageInfo }: Loose = (await bob.ask(page, { id: node.id, after })).node.revisions
      told.push(edges[0].node.body)
      after = edges[0].cursor
      next = pageInfo.hasNextPage
    }
    expect(told).toEqual(['one', 'two', 'three'])
    await erase(ann, node.id)
    expect((await seen(bob, node.id)).revisions.edges).toEqual([])
  })

  test('of a whole page are read with two queries', async () => {
    const [ann] = (await people('Ann')) as [Person]
    const chatId = await room(ann)
    for (let i = 0; i < 12; i++) await edit(ann, (await say(ann, chatId, `m${i}`)).edge.node.id, `edited ${i}`)
    const all =
      'query ($id: ID!) { chat(id: $id) { messages(last: 12) { edges { node { revisions(first: 5) { edges { node { body } } } } } } } }'
    const asked = vi.spyOn(pg.Client.prototype, 'query')
    const { chat } = await ann.ask(all, { id: chatId })
    const texts = asked.mock.calls.map(([query]: Loose) => query.text ?? query)
    asked.mockRestore()
    expect(texts.filter((text: string) => /message_edits|from events join/.test(text)).length).toBe(2)
    expect(chat.messages.edges.map((e: Loose) => e.node.revisions.edges[0].node.body)).toEqual(
      Array.from({ length: 12 }, (_, i) => `m${i}`),
    )
  })

  test('are gone when what was said is erased', async () => {
    const [ann] = (await people('Ann')) as [Person]
    const { node } = (await say(ann, await room(ann), 'secret')).edge
    await edit(ann, node.id, 'open')
    await asDatabase(house.databaseUrl, query => query("update events set personal = null where type = 'MessageSent'"))
    expect((await seen(ann, node.id)).revisions.edges).toEqual([])
  })
})
