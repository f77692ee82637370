import { afterAll, beforeAll, expect, test } from 'vitest'
import { openGroup, type Person, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { act, done } from './acts.ts'
import { chatEvents, follow, heard, innerId, sql } from './subscribing.ts'

// One chat whose rows cannot be written for a while, and what feeds tell meanwhile and afterwards.

let house: House
let ann: Person
let bob: Person
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  bob = await register(house.url, 'Bob')
})
afterAll(() => house.close())

/** As if the rows of the last event had been refused: those of later ones have to wait for it, until `mend`. */
async function halt(chatId: string): Promise<{ mend: () => Promise<unknown> }> {
  const stream = `chat-${innerId(chatId)}`
  await sql(house.databaseUrl, 'update streams set projected = revision - 1 where id = $1', [stream])
  await sql(
    house.databaseUrl,
    `insert into dead_letters select 'early', id, revision, 0, 1, 'halted by a test', now(), now() + interval '1 hour'
      from streams where id = $1`,
    [stream],
  )
  await sql(house.databaseUrl, 'insert into behind values ($1)', [stream])
  return { mend: () => sql(house.databaseUrl, 'update dead_letters set next_at = now() where stream = $1', [stream]) }
}

/** Something that happens, but does not show yet: the answer is COMMIT_PENDING. */
const pending = (what: Promise<unknown>) => expect(what).rejects.toThrow('COMMIT_PENDING')

const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position event { __typename
  ... on ChatCreated { chat { id title } } ... on ChatUpdated { chat { id title } }
  ... on UnreadCountChanged { chat { id unreadCount } } } } }`
const openInbox = async (person: Person) =>
  follow(person, inbox, { after: (await person.ask('{ viewer { inboxPosition } }')).viewer.inboxPosition })

test('an event is told when its rows show it, not before, and nothing of it is lost', async () => {
  const cid = await register(house.url, 'Cid')
  const chat = await openGroup(ann, [bob], 'As it was')
  const box = await openInbox(bob)
  const cids = await openInbox(cid)
  const { mend } = await halt(chat.id)
  await pending(act(ann, 'updateChat', { chatId: chat.id, title: 'As it is' }))
  await pending(act(ann, 'addParticipants', { chatId: chat.id, userIds: [cid.id] }))
  const feed = follow(bob, chatEvents, { id: chat.id, after: chat.position })
  const late = await openInbox(bob) // from a snapshot that does not show it either
  const other = await openGroup(ann, [cid], 'Of somebody else')
  await mend()
  for (const one of [box, late]) {
    await heard(one, e => e.__typename === 'ChatUpdated')
    expect(
      one
        .events()
        .filter(e => e.__typename === 'ChatUpdated')
        .map(e => e.chat.title),
    ).toEqual(['As it is'])
  }
  await heard(cids, e => e.__typename === 'ChatCreated' && e.chat.id === chat.id)
  await heard(cids, e => e.__typename === 'ChatCreated' && e.chat.id === other.id)
  await heard(feed, e => e.__typename === 'ChatUpdated')
  for (const one of [box, cids, feed, late]) one.stop()
})

test('one halted chat holds up no other: messages, markers and counts go on, and each is told once', async () => {
  const halted = await openGroup(ann, [])
  const { mend } = await halt(halted.id)
  const chat = await openGroup(ann, [bob])
  const feed = follow(ann, chatEvents, { id: chat.id, after: chat.position })
  const box = await openInbox(bob)
  for (let i = 1; i <= 3; i++) {
    const { id } = await send(ann, chat.id, `${i}`)
    await heard(box, () => box.events().at(-1)?.chat.unreadCount === 1, `unread ${i}`)
    await done(bob, 'markMessagesAsRead', { chatId: chat.id, upToMessageId: id })
    await heard(
      feed,
      () => feed.events().filter(e => e.__typename === 'MessagesMarkedAsRead').length === i,
      `marker ${i}`,
    )
    await heard(box, () => box.events().at(-1)?.chat.unreadCount === 0, `read ${i}`)
  }
  const renamed = await openGroup(ann, [bob], 'New')
  await heard(box, e => e.__typename === 'ChatCreated' && e.chat.id === renamed.id)
  expect(feed.events().filter(e => e.__typename === 'MessagesMarkedAsRead')).toHaveLength(3)
  await mend()
  feed.stop()
  box.stop()
})
