import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, eventually, type Loose, openGroup, post, register, send } from './client.ts'
import { type House, openHouse } from './house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('two people chat: what one sends, the other sees live and reads back', async () => {
  const ann = await register(house.url, 'Ann')
  const bob = await register(house.url, 'Bob')
  const chat = await openGroup(ann, [bob])

  const frames: Loose[] = []
  const client = connect(bob)
  const stop = client.subscribe(
    {
      query: `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { position live event {
        __typename ... on MessageSent { edge { node { body author { ... on User { displayName } } } } } } } }`,
      variables: { id: chat.id, after: chat.position },
    },
    { next: f => frames.push(f), error: e => frames.push(e), complete: () => frames.push('complete') },
  )
  await eventually(() => frames.length > 0)
  expect(frames[0].data.chatEvents.event).toBeNull()
  await send(ann, chat.id, 'hello Bob')
  const sent = await eventually(() => frames.find(f => f.data?.chatEvents.event))
  expect(sent.data.chatEvents).toMatchObject({
    live: true,
    event: { __typename: 'MessageSent', edge: { node: { body: 'hello Bob', author: { displayName: 'Ann' } } } },
  })
  stop()
  await client.dispose()

  const back = await bob.ask(
    '{ viewer { unreadCount chats { edges { node { title unreadCount lastMessage { body } messages { edges { node { body } } } } } } } }',
  )
  const [{ node }] = back.viewer.chats.edges
  expect(back.viewer.unreadCount).toBe(1)
  expect(node).toMatchObject({ title: 'Room', unreadCount: 1, lastMessage: { body: 'hello Bob' } })
})

test('the inbox tells of a new chat and of what is unread', async () => {
  const ann = await register(house.url, 'Ann')
  const bob = await register(house.url, 'Bob')
  const frames: Loose[] = []
  const client = connect(bob)
  const { viewer } = await bob.ask('{ viewer { inboxPosition } }')
  client.subscribe(
    {
      query: `subscription ($after: StreamPosition) { inbox(after: $after) { position event { __typename
        ... on ChatCreated { chat { title } } ... on UnreadCountChanged { chat { unreadCount } viewer { unreadCount } } } } }`,
      variables: { after: viewer.inboxPosition },
    },
    { next: f => frames.push(f), error: e => frames.push(e), complete: () => frames.push('complete') },
  )
  const chat = await openGroup(ann, [bob], 'Fridays')
  await send(ann, chat.id, 'hi')
  const events = () => frames.map(f => f.data?.inbox.event).filter(Boolean)
  await eventually(() => events().some(e => e.__typename === 'ChatCreated' && e.chat.title === 'Fridays'))
  await eventually(() => events().some(e => e.__typename === 'UnreadCountChanged' && e.viewer.unreadCount === 1))
  await client.dispose()
})

test('anonymous people are told to sign in', async () => {
  const answer = await post(house.url, '{ users { edges { node { id } } } }')
  expect(answer.errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
})
