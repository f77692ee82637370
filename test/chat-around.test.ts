import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { does, erase, kickPerson, markRead, room, say } from './chatting.ts'
import { eventually, type Loose, type Person, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openHouse } from './house.ts'
import { follow } from './live/subscribing.ts'

// Jumps into a chat, who has read what, who is left alone by a chat, and who is found in it.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const people = (...names: string[]) => Promise.all(names.map(name => register(house.url, name)))

const list = `query ($id: ID!, $first: Int, $last: Int, $after: String, $before: String, $around: MessageAnchor) { chat(id: $id) {
  messages(first: $first, last: $last, after: $after, before: $before, around: $around) {
    edges { cursor node { id body systemNote { kind } } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`

describe('around', () => {
  let ann: Person
  let bob: Person
  let chatId: string
  const ids: string[] = []
  beforeAll(async () => {
    const all = (await people('Ann', 'Bob')) as [Person, Person]
    ;[ann, bob] = all
    chatId = await room(ann, { MEMBER: [bob] })
    for (let i = 0; i < 10; i++) ids.push((await say(ann, chatId, `${i}`)).edge.node.id)
  })
  const page = async (args: object, by = bob): Promise<Loose> =>
    (await by.ask(list, { id: chatId, ...args })).chat.messages
  /** Bodies, with a dot for a note, of which there are two at the beginning, and an arrow where there is more. */
  const shown = async (args: object, by = bob): Promise<string> => {
    const { edges, pageInfo } = await page(args, by)
    const bodies = edges.map((e: Loose) => (e.node.systemNote ? '·' : e.node.body)).join('')
    return `${pageInfo.hasPreviousPage ? '<' : ''}${bodies}${pageInfo.hasNextPage ? '>' : ''}`
  }

  test.each([
    ['in the middle', 5, 5, '<34567>'],
    ['an even number', 5, 4, '<3456>'],
    ['one', 5, 1, '<5>'],
    ['none', 5, 0, '<>'],
    ['near the beginning', 0, 5, '··012>'],
    ['at the beginning', 0, 6, '··0123>'],
    ['near the end', 9, 5, '<56789'],
    ['more than there are', 5, 50, '··0123456789'],
    ['as many as there are', 2, 12, '··0123456789'],
  ])('a message: %s', async (_name, at, first, expected) => {
    expect(await shown({ first, around: { messageId: ids[at] } })).toBe(expected)
  })
  test('places and moments', async () => {
    expect(await shown({ first: 3, around: { place: 'OLDEST' } })).toBe('··0>')
    expect(await shown({ first: 3, around: { place: 'FIRST_UNREAD' } })).toBe('<·01>')
    await markRead(bob, chatId, ids[5] ?? '')
    expect(await shown({ first: 3, around: { place: 'FIRST_UNREAD' } })).toBe('<567>')
    expect(await shown({ first: 3, around: { place: 'FIRST_UNREAD' } }, ann)).toBe('<789')
    expect(await shown({ first: 3, around: { sentAt: '2000-01-01T00:00:00Z' } })).toBe('··0>')
    expect(await shown({ first: 3, around: { sentAt: '2100-01-01T00:00:00Z' } })).toBe('<789')
    const { node } = await bob.ask('query ($id: ID!) { node(id: $id) { ... on Message { createdAt } } }', {
      id: ids[4],
    })
    expect(await shown({ first: 3, around: { sentAt: node.createdAt } })).toMatch(/4/)
  })
  test('its cursors are those of the list, and beside them it changes nothing', async () => {
    const around = { messageId: ids[5] }
    const { startCursor, endCursor } = (await page({ first: 3, around })).pageInfo
    expect(await shown({ first: 2, after: endCursor, around })).toBe('<78>')
    expect(await shown({ last: 2, before: startCursor, around })).toBe('<23>')
  })
  test('a tombstone is jumped to as well', async () => {
    await erase(ann, ids[3] ?? '')
    const { edges } = await page({ first: 1, around: { messageId: ids[3] } })
    expect(edges.map((e: Loose) => e.node)).toEqual([{ id: ids[3], body: null, systemNote: null }])
  })
  test('what is no message of the chat, and `last`, are refused', async () => {
    const other = (await say(ann, await room(ann), 'elsewhere')).edge.node.id
    for (const messageId of [other, chatId, 'x'])
      expect(await ann.try(list, { id: chatId, around: { messageId } })).toMatchObject({
        errors: [{ extensions: { code: 'NOT_FOUND' } }],
      })
    expect(await ann.try(list, { id: chatId, last: 3, around: { place: 'OLDEST' } })).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
    })
    expect(await ann.try(list, { id: chatId, first: 101, around: { place: 'OLDEST' } })).toMatchObject({
      errors: [{ extensions: { code: 'INVALID_INPUT' } }],
    })
  })
})

test('who has read a message: those in the chat now, without its author, in pages, for all messages at once', async () => {
  const all = (await people('Ann', 'Bob', 'Cat', 'Dan')) as [Person, Person, Person, Person]
  const [ann, bob, cat, dan] = all
  const chatId = await room(ann, { MEMBER: [bob, cat, dan] })
  const one = (await say(ann, chatId, 'one')).edge.node.id
  const two = (await say(bob, chatId, 'two')).edge.node.id
  await markRead(ann, chatId, two)
  await markRead(bob, chatId, one)
  await markRead(cat, chatId, two)
  await markRead(dan, chatId, one)
  await kickPerson(ann, chatId, dan)
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const look = `query ($id: ID!, $first: Int, $after: String) { chat(id: $id) { messages(last: 3) { edges { node {
    readBy(first: $first, after: $after) { edges { cursor node { user { id } } } pageInfo { hasNextPage } } } } } } }`
  const { chat } = await ann.ask(look, { id: chatId })
  const texts = asked.mock.calls.map(([query]: Loose) => query.text ?? query)
  asked.mockRestore()
  expect(texts.filter((text: string) => text.includes('lateral (select p.*')).length).toBe(1)
  const readers = chat.messages.edges.map((e: Loose) => e.node.readBy.edges.map((r: Loose) => r.node.user.id))
  expect(readers).toEqual([
    [bob.id, cat.id],
    [ann.id, cat.id],
    [], // a note: that Dan is gone
  ])
  const first = (await ann.ask(look, { id: chatId, first: 1 })).chat.messages.edges[0].node.readBy
  expect(first.pageInfo.hasNextPage).toBe(true)
  const next = `query ($id: ID!, $after: String) { node(id: $id) { ... on Message { readBy(first: 1, after: $after) { edges { node { user { id } } } pageInfo { hasNextPage } } } } }`
  const { node } = await ann.ask(next, { id: one, after: first.edges[0].cursor })
  expect(node.readBy).toEqual({ edges: [{ node: { user: { id: cat.id } } }], pageInfo: { hasNextPage: false } })
})

describe('muting', () => {
  const fields = 'chat { id muted mutedUntil unreadCount } viewer { unreadCount unreadChatCount }'
  const mute = (by: Person, chatId: string, until: string | null = null) =>
    does(by, 'muteChat', { chatId, until }, fields, '... on Error { code message }')
  const unmute = (by: Person, chatId: string) =>
    does(by, 'unmuteChat', { chatId }, fields, '... on Error { code message }')

  test('leaves the chat’s own count as it is, takes it out of the totals, and is told to other devices alone', async () => {
    const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
    const chatId = await room(ann, { READER: [bob] })
    await say(ann, await room(ann, { MEMBER: [bob] }), 'in another')
    await say(ann, chatId, 'psst')
    const inbox = (of: Person) =>
      follow(of, `subscription { inbox { position event { __typename ... on UnreadCountChanged { ${fields} } } } }`, {})
    const [bobs, anns] = [inbox(bob), inbox(ann)]
    await eventually(() => bobs.frames.length && anns.frames.length)
    const until = '2100-01-01T00:00:00.000Z'
    expect(await mute(bob, chatId, until)).toMatchObject({
      chat: { muted: true, mutedUntil: until, unreadCount: 1 },
      viewer: { unreadCount: 1, unreadChatCount: 1 },
    })
    await eventually(() => bobs.events().some(e => e.chat?.muted && e.viewer.unreadChatCount === 1))
    const seen = (await ann.ask('query ($id: ID!) { chat(id: $id) { muted } }', { id: chatId })).chat
    expect(seen.muted).toBe(false)
    expect(await mute(bob, chatId)).toMatchObject({ chat: { muted: true, mutedUntil: null } })
    expect(await unmute(bob, chatId)).toMatchObject({
      chat: { muted: false, mutedUntil: null, unreadCount: 1 },
      viewer: { unreadCount: 2, unreadChatCount: 2 },
    })
    expect(anns.events()).toEqual([])
    for (const subscriber of [bobs, anns]) subscriber.stop()
  })

  test('ends by itself', async () => {
    const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
    const chatId = await room(ann, { MEMBER: [bob] })
    await say(ann, chatId, 'psst')
    await mute(bob, chatId, '2100-01-01T00:00:00.000Z')
    await asDatabase(house.databaseUrl, query =>
      query("update chat_mutes set until = now() - interval '1 s' where muted"),
    )
    const look = 'query ($id: ID!) { chat(id: $id) { muted mutedUntil } viewer { unreadCount } }'
    expect(await bob.ask(look, { id: chatId })).toEqual({
      chat: { muted: false, mutedUntil: null },
      viewer: { unreadCount: 1 },
    })
  })
})

test('people of a chat are found by the beginning of their name, among its own alone', async () => {
  const [ann, bob, bea] = (await people('Ann', 'Bob Brown', 'Bea')) as [Person, Person, Person]
  await people('Bobby')
  const chatId = await room(ann, { MEMBER: [bob], READER: [bea] })
  const find = async (filter: object) => {
    const look =
      'query ($id: ID!, $filter: ParticipantFilter) { chat(id: $id) { participants(filter: $filter) { edges { node { user { id } } } } } }'
    return (await ann.ask(look, { id: chatId, filter })).chat.participants.edges.map((e: Loose) => e.node.user.id)
  }
  expect(await find({ query: 'bOB' })).toEqual([bob.id])
  expect(await find({ query: 'b' })).toEqual([bob.id, bea.id])
  expect(await find({ query: 'b', role: ['READER'] })).toEqual([bea.id])
  expect(await find({ query: '%' })).toEqual([])
})
