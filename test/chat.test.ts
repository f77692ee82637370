import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  add,
  archive,
  create,
  edit,
  erase,
  kickPerson,
  leave,
  markRead,
  promote,
  remove,
  restore,
  room,
  say,
  update,
} from './chatting.ts'
import { type Loose, type Person, participantId, register } from './client.ts'
import { asDatabase } from './database-of.ts'
import { type House, openHouse } from './house.ts'

// Every mutation of a chat over the API: what it answers with, and how it is refused.

let house: House
let ann: Person
let bob: Person
let cat: Person
let eve: Person
let chatId: string
beforeAll(async () => {
  house = await openHouse()
  const names = ['Ann', 'Bob', 'Cat', 'Eve']
  ;[ann, bob, cat, eve] = (await Promise.all(names.map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
    Person,
  ]
})
afterAll(() => house.close())
/** Ann owns it, Bob is a member, Cat reads, Eve is out. */
beforeEach(async () => {
  chatId = await room(ann, { MEMBER: [bob], READER: [cat] })
})

const notFound = (id: string) => ({ __typename: 'NotFoundError', code: 'NOT_FOUND', missingIds: [id] })
const forbidden = { __typename: 'ForbiddenError', code: 'FORBIDDEN' }
const conflict = { __typename: 'ConflictError', code: 'STATE_CONFLICT' }
const invalid = (...path: string[]) => ({ code: 'INVALID_INPUT', issues: [{ path }] })

describe('a group', () => {
  test('is opened with people, and shows in the lists of all', async () => {
    const { edge } = await create(ann, { kind: 'GROUP', title: ' Plans ', participantIds: [bob.id, bob.id, ann.id] })
    expect(edge.node).toMatchObject({
      kind: 'GROUP',
      title: 'Plans',
      version: 0,
      participantCount: 2,
      lastMessage: null,
    })
    const { viewer } = await bob.ask('{ viewer { chats { edges { node { id } } } } }')
    expect(viewer.chats.edges[0].node.id).toBe(edge.node.id)
  })
  test('needs a title and people who are there', async () => {
    expect(await create(ann, { kind: 'GROUP', participantIds: [] })).toMatchObject(invalid('title'))
    expect(await create(ann, { kind: 'GROUP', title: '\n', participantIds: [] })).toMatchObject(invalid('title'))
    const strange = Buffer.from('User:01890000-0000-7000-8000-000000000000').toString('base64url')
    for (const id of [strange, chatId, 'x'])
      expect(await create(ann, { kind: 'GROUP', title: 'A', participantIds: [id] })).toMatchObject(notFound(id))
  })
  test('is renamed by its version, and who is late is shown what it is now', async () => {
    const renamed = await update(ann, chatId, { title: 'Second', expectedVersion: 0 })
    const { version } = renamed.chat
    expect(renamed).toMatchObject({ chat: { title: 'Second' } })
    const stale = { code: 'VERSION_CONFLICT', currentVersion: version, current: { id: chatId, title: 'Second' } }
    expect(await update(ann, chatId, { title: 'Third', expectedVersion: 0 })).toMatchObject(stale)
    expect(await update(ann, chatId, { title: 'Second', expectedVersion: 0 })).toMatchObject({ chat: { version } })
    await say(bob, chatId, 'does not move it')
    expect(await update(ann, chatId, { title: 'Third', expectedVersion: version })).toMatchObject({
      chat: { title: 'Third' },
    })
    expect(await update(bob, chatId, { title: 'Mine' })).toMatchObject(forbidden)
    expect(await update(ann, chatId, { title: null })).toMatchObject(invalid('title'))
  })
  test('archived: read by all, written by nobody, until it is restored', async () => {
    const { edge } = await say(bob, chatId, 'before')
    expect(await archive(bob, chatId)).toMatchObject(forbidden)
    const { archivedAt } = (await archive(ann, chatId)).chat
    expect(archivedAt).toBeTruthy()
    expect((await archive(ann, chatId)).chat.archivedAt).toBe(archivedAt)
    expect(await say(bob, chatId, 'during')).toMatchObject(conflict)
    expect(await edit(bob, edge.node.id, 'edited')).toMatchObject(conflict)
    expect(await add(ann, chatId, [eve])).toMatchObject(conflict)
    expect(await update(ann, chatId, { title: 'New' })).toMatchObject(conflict)
    expect(await markRead(cat, chatId, edge.node.id)).toMatchObject({ chat: { unreadCount: 0 } })
    expect(await restore(bob, chatId)).toMatchObject(forbidden)
    expect((await restore(ann, chatId)).chat.archivedAt).toBeNull()
    expect((await restore(ann, chatId)).chat.archivedAt).toBeNull()
    expect((await say(bob, chatId, 'after')).edge).toBeTruthy()
  })
  test('deleted: gone for everybody, with what was said', async () => {
    const { edge } = await say(bob, chatId, 'hello')
    expect(await remove(bob, chatId)).toMatchObject(forbidden)
    expect(await remove(ann, chatId, { expectedVersion: 7 })).toMatchObject({
      code: 'VERSION_CONFLICT',
      currentVersion: 0,
    })
    const before = (await ann.ask('{ viewer { unreadCount } }')).viewer.unreadCount
    expect(await remove(ann, chatId)).toMatchObject({ removedChatId: chatId, viewer: { unreadCount: before - 1 } })
    const nodes = await bob.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: [chatId, edge.node.id],
    })
    expect(nodes).toMatchObject({ nodes: [null, null] })
    expect(await remove(ann, chatId)).toMatchObject(notFound(chatId))
    expect(await say(bob, chatId, 'hello?')).toMatchObject(notFound(chatId))
    expect(await edit(bob, edge.node.id, 'x')).toMatchObject(notFound(edge.node.id))
  })
})

describe('people', () => {
  test('are added, each once, and told of as edges in the order asked for', async () => {
    const added = await add(ann, chatId, [eve, bob, eve], { role: 'ADMIN' })
    expect(added.chat.participantCount).toBe(4)
    expect(added.edges.map((e: Loose) => [e.node.user.id, e.node.role])).toEqual([
      [eve.id, 'ADMIN'],
      [bob.id, 'MEMBER'],
    ])
    expect(await add(ann, chatId, [])).toMatchObject(invalid('userIds'))
    for (const by of [bob, cat]) expect(await add(by, chatId, [eve])).toMatchObject(forbidden)
  })
  test('change roles by version; who is late is shown the role', async () => {
    const id = await participantId(ann, chatId, bob)
    const { participant } = await promote(ann, id, 'ADMIN')
    expect(participant).toMatchObject({ id, role: 'ADMIN' })
    const current = { id, role: 'ADMIN' }
    expect(await promote(ann, id, 'READER', { expectedVersion: participant.version - 1 })).toMatchObject({
      ...{ code: 'VERSION_CONFLICT', currentVersion: participant.version, current },
    })
    expect(await promote(cat, id, 'READER')).toMatchObject(forbidden)
    expect(await promote(bob, await participantId(ann, chatId, ann), 'MEMBER')).toMatchObject(forbidden)
    expect(await promote(eve, id, 'READER')).toMatchObject(notFound(id))
  })
  test('a chat keeps an owner', async () => {
    const annsId = await participantId(ann, chatId, ann)
    expect(await leave(ann, chatId)).toMatchObject(conflict)
    expect(await promote(ann, annsId, 'MEMBER')).toMatchObject(conflict)
    await promote(ann, await participantId(ann, chatId, bob), 'OWNER')
    expect(await leave(ann, chatId)).toMatchObject({ removedChatId: chatId })
    expect(await leave(ann, chatId)).toMatchObject(notFound(chatId))
  })
  test('who is removed sees nothing of it any more, and may come back', async () => {
    const { edge } = await say(bob, chatId, 'hello')
    const bobsId = await participantId(ann, chatId, bob)
    expect(await kickPerson(ann, chatId, bob)).toMatchObject({
      removedParticipantId: bobsId,
      chat: { participantCount: 2 },
    })
    const look = `query ($chat: ID!, $ids: [ID!]!) { chat(id: $chat) { id } nodes(ids: $ids) { id } viewer { chats { edges { node { id } } } } }`
    const ids = [chatId, edge.node.id, bobsId]
    const seen = await bob.ask(look, { chat: chatId, ids })
    expect([seen.chat, seen.nodes]).toEqual([null, [null, null, null]])
    expect(seen.viewer.chats.edges.map((e: Loose) => e.node.id)).not.toContain(chatId)
    expect((await ann.ask(look, { chat: chatId, ids })).nodes[2]).toBeNull()
    expect(await say(bob, chatId, 'still here')).toMatchObject(notFound(chatId))
    expect(await edit(bob, edge.node.id, 'mine')).toMatchObject(notFound(edge.node.id))
    expect(await erase(bob, edge.node.id)).toMatchObject(notFound(edge.node.id))
    expect(await markRead(bob, chatId, edge.node.id)).toMatchObject(notFound(chatId))
    await add(ann, chatId, [bob])
    expect((await bob.ask(look, { chat: chatId, ids })).nodes.map((n: Loose) => n?.id)).toEqual(ids)
  })
})

describe('messages', () => {
  test('are echoed with their key, as edges, and answer others of the same chat', async () => {
    const idempotencyKey = crypto.randomUUID()
    const first = await say(bob, chatId, ' hi\n', { idempotencyKey })
    expect(first.edge.node).toMatchObject({ body: ' hi\n', idempotencyKey, replyTo: null, author: { id: bob.id } })
    const reply = await say(ann, chatId, 'hello', { replyToId: first.edge.node.id })
    expect(reply.edge.node.replyTo).toEqual({ id: first.edge.node.id, body: ' hi\n' })
    expect(reply.chat.lastMessage.id).toBe(reply.edge.node.id)
    const elsewhere = await room(ann)
    const replyToId = first.edge.node.id
    expect(await say(ann, elsewhere, 'no', { replyToId })).toMatchObject(notFound(replyToId))
    expect(await say(cat, chatId, 'no')).toMatchObject(forbidden)
    expect(await say(eve, chatId, 'no')).toMatchObject(notFound(chatId))
    for (const text of ['', ' \n', 'a\u0000b', 'x'.repeat(16_385)])
      expect(await say(ann, chatId, text)).toMatchObject(invalid('content', 'text'))
  })
  test('are edited by their author, by version; who is late is shown the text', async () => {
    const { node } = (await say(bob, chatId, 'one')).edge
    const edited = (await edit(bob, node.id, 'two', { expectedVersion: node.version })).editedMessage
    expect(edited).toMatchObject({ body: 'two', sequence: node.sequence, editedAt: expect.any(String) })
    expect(await edit(bob, node.id, 'three', { expectedVersion: node.version })).toMatchObject({
      ...{ code: 'VERSION_CONFLICT', currentVersion: edited.version, current: { id: node.id, body: 'two' } },
    })
    expect(await edit(bob, node.id, 'two', { expectedVersion: 0 })).toMatchObject({
      editedMessage: { version: edited.version },
    })
    for (const by of [ann, cat]) expect(await edit(by, node.id, 'mine')).toMatchObject(forbidden)
    expect(await edit(eve, node.id, 'mine')).toMatchObject(notFound(node.id))
    expect(await edit(bob, node.id, ' ')).toMatchObject(invalid('body'))
  })
  test('leave a tombstone, which stays one', async () => {
    const { node } = (await say(bob, chatId, 'a secret')).edge
    await say(ann, chatId, 'what?', { replyToId: node.id })
    expect(await erase(cat, node.id)).toMatchObject(forbidden)
    expect(await erase(eve, node.id)).toMatchObject(notFound(node.id))
    const { deletedMessage } = await erase(ann, node.id)
    expect(deletedMessage).toMatchObject({ id: node.id, body: null, deletedAt: expect.any(String) })
    expect((await erase(bob, node.id)).deletedMessage).toEqual(deletedMessage)
    expect(await edit(bob, node.id, 'again')).toMatchObject(conflict)
    const { chat } = await cat.ask(
      'query ($id: ID!) { chat(id: $id) { messages { edges { node { body replyTo { body } systemNote { kind } } } } } }',
      { id: chatId },
    )
    const nodes: Loose[] = chat.messages.edges.map((e: Loose) => e.node)
    expect(nodes.flatMap(({ systemNote, ...said }) => (systemNote ? [] : [said]))).toEqual([
      { body: null, replyTo: null },
      { body: 'what?', replyTo: { body: null } },
    ])
    const kept = "select from messages where body = 'a secret'"
    expect(await asDatabase(house.databaseUrl, query => query(kept))).toEqual([])
  })
  test('deleted while they are edited read as deleted, whichever came last', async () => {
    const sent = await Promise.all(Array.from({ length: 20 }, () => say(bob, chatId, 'one')))
    const ids: string[] = sent.map(s => s.edge.node.id)
    await Promise.all(ids.flatMap(id => [erase(ann, id), edit(bob, id, 'two')]))
    const { nodes } = await cat.ask('query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Message { body } } }', { ids })
    expect(nodes).toEqual(ids.map(() => ({ body: null })))
  })
})
