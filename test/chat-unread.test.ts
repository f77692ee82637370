import { afterAll, beforeAll, expect, test } from 'vitest'
import { add, archive, edit, erase, kickPerson, leave, markRead, remove, restore, room, say } from './chatting.ts'
import { type Loose, type Person, register } from './client.ts'
import { type House, openHouse } from './house.ts'
import { seeded } from './random-history.ts'

// What is unread is never counted along: it follows from messages and read markers, and equals a recount.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())
const people = (...names: string[]) => Promise.all(names.map(name => register(house.url, name)))

const seedGiven = Number(process.env.TEST_SEED ?? 20_261_121)

/** What a person should see: of each chat how much is unread, from what the test itself did. */
interface Book {
  /** Messages in order: who wrote it, whether it is deleted. */
  said: { id: string; by: Person; deleted: boolean; mentions: Person | null }[]
  /** How many messages had been said when somebody came, or was read to: the later of both. */
  read: Map<Person, number>
  gone: boolean
}
const unread = ({ said, read }: Book, of: Person) => said.slice(read.get(of)).filter(m => m.by !== of && !m.deleted)
const recount = (book: Book, of: Person): number => unread(book, of).length
const mentioned = (book: Book, of: Person): number => unread(book, of).filter(m => m.mentions === of).length

async function unreadOf(person: Person): Promise<{ total: number; chats: number; each: Record<string, number> }> {
  const { viewer } = await person.ask(
    '{ viewer { unreadCount unreadChatCount chats(first: 100, filter: { archived: null }) { edges { node { id unreadCount } } } } }',
  )
  const each = viewer.chats.edges.map(({ node }: Loose) => [node.id, node.unreadCount])
  return { total: viewer.unreadCount, chats: viewer.unreadChatCount, each: Object.fromEntries(each) }
}

async function mentionsOf(person: Person): Promise<Record<string, number>> {
  const { viewer } = await person.ask(
    '{ viewer { chats(first: 100, filter: { archived: null }) { edges { node { id unreadMentionCount } } } } }',
  )
  return Object.fromEntries(viewer.chats.edges.map(({ node }: Loose) => [node.id, node.unreadMentionCount]))
}

test(`after a random history (seed ${seedGiven}) the counts of everybody equal a recount`, {
  timeout: 120_000,
}, async () => {
  const random = seeded(seedGiven)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const [owner, ...others] = (await people('Ann', 'Bob', 'Cat', 'Dan')) as [Person, Person, Person, Person]
  const all = [owner, ...others]
  const books = new Map<string, Book>()
  for (let i = 0; i < 3; i++)
    books.set(await room(owner, { MEMBER: others }), { said: [], read: new Map(all.map(p => [p, 0])), gone: false })

  const moves: ((chatId: string, book: Book) => Promise<void>)[] = [
    ...Array.from({ length: 6 }, () => async (chatId: string, book: Book) => {
      const by = any([...book.read.keys()])
      const mentions = random() < 0.5 ? any([...book.read.keys()]) : null
      const { edge } = await say(by, chatId, 'hi', mentions ? { mentionedUserIds: [mentions.id] } : {})
      book.said.push({ id: edge.node.id, by, deleted: false, mentions })
    }),
    ...Array.from({ length: 3 }, () => async (chatId: string, book: Book) => {
      if (!book.said.length) return
      const by = any([...book.read.keys()])
      const upTo = Math.floor(random() * book.said.length)
      await markRead(by, chatId, book.said[upTo]?.id ?? '')
      book.read.set(by, Math.max(book.read.get(by) ?? 0, upTo + 1))
    }),
    async (_, { said }) => {
      const message = said.length ? any(said) : null
      if (!message) return
      await erase(owner, message.id)
      message.deleted = true
    },
    async (_, { said, read }) => {
      const message = any(said.filter(m => read.has(m.by) && !m.deleted))
      if (!message) return
      message.mentions = random() < 0.5 ? any([...read.keys()]) : null
      await edit(message.by, message.id, `edited ${random()}`, {
        mentionedUserIds: message.mentions ? [message.mentions.id] : [],
      })
    },
    async (chatId, { read }) => {
      const somebody = any(others)
      if (read.has(somebody)) await (random() < 0.5 ? leave(somebody, chatId) : kickPerson(owner, chatId, somebody))
      read.delete(somebody)
    },
    ...Array.from({ length: 2 }, () => async (chatId: string, { said, read }: Book) => {
      const somebody = any(others)
      if (read.has(somebody)) return
      await add(owner, chatId, [somebody])
      read.set(somebody, said.length)
    }),
    async chatId => {
      await archive(owner, chatId)
      await restore(owner, chatId)
    },
  ]
  for (let step = 0; step < 150; step++) {
    const [chatId, book] = any([...books])
    await any(moves)(chatId, book)
  }
  const [doomed, book] = any([...books])
  await remove(owner, doomed)
  book.gone = true

  for (const person of all) {
    const mine = [...books].filter(([, { gone, read }]) => !gone && read.has(person))
    const each = Object.fromEntries(mine.map(([id, book]) => [id, recount(book, person)]))
    const counts = Object.values(each)
    const total = counts.reduce((a, b) => a + b, 0)
    expect(await unreadOf(person)).toEqual({ total, chats: counts.filter(Boolean).length, each })
    expect(await mentionsOf(person)).toEqual(
      Object.fromEntries(mine.map(([id, book]) => [id, mentioned(book, person)])),
    )
  }
})

test('a read marker never goes back, also when 30 are set at once', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const chatId = await room(ann, { MEMBER: [bob] })
  const sent: Loose[] = []
  for (let i = 0; i < 30; i++) sent.push((await say(ann, chatId, `m${i}`)).edge.node)
  const middle = sent[14]
  expect(await markRead(bob, chatId, middle.id)).toMatchObject({
    chat: { unreadCount: 15 },
    viewer: { unreadCount: 15 },
  })
  expect(await markRead(bob, chatId, sent[3].id)).toMatchObject({ chat: { unreadCount: 15 } })
  const look = 'query ($id: ID!) { chat(id: $id) { viewerParticipant { lastReadSequence lastReadAt } } }'
  const mine = async () => (await bob.ask(look, { id: chatId })).chat.viewerParticipant
  expect(await mine()).toEqual({ lastReadSequence: middle.sequence, lastReadAt: expect.any(String) })
  await Promise.all(sent.map(m => markRead(bob, chatId, m.id)))
  expect((await mine()).lastReadSequence).toBe(sent[29].sequence)
  expect((await unreadOf(bob)).total).toBe(0)
})

test('one’s own messages are read, and so is what was said before one came', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const chatId = await room(ann)
  await say(ann, chatId, 'before Bob came')
  await add(ann, chatId, [bob])
  expect((await unreadOf(bob)).total).toBe(0)
  await say(ann, chatId, 'for Bob')
  await say(bob, chatId, 'by Bob')
  expect([(await unreadOf(bob)).each[chatId], (await unreadOf(ann)).each[chatId]]).toEqual([1, 1])
})

test('what is no message of this chat marks nothing', async () => {
  const [ann, bob] = (await people('Ann', 'Bob')) as [Person, Person]
  const [chatId, other] = [await room(ann, { READER: [bob] }), await room(ann, { READER: [bob] })]
  const { node } = (await say(ann, other, 'elsewhere')).edge
  expect(await markRead(bob, chatId, node.id)).toMatchObject({ code: 'NOT_FOUND', missingIds: [node.id] })
  expect(await markRead(await register(house.url, 'Eve'), other, node.id)).toMatchObject({ code: 'NOT_FOUND' })
  expect((await unreadOf(bob)).each).toEqual({ [chatId]: 0, [other]: 1 })
})
