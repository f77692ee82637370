import { hkdfSync } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTokens, signPosition } from '../../src/graph/tokens.ts'
import { eventually, openGroup, type Person, participantId, register, send } from '../client.ts'
import { type House, openHouse, testSecret } from '../house.ts'
import { done } from './acts.ts'
import { openRaw } from './raw.ts'
import { chatEvents, follow, heard, innerId, over, type Transport } from './subscribing.ts'

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

const transports: Transport[] = ['socket', 'sse']
const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event {
  __typename ... on StreamReset { reason } } } }`

/** A position that this server signed in another life: its database was restored since. */
function ofAnotherEpoch(feed: string): string {
  const key = Buffer.from(hkdfSync('sha256', testSecret, '', 'tokens', 32)).toString('base64')
  return signPosition(createTokens(key, 'another epoch'), { feed, at: 1n, mark: 1n })
}

test('a position of another epoch: StreamReset, and the feed is over', async () => {
  const chat = await openGroup(ann, [bob])
  const raw = await openRaw(house.url, bob)
  raw.subscribe('chat', chatEvents, { id: chat.id, after: ofAnotherEpoch(`chat:${innerId(chat.id)}`) })
  raw.subscribe('inbox', inbox, { after: ofAnotherEpoch(`user:${innerId(bob.id)}`) })
  await eventually(() => raw.messages.filter(m => m.type === 'complete').length === 2)
  for (const id of ['chat', 'inbox']) {
    expect(raw.frames(id).map(f => f.event)).toEqual([{ __typename: 'StreamReset', reason: 'POSITION_UNKNOWN' }])
  }
  raw.socket.terminate()
})

test('garbage, a changed position and one of another feed: a clear error, nothing else', async () => {
  const chat = await openGroup(ann, [bob])
  const other = await openGroup(ann, [bob])
  const { viewer } = await bob.ask('{ viewer { inboxPosition } }')
  const changed = chat.position.replace(/^./, c => (c === 'A' ? 'B' : 'A'))
  const { data } = { data: await ann.ask('{ viewer { inboxPosition } }') }
  const wrong: [string, object][] = [
    ...[
      '',
      'garbage',
      'a.b',
      'a.b.c',
      'é',
      chat.position.slice(0, -1),
      changed,
      other.position,
      viewer.inboxPosition,
    ].map((after): [string, object] => [chatEvents, { id: chat.id, after }]),
    ...['garbage', chat.position, data.viewer.inboxPosition].map((after): [string, object] => [inbox, { after }]),
  ]
  for (const transport of transports)
    for (const [query, variables] of wrong) {
      const subscriber = follow(bob, query, variables, { transport })
      const end = await over(subscriber)
      expect(end).toMatchObject({ why: 'refused', errors: [{ extensions: { code: 'INVALID_INPUT' } }] })
      expect(JSON.stringify(end)).toMatch(/position is not of/)
      expect(subscriber.frames).toEqual([])
      subscriber.stop()
    }
})

test('a chat that is not there, not yours, or no chat: all the same', async () => {
  const stranger = await register(house.url, 'Eve')
  const chat = await openGroup(ann, [bob])
  const answers = new Set<string>()
  for (const id of [chat.id, bob.id, 'garbage', `${chat.id.slice(0, -4)}AAAA`]) {
    const end = await over(follow(stranger, chatEvents, { id }))
    if (end?.why === 'refused') answers.add(JSON.stringify(end.errors.map(e => [e.message, e.extensions])))
  }
  expect([...answers]).toEqual([JSON.stringify([['There is no such chat.', { code: 'NOT_FOUND' }]])])
})

test.each(transports)('%s: who is removed is told at once and hears no more, others go on', async transport => {
  const cid = await register(house.url, 'Cid')
  const chat = await openGroup(ann, [bob, cid])
  const removed = follow(bob, chatEvents, { id: chat.id, after: chat.position }, { transport })
  const other = follow(cid, chatEvents, { id: chat.id, after: chat.position }, { transport })
  await send(ann, chat.id, 'before')
  await heard(removed, e => e.__typename === 'MessageSent')
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, bob) })
  const last = await send(ann, chat.id, 'after')
  expect(await over(removed)).toEqual({ why: 'closed', reason: 'ACCESS_REVOKED' })
  await heard(other, e => e.edge?.node.id === last.id)
  expect(removed.events().map(e => e.__typename)).toEqual(['MessageSent', 'StreamClosed'])
  other.stop()
})

test('who was removed while away is told on coming back, with nothing of what was said before or after', async () => {
  const chat = await openGroup(ann, [bob])
  await send(ann, chat.id, 'before')
  await done(bob, 'leaveChat', { chatId: chat.id })
  await send(ann, chat.id, 'after')
  const subscriber = follow(bob, chatEvents, { id: chat.id, after: chat.position })
  expect(await over(subscriber)).toEqual({ why: 'closed', reason: 'ACCESS_REVOKED' })
  expect(subscriber.frames).toHaveLength(1)
})

test('who was removed and is back goes on over both', async () => {
  const chat = await openGroup(ann, [bob])
  await done(bob, 'leaveChat', { chatId: chat.id })
  await done(ann, 'addParticipants', { chatId: chat.id, userIds: [bob.id] })
  const { id } = await send(ann, chat.id, 'welcome back')
  const subscriber = follow(bob, chatEvents, { id: chat.id, after: chat.position })
  await heard(subscriber, e => e.edge?.node.id === id)
  subscriber.stop()
})

test.each(transports)('%s: the deletion of a chat ends its feeds', async transport => {
  const chat = await openGroup(ann, [bob])
  const subscriber = follow(bob, chatEvents, { id: chat.id, after: chat.position }, { transport })
  await eventually(() => subscriber.frames.length > 0)
  await done(ann, 'deleteChat', { chatId: chat.id })
  expect(await over(subscriber)).toEqual({ why: 'closed', reason: 'DELETED' })
  const later = follow(bob, chatEvents, { id: chat.id, after: chat.position }, { transport })
  expect(await over(later)).toEqual({ why: 'closed', reason: 'DELETED' })
})
