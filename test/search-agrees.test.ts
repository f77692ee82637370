import { afterAll, beforeAll, expect, test } from 'vitest'
import { searchMessages } from '../src/domain/chat/queries/index.ts'
import { newId } from '../src/kernel/id.ts'
import { Rejection } from '../src/kernel/reject.ts'
import { rebuild } from '../src/worker/rebuild.ts'
import { freshDatabase } from './fresh.ts'
import { seeded } from './random-history.ts'
import { newGroup, newUser, openWorkshop, type Workshop } from './workshop.ts'

// Over random histories: whoever searches for a word finds what a plain look through all that they may see finds.

let fresh: Awaited<ReturnType<typeof freshDatabase>>
let shop: Workshop
beforeAll(async () => {
  fresh = await freshDatabase()
  shop = openWorkshop(fresh.url)
})
afterAll(async () => {
  await shop.close()
  await fresh.drop()
})

const words =
  'контейнер Контейнера контейнерами счёт счета Ёлка елки груз грузы invoice invoices running run ship 42 MSKU1234567'.split(
    ' ',
  )

/** What is said and who is where, as the commands that went through have it. */
interface Model {
  chats: Map<string, { members: Set<string>; deleted: boolean }>
  messages: Map<string, { chatId: string; author: string; text: string | null }>
}

async function history(seed: number, steps: number): Promise<{ people: string[]; model: Model }> {
  const random = seeded(seed)
  const any = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T
  const text = () =>
    Array.from({ length: 1 + Math.floor(random() * 6) }, () => any(words)).join(any([' ', ', ', '—', '👍']))
  const people = await Promise.all(Array.from({ length: 5 }, () => newUser(shop.dispatch)))
  const model: Model = { chats: new Map(), messages: new Map() }
  for (let i = 0; i < 4; i++) {
    const owner = any(people)
    const others = people.filter(p => p !== owner && random() < 0.6)
    model.chats.set(await newGroup(shop.dispatch, owner, others), {
      members: new Set([owner, ...others]),
      deleted: false,
    })
  }
  for (let i = 0; i < steps; i++) {
    const chatId = any([...model.chats.keys()])
    const chat = model.chats.get(chatId)
    const [who, whom] = [any(people), any(people)]
    const [messageId = newId(), said] = any([...model.messages, []]) ?? []
    const moves: [type: string, input: object, actor: string, then: () => void][] = [
      ...Array.from({ length: 6 }, (): (typeof moves)[number] => {
        const sent = { chatId, messageId: newId(), text: text(), replyToId: null }
        return [
          'SendMessage',
          sent,
          who,
          () => model.messages.set(sent.messageId, { chatId, author: who, text: sent.text }),
        ]
      }),
      ['AddParticipants', { chatId, participantIds: [whom], role: 'MEMBER' }, who, () => chat?.members.add(whom)],
      ['RemoveParticipant', { chatId, userId: whom }, who, () => chat?.members.delete(whom)],
      ['LeaveChat', { chatId }, who, () => chat?.members.delete(who)],
    ]
    if (said) {
      const edited = text()
      const at = { chatId: said.chatId, messageId }
      moves.push(['EditMessage', { ...at, text: edited }, said.author, () => Object.assign(said, { text: edited })])
      moves.push(['DeleteMessage', at, said.author, () => Object.assign(said, { text: null })])
    }
    if (chat && random() < 0.01)
      moves.push(['DeleteChat', { chatId }, who, () => Object.assign(chat, { deleted: true })])
    const [type, input, actor, then] = any(moves)
    if (!((await shop.dispatch(type, input, actor)) instanceof Rejection)) then()
  }
  return { people, model }
}

/** Ids of what a person may see and that has the word, by looking through all of it. */
async function looked({ chats, messages }: Model, userId: string, word: string): Promise<string[]> {
  const seen = [...messages].filter(([, { chatId, text }]) => {
    const chat = chats.get(chatId)
    return text !== null && chat?.members.has(userId) && !chat.deleted
  })
  const plain = (text: string) => text.toLowerCase().replaceAll('ё', 'е').replaceAll(/[—👍]/gu, ' ')
  const rows = await shop.query<{ n: number }>(
    `select n::int from unnest($1::text[]) with ordinality u(t, n) where to_tsvector('russian', t) @@ plainto_tsquery('russian', $2)`,
    [seen.map(([, { text }]) => plain(text ?? '')), plain(word)],
  )
  return rows.map(({ n }) => seen[n - 1]?.[0] ?? '').sort()
}

async function searched(userId: string, word: string): Promise<string[]> {
  const none = {
    chatId: null,
    companyId: null,
    authorId: null,
    sentAfter: null,
    sentBefore: null,
    has: [],
    after: null,
  }
  // A full stop after it: the word is not the beginning of a longer one.
  const of = { ...none, userId, query: `${word} .`, asOf: new Date(), limit: 1_000 }
  const { found, total } = await searchMessages(shop.database.db, of)
  expect(total).toBe(found.length)
  return found.map(one => one.id).sort()
}

test.each([1, 2, 3, 4])('everybody finds what they may see, and nothing else (seed %i)', async seed => {
  const { people, model } = await history(seed, 150)
  const all = async (find: (who: string, word: string) => Promise<string[]>) =>
    Promise.all(people.flatMap(who => words.map(async word => `${who} ${word}: ${await find(who, word)}`)))
  const found = await all(searched)
  expect(found).toEqual(await all((who, word) => looked(model, who, word)))
  expect(found.filter(line => !line.endsWith(': ')).length).toBeGreaterThan(words.length)

  const messages = shop.derived.find(d => d.name === 'messages')
  if (!messages) throw new Error('there is no projection of messages')
  await rebuild({ of: messages, rebuilds: shop.rebuilds })
  expect(await all(searched)).toEqual(found)
  expect(await shop.differences()).toEqual([])
  const [row] = await shop.query<{ search: string }>(
    `select pg_get_indexdef(indexrelid) search from pg_index where indexrelid = 'messages_words'::regclass`,
  )
  expect(row?.search).toMatch(/USING gin \(search\) WITH \(gin_pending_list_limit='256'\)/)
})
