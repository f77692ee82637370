import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Loose, openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { follow, heard, type Subscriber, type Transport } from './subscribing.ts'

// Many who select the same of one feed: what depends on who looks is made for each, and everything else once.

let house: House
let ann: Person
let people: Person[]
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  people = await Promise.all(['Bob', 'Cid', 'Dot'].map(name => register(house.url, name)))
})
afterAll(() => house.close())

const transports: Transport[] = ['socket', 'sse']

/** What each hears of a message that Ann sends: two sockets or streams a person, so that nobody is alone. */
async function hears(transport: Transport, query: string, variables: object = {}): Promise<Loose[][]> {
  const chat = await openGroup(ann, people)
  // Each is told apart: Bob has read all, Cid has muted it, Dot has read nothing.
  const [bob, cid] = people as [Person, Person]
  const before = await send(ann, chat.id, 'before')
  await done(bob, 'markMessagesAsRead', { chatId: chat.id, upToMessageId: before.id })
  await done(cid, 'muteChat', { chatId: chat.id })
  const { position } = (await ann.ask('query ($id: ID!) { chat(id: $id) { position } }', { id: chat.id })).chat
  const all = people.flatMap(person =>
    [1, 2].map(() => follow(person, query, { id: chat.id, after: position, ...variables }, { transport })),
  )
  await eventually(() => all.every(one => one.frames.length > 0))
  await send(ann, chat.id, 'now')
  const sent = (one: Subscriber) => heard(one, e => e.__typename === 'MessageSent')
  const heardBy = await Promise.all(all.map(sent))
  for (const one of all) one.stop()
  return [heardBy.slice(0, 2), heardBy.slice(2, 4), heardBy.slice(4)]
}

const feed = (selection: string, more = '', fragments = '') => `
  subscription ($id: ID! $after: StreamPosition ${more}) { chatEvents(chatId: $id, after: $after) {
    position event { __typename ... on MessageSent { ${selection} } } } } ${fragments}`

const own = [
  ['a field', feed('chat { unreadCount }'), {}],
  ['an alias', feed('chat { id id2: unreadCount }'), {}],
  [
    'a fragment',
    feed('...Mine', '', 'fragment Mine on MessageSent { chat { ...Count } } fragment Count on Chat { unreadCount }'),
    {},
  ],
  ['a variable', feed('chat { id unreadCount @include(if: $mine) }', '$mine: Boolean!'), { mine: true }],
] as const

test.each(transports.flatMap(way => own.map(([what, query, variables]) => [way, what, query, variables] as const)))(
  '%s: by %s each hears how much they have not read themselves',
  async (transport, _what, query, variables) => {
    const counts = (await hears(transport, query, variables)).map(both =>
      both.map(e => e.chat.unreadCount ?? e.chat.id2),
    )
    expect(counts).toEqual([
      [1, 1],
      [2, 2],
      [2, 2],
    ])
  },
)

test.each(transports)('%s: what depends on who looks is of each their own', async transport => {
  const query =
    feed(`chat { muted permissions { canManageParticipants } viewerParticipant { user { id } } unreadMentionCount }
    edge { node { body viewerReactions author { ... on User { presence { state } } } } }`)
  const [bobs, cids, dots] = (await hears(transport, query)) as [Loose[], Loose[], Loose[]]
  const ids = people.map(({ id }) => [id, id])
  expect([bobs, cids, dots].map(both => both.map(e => e.chat.viewerParticipant.user.id))).toEqual(ids)
  expect([bobs, cids, dots].map(both => both.map(e => e.chat.muted))).toEqual([
    [false, false],
    [true, true],
    [false, false],
  ])
})

test.each(transports)('%s: a direct chat has for each the name of the other', async transport => {
  const bob = people[0] as Person
  const input = { kind: 'DIRECT', participantIds: [bob.id] }
  const { edge } = await done(ann, 'createChat', input, 'edge { node { id position } }')
  const { id, position } = edge.node
  const query = feed('chat { title } edge { node { body } }')
  const [anns, bobs] = [ann, bob].map(person =>
    [1, 2].map(() => follow(person, query, { id, after: position }, { transport })),
  ) as [Subscriber[], Subscriber[]]
  await eventually(() => [...anns, ...bobs].every(one => one.frames.length > 0))
  await send(ann, id, 'hello')
  const titles = (all: Subscriber[]) =>
    Promise.all(all.map(async one => (await heard(one, e => e.edge?.node.body === 'hello')).chat.title))
  expect([await titles(anns), await titles(bobs)]).toEqual([
    ['Bob', 'Bob'],
    ['Ann', 'Ann'],
  ])
  for (const one of [...anns, ...bobs]) one.stop()
})
