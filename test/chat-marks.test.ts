import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { does, erase, room, say } from './chatting.ts'
import { eventually, type Loose, type Person, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openHouse } from './house.ts'
import { follow } from './live/subscribing.ts'

// Reactions and pins, through the real server.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const people = (...names: string[]) => Promise.all(names.map(name => register(house.url, name)))

const counts = 'id reactions { emoji count } viewerReactions'
const react = (by: Person, messageId: string, emoji: string) =>
  does(by, 'addReaction', { messageId, emoji }, `reactedMessage { ${counts} }`)
const takeBack = (by: Person, messageId: string, emoji: string) =>
  does(by, 'removeReaction', { messageId, emoji }, `reactedMessage { ${counts} }`)
const pin = (by: Person, messageId: string) =>
  does(by, 'pinMessage', { messageId }, 'edge { cursor node { id pinnedAt } } chat { id }')
const unpin = (by: Person, messageId: string) =>
  does(by, 'unpinMessage', { messageId }, 'unpinnedMessage { id pinnedAt } chat { id }')
const ofMessage = async (by: Person, id: string, fields: string): Promise<Loose> =>
  (await by.ask(`query ($id: ID!) { node(id: $id) { ... on Message { ${fields} } } }`, { id })).node

const changes = `subscription ($id: ID!) { chatEvents(chatId: $id) { position event { __typename
  ... on ReactionsChanged { emoji added message { reactions { emoji count } } }
  ... on MessageSent { edge { node { replyTo { id } } } }
  ... on MessagePinned { chat { id } edge { node { id pinnedAt } } }
  ... on MessageUnpinned { chat { id } message { id pinnedAt } }
  ... on MessageDeleted { message { id pinnedAt reactions { emoji } } } } } }`

describe('reactions', () => {
  test('are counted by emoji, told live, and go with the message', async () => {
    const [ann, bob, cat] = (await people('Ann', 'Bob', 'Cat')) as [Person, Person, Person]
    const chatId = await room(ann, { MEMBER: [bob], READER: [cat] })
    const { id, version } = (await say(ann, chatId, 'good news')).edge.node
    const subscriber = follow(cat, changes, { id: chatId })
    await eventually(() => subscriber.frames.length > 0)

    await react(bob, id, '🎉')
    await react(ann, id, '👍')
    expect((await react(bob, id, '👍')).reactedMessage).toEqual({
      id,
      reactions: [
        { emoji: '🎉', count: 1 },
        { emoji: '👍', count: 2 },
      ],
      viewerReactions: ['🎉', '👍'],
    })
    expect((await react(bob, id, '👍')).commit).toBeTruthy() // again: nothing happens
    expect(await react(cat, id, '👍')).toMatchObject({ code: 'FORBIDDEN' })
    expect((await takeBack(bob, id, '🎉')).reactedMessage.reactions).toEqual([{ emoji: '👍', count: 2 }])
    expect(
      await ofMessage(
        cat,
        id,
        `version viewerReactions reactors(emoji: "👍") { edges { node { ... on User { id } } } }`,
      ),
    ).toEqual({
      version, // is the message's own
      viewerReactions: [],
      reactors: { edges: [{ node: { id: ann.id } }, { node: { id: bob.id } }] },
    })
    await erase(ann, id)
    expect(await ofMessage(bob, id, `${counts} reactors(emoji: "👍") { edges { cursor } }`)).toEqual({
      ...{ id, reactions: [], viewerReactions: [] },
      reactors: { edges: [] },
    })
    await eventually(() => subscriber.events().some(e => e.__typename === 'MessageDeleted'))
    expect(subscriber.events().map(e => [e.__typename, e.emoji, e.added])).toEqual([
      ['ReactionsChanged', '🎉', true],
      ['ReactionsChanged', '👍', true],
      ['ReactionsChanged', '👍', true],
      ['ReactionsChanged', '🎉', false],
      ['MessageDeleted', undefined, undefined],
    ])
    subscriber.stop()
  })

  test('1,000 at once: 20 of one person, and the same one is one event', async () => {
    const [ann] = (await people('Ann')) as [Person]
    const { id } = (await say(ann, await room(ann), 'look')).edge.node
    const faces = Array.from({ length: 40 }, (_, i) => String.fromCodePoint(0x1f600 + i))
    const told = await Promise.all(Array.from({ length: 200 }, (_, i) => react(ann, id, faces[i % 40] ?? '')))
    expect(new Set(told.map(t => t.code))).toEqual(new Set([undefined, 'LIMIT_EXCEEDED']))
    const { reactions } = await ofMessage(ann, id, counts)
    expect(reactions.map((r: Loose) => r.count)).toEqual(Array(20).fill(1))
    await asDatabase(house.databaseUrl, async query => {
      const [row] = await query<{ n: number }>(
        "select count(*)::int n from events where type = 'ReactionAdded' and data::jsonb->>'messageId' = $1",
        [Buffer.from(id, 'base64url').toString().split(':')[1]],
      )
      expect(row?.n).toBe(20)
    })
  })

  test('who reacted comes in pages', async () => {
    const all = await people('Ann', 'Bob', 'Cat', 'Dan')
    const [ann] = all as [Person]
    const { id } = (await say(ann, await room(ann, { MEMBER: all.slice(1) }), 'look')).edge.node
    for (const person of all) await react(person, id, '👍')
    const page = `query ($id: ID!, $after: String) { node(id: $id) { ... on Message {
      reactors(emoji: "👍", first: 3, after: $after) { edges { cursor node { ... on User { id } } } pageInfo { hasNextPage } } } } }`
    const first = (await ann.ask(page, { id })).node.reactors
    const second = (await ann.ask(page, { id, after: first.edges.at(-1).cursor })).node.reactors
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false])
    expect([...first.edges, ...second.edges].map((e: Loose) => e.node.id)).toEqual(all.map(p => p.id))
    expect(await ann.try(page.replace('👍', 'wow'), { id })).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
    })
  })
})

describe('pins', () => {
  const list =
    'query ($id: ID!, $after: String) { chat(id: $id) { pinnedMessages(first: 2, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage } } } }'
  const pinned = async (by: Person, id: string, after: string | null = null): Promise<Loose> =>
    (await by.ask(list, { id, after })).chat.pinnedMessages
  const idsOf = (page: Loose) => page.edges.map((e: Loose) => e.node.id)

  test('the last one first, told live, taken off by hand or by deletion', async () => {
    const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
    const chatId = await room(ann, { MEMBER: [bob] })
    const ids: string[] = []
    for (const text of ['one', 'two', 'three']) ids.push((await say(bob, chatId, text)).edge.node.id)
    const [one = '', two = '', three = ''] = ids
    const subscriber = follow(bob, changes, { id: chatId })
    await eventually(() => subscriber.frames.length > 0)
    expect(await pin(bob, one)).toMatchObject({ code: 'FORBIDDEN' })
    for (const id of [two, one, three])
      expect((await pin(ann, id)).edge.node).toMatchObject({ id, pinnedAt: expect.any(String) })
    await pin(ann, one) // again: nothing happens
    const page = await pinned(bob, chatId)
    expect([idsOf(page), page.pageInfo.hasNextPage]).toEqual([[three, one], true])
    expect(idsOf(await pinned(bob, chatId, page.edges[1].cursor))).toEqual([two])
    expect((await unpin(ann, three)).unpinnedMessage.pinnedAt).toBeNull()
    await erase(bob, one)
    expect(idsOf(await pinned(bob, chatId))).toEqual([two])
    await eventually(() => subscriber.events().some(e => e.__typename === 'MessageDeleted'))
    expect(subscriber.events().map(e => [e.__typename, (e.message ?? e.edge.node.replyTo ?? e.edge.node).id])).toEqual([
      ['MessageSent', two], // a note, before what it is about
      ['MessagePinned', two],
      ['MessageSent', one],
      ['MessagePinned', one],
      ['MessageSent', three],
      ['MessagePinned', three],
      ['MessageUnpinned', three],
      ['MessageUnpinned', one],
      ['MessageDeleted', one],
    ])
    subscriber.stop()
  })
})

test('marks of a page of messages are read at once, not one by one', async () => {
  const [ann] = (await people('Ann')) as [Person]
  const chatId = await room(ann)
  for (let i = 0; i < 8; i++) await react(ann, (await say(ann, chatId, `m${i}`)).edge.node.id, '👍')
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const { chat } = await ann.ask(
    `query ($id: ID!) { chat(id: $id) { pinnedMessages { edges { node { id } } } messages(last: 8) { edges { node { ${counts} reactors(emoji: "👍") { edges { node { __typename } } } } } } } }`,
    { id: chatId },
  )
  const texts = asked.mock.calls.map(([query]: Loose) => query.text ?? query)
  asked.mockRestore()
  expect(chat.messages.edges.map((e: Loose) => e.node.reactions[0].count)).toEqual(Array(8).fill(1))
  expect(texts.filter((text: string) => text.includes('"reactions"')).length).toBe(3)
})
