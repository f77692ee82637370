import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Chats, Company, Follow, Older, Room } from '../../docs/clients/operations.ts'
import { createOutbox } from '../../docs/clients/outbox.ts'
import { Edit, MarkRead, Send } from '../../docs/clients/writes.ts'
import { kickPerson } from '../chatting.ts'
import { eventually, type Loose, openGroup, type Person, register, send } from '../client.ts'
import { companyIdOf, join } from '../company-people.ts'
import { cuttable } from '../cuttable.ts'
import { type House, openHouse } from '../house.ts'
import { done } from '../live/acts.ts'
import { type Cached, kinds, openCached } from './cached.ts'
import { foreignPosition, holding, replaced } from './wire.ts'

const isWritten = (message: Loose) => message.contentKind !== 'SYSTEM'

// What real caches showed, each a trap that the files of docs/clients have to keep a client out of.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

describe.each(kinds)('%s', kind => {
  let client: Cached
  let chatId: string
  /** What is written to the console: caches complain there of what they could not keep. */
  let complaints: Loose[] = []
  beforeEach(async () => {
    complaints = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')]
    client = openCached(kind, house.url, ann)
    chatId = (await openGroup(ann, [bob])).id
  })
  afterEach(async () => {
    await client.close()
    const said = complaints.flatMap(spy => spy.mock.calls)
    vi.restoreAllMocks()
    expect(said).toEqual([])
  })

  const room = (variables: object = {}) => client.read(Room, { id: chatId, ...variables })?.chat
  const nodes = (variables: object = {}): Loose[] => room(variables)?.messages.edges.map((e: Loose) => e.node) ?? []
  const bodies = (variables: object = {}): string[] =>
    nodes(variables)
      .filter(isWritten)
      .map(m => m.body)
  const shows = (...texts: (string | null)[]) =>
    eventually(() => JSON.stringify(bodies()) === JSON.stringify(texts), 10_000, texts.join()).catch(() =>
      expect(bodies()).toEqual(texts),
    )
  const open = async (more: object = {}) => {
    const kept = client.keepChat(chatId, more)
    await eventually(() => room(more))
    return kept
  }
  const inbox = async () => {
    const kept = client.keepInbox()
    await eventually(() => client.read(Chats))
    return kept
  }
  const mine = () => client.read(Chats).viewer.chats.edges.find((e: Loose) => e.node.id === chatId)?.node
  const sending = (text: string) => ({ chatId, content: { text }, idempotencyKey: crypto.randomUUID() })

  test('edits, tombstones, unread, last message and totals update with no client code', async () => {
    const first = await send(bob, chatId, 'one')
    const second = await send(bob, chatId, 'two')
    const { chat } = await client.fetch(Room, { id: chatId })
    await inbox()
    const before = client.read(Chats).viewer.unreadCount
    const stop = client.subscribe(Follow, { id: chatId, after: chat.position })
    await done(bob, 'editMessage', { messageId: first.id, body: 'one, edited' })
    await done(bob, 'deleteMessage', { messageId: second.id })
    await shows('one, edited', null)
    const third = await send(bob, chatId, 'three')
    await eventually(() => mine().lastMessage.id === third.id && mine().unreadCount === 2)
    expect(client.read(Chats).viewer.unreadCount).toBe(before)
    stop()
  })

  test('an addition is appended once: the answer of a send and its event are one', async () => {
    await open()
    for (const text of ['one', 'two', 'three']) await client.mutate(Send, sending(text))
    const last = await send(bob, chatId, 'four')
    await eventually(() => bodies().includes(last.body))
    await shows('one', 'two', 'three', 'four')
  })

  test('messages stand by sequence, whichever came first', async () => {
    const { chat } = await client.fetch(Room, { id: chatId })
    await send(bob, chatId, 'one')
    await client.mutate(Send, sending('two'))
    expect(bodies()).toEqual(['two'])
    const stop = client.follow(Follow, { id: chatId, after: chat.position })
    await shows('one', 'two')
    stop()
  })

  test('a removal is evicted', async () => {
    await open()
    await inbox()
    expect(room().participants.edges).toHaveLength(2)
    await kickPerson(ann, chatId, bob)
    await eventually(() => room().participants.edges.length === 1)
    expect(room().participantCount).toBe(1)
    await done(ann, 'deleteChat', { chatId })
    await eventually(() => !mine())
    expect(room()).toBeFalsy()
  })

  test('who was out of a chat and of a company while away has all of them again', async () => {
    const [company, other] = [await companyIdOf(bob), await openGroup(bob, [ann])]
    const member = await join(bob, company, ann)
    const line = await cuttable(house.url)
    const away = openCached(kind, line.url.replace(/\/$/, ''), ann)
    away.keepInbox()
    away.keepChat(other.id)
    away.keepCompany(company)
    const said = () => away.read(Room, { id: other.id })?.chat?.messages.edges.map((e: Loose) => e.node.body)
    const staff = () => away.read(Company, { id: company })?.company
    await eventually(() => away.read(Chats) && said() && staff())
    line.cut()
    await kickPerson(bob, other.id, ann)
    await done(bob, 'addParticipants', { chatId: other.id, userIds: [ann.id] })
    await done(bob, 'removeCompanyMember', { memberId: member })
    await join(bob, company, ann)
    await done(bob, 'updateCompany', { companyId: company, name: 'Cargo' })
    await send(bob, other.id, 'back')
    line.mend()
    const there = () => said()?.includes('back') && staff()?.name === 'Cargo' && staff().members.edges.length === 2
    await eventually(there, 10_000, 'all of them')
    await away.close()
    await line.close()
  })

  test('an edge is inserted only where the window of a list has no next page', async () => {
    const first = await send(bob, chatId, 'm0')
    for (let i = 1; i < 4; i++) await send(bob, chatId, `m${i}`)
    const window = `query Window($id: ID!, $after: String) { chat(id: $id) { __typename id messages(first: 3, after: $after) {
      edges { __typename cursor node { __typename id version sequence body } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`
    const { chat } = await client.fetch(window, { id: chatId })
    const seen = () => client.read(window, { id: chatId }).chat.messages.edges.map((e: Loose) => e.node.body)
    const place = await client.fetch('query Place($id: ID!) { chat(id: $id) { __typename id position } }', {
      id: chatId,
    })
    await client.fetch(window, { id: chatId })
    const stop = client.follow(Follow, { id: chatId, after: place.chat.position })
    expect(chat.messages.pageInfo.hasNextPage).toBe(true)
    await send(bob, chatId, 'm4')
    await done(bob, 'editMessage', { messageId: first.id, body: 'm0, edited' })
    await eventually(() => seen()[1] === 'm0, edited') // it comes after m4
    expect(seen()).toEqual([null, 'm0, edited', 'm1']) // the first is a note
    await client.fetch(window, { id: chatId, after: chat.messages.pageInfo.endCursor })
    expect(seen()).toEqual([null, 'm0, edited', 'm1', 'm2', 'm3', 'm4'])
    stop()
  })

  test('a slow answer does not overwrite a newer event', async () => {
    await open()
    const { edge } = await client.mutate(Send, sending('v1'))
    const held = holding('editMessage')
    const slow = client.mutate(Edit, { messageId: edge.node.id, body: 'v2' })
    await held.there
    await done(ann, 'editMessage', { messageId: edge.node.id, body: 'v3' })
    await shows('v3')
    held.release()
    await slow
    expect(bodies()).toEqual(['v3'])
  })

  test('counts are written from the inbox only', async () => {
    const { id } = await send(bob, chatId, 'one')
    await inbox()
    await eventually(() => mine().unreadCount === 1)
    const counting = MarkRead.replace(
      'commit',
      'commit chat { __typename id unreadCount } viewer { __typename id unreadCount }',
    )
    const held = holding('markMessagesAsRead')
    const slow = client.mutate(counting, { chatId, upToMessageId: id })
    await held.there
    await eventually(() => mine().unreadCount === 0)
    await send(bob, chatId, 'two')
    await eventually(() => mine().unreadCount === 1)
    held.release()
    await slow
    expect(mine().unreadCount).toBe(1)
  })

  test('pending sends live in an outbox outside the connection, and are said once', async () => {
    const line = await cuttable(house.url)
    const away = openCached(kind, line.url.replace(/\/$/, ''), ann)
    const kept = away.keepChat(chatId)
    const messages = () =>
      away
        .read(Room, { id: chatId })
        ?.chat.messages.edges.map((e: Loose) => e.node)
        .filter(isWritten) ?? []
    await eventually(() => away.read(Room, { id: chatId }))
    let answers = 0
    const outbox = createOutbox({
      waitMs: () => 5,
      async deliver({ text, ...draft }) {
        const answer = await away.mutate(Send, { ...draft, content: { text } })
        if (++answers === 1) throw new Error('this answer is lost')
        return answer.code ?? null
      },
    })
    line.cut()
    for (const text of ['one', 'two']) outbox.send(chatId, text)
    kept.refetch() // whatever becomes of the list, they are there
    expect(outbox.pending(chatId, messages()).map(draft => draft.text)).toEqual(['one', 'two'])
    line.mend()
    await eventually(() => messages().length === 2 && !outbox.pending(chatId, []).length)
    expect(messages().map((message: Loose) => message.body)).toEqual(['one', 'two'])
    const long = outbox.send(chatId, 'x'.repeat(20_000))
    await eventually(() => outbox.pending(chatId, [])[0]?.refused === 'INVALID_INPUT')
    outbox.discard(long)
    await away.close()
    await line.close()
  })

  test('a StreamReset begins the list anew, without a hole in it', async () => {
    for (let i = 0; i < 8; i++) await send(bob, chatId, `m${i}`)
    const kept = await open({ last: 3 })
    await client.fetch(Older, { id: chatId, last: 3, before: room({ last: 3 }).messages.pageInfo.startCursor })
    expect(bodies({ last: 3 })).toEqual(['m2', 'm3', 'm4', 'm5', 'm6', 'm7'])
    kept.stop()
    for (let i = 8; i < 14; i++) await send(bob, chatId, `m${i}`)
    const positions = replaced('"position":"', foreignPosition('chat', chatId))
    client.keepChat(chatId, { last: 3 })
    await eventually(() => positions.asked() >= 2, 10_000, 'another query')
    await send(bob, chatId, 'm14')
    await eventually(() => bodies({ last: 3 }).includes('m14'))
    expect(bodies({ last: 3 })).toEqual(['m11', 'm12', 'm13', 'm14'])
  })

  test('a list around a place is a list of its own, whose pages name the place', async () => {
    const sent: { id: string }[] = []
    for (let i = 0; i < 9; i++) sent.push(await send(bob, chatId, `m${i}`))
    const fields = `edges { __typename cursor node { __typename id version sequence body } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`
    const around = { id: chatId, around: { messageId: sent[4]?.id } }
    const jump = `query Jump($id: ID!, $around: MessageAnchor!) { chat(id: $id) { __typename id messages(first: 3, around: $around) { ${fields} } } }`
    const later = `query Later($id: ID!, $around: MessageAnchor!, $after: String!) { chat(id: $id) { __typename id
      messages(first: 2, around: $around, after: $after) { ${fields} } } }`
    const earlier = `query Earlier($id: ID!, $around: MessageAnchor!, $before: String!) { chat(id: $id) { __typename id
      messages(last: 2, around: $around, before: $before) { ${fields} } } }`
    await open()
    const { pageInfo } = (await client.fetch(jump, around)).chat.messages
    const seen = () => client.read(jump, around).chat.messages.edges.map((e: Loose) => e.node.body)
    await send(bob, chatId, 'm9')
    await shows('m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8', 'm9')
    expect(seen()).toEqual(['m3', 'm4', 'm5'])
    await client.fetch(later, { ...around, after: pageInfo.endCursor })
    await client.fetch(earlier, { ...around, before: pageInfo.startCursor })
    expect(seen()).toEqual(['m1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7'])
  })

  test('value objects are merged, not replaced', async () => {
    const part = (field: string) => `query Part($id: ID!) { chat(id: $id) { __typename id permissions { ${field} } } }`
    await client.fetch(part('canSend'), { id: chatId })
    await client.fetch(part('canEdit'), { id: chatId })
    for (const field of ['canSend', 'canEdit']) {
      expect(client.read(part(field), { id: chatId }).chat.permissions).toMatchObject({ [field]: true })
    }
  })

  test('lists that are parts of a node are replaced, not merged', async () => {
    await open()
    const text = 'Ann and Bob'
    const input = { chatId, content: { text }, mentionedUserIds: [ann.id, bob.id] }
    const { edge } = await done(bob, 'sendMessage', input, 'edge { node { id } }')
    await shows(text)
    await done(bob, 'editMessage', { messageId: edge.node.id, body: 'Bob', mentionedUserIds: [bob.id] })
    await shows('Bob')
    expect(nodes().find(isWritten)?.mentions).toMatchObject([{ id: bob.id }])
  })

  test('fields behind an interface are kept', async () => {
    const query = `query Thing($id: ID!) { node(id: $id) { __typename ... on Node { id } ... on Chat { title } } }`
    await client.fetch(query, { id: chatId })
    expect(client.read(query, { id: chatId })).toEqual({ node: { __typename: 'Chat', id: chatId, title: 'Room' } })
  })

  test('a token that has run out is renewed, once for all, and the request asked again', async () => {
    const { accessToken, refreshToken } = await register(house.url, 'Cid')
    const tired = openCached(kind, house.url, { accessToken: `${accessToken}x`, refreshToken })
    tired.keepInbox()
    const answers = await Promise.all([tired.fetch(Chats), tired.fetch('query Me { viewer { __typename id email } }')])
    expect(answers.map(({ viewer }) => viewer.__typename)).toEqual(['Viewer', 'Viewer'])
    await eventually(() => tired.read(Chats))
    await tired.close()
  })
})
