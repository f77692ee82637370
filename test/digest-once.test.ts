import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { postgresMailClaims } from '../src/adapter/postgres/mail-claims.ts'
import { newId } from '../src/kernel/id.ts'
import { type Mail, MailNotTaken } from '../src/port/mail.ts'
import { type DigestNeeds, mailWhatIsUnread, noticeOf } from '../src/process/digest.ts'
import { freshDatabase } from './fresh.ts'

// Whatever happens between saying and mailing: nobody is mailed a message twice, nor one that is read, muted or deleted.

let database: ReturnType<typeof openDatabase>
let drop: () => Promise<void>
beforeAll(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  database = openDatabase(fresh.url, 4, () => undefined)
})
afterAll(async () => {
  await database.close()
  await drop()
})

type Fault = 'none' | 'not taken' | 'killed before' | 'killed after' | 'killed while claiming'
interface Message {
  id: string
  chatId: string
  sequence: number
  body: string
  mentioned: boolean
  noticed: boolean
  deleted: boolean
}

const user = newId()
class Killed extends Error {}

/** A person with two chats, as far as digests see them, whose claims are those of PostgreSQL. */
function world() {
  const userId = newId()
  const chatIds = [newId(), newId()]
  const messages: Message[] = []
  const read = new Map<string, number>()
  const muted = new Set<string>()
  const young = new Set<string>()
  const inbox: string[] = []
  let fault: Fault = 'none'
  const claims = postgresMailClaims(database)
  const line = () => undefined
  const open = (m: Message) => !m.deleted && !muted.has(m.chatId) && m.sequence > (read.get(m.chatId) ?? 0)
  const needs: DigestNeeds = {
    mailing: {
      log: { debug: line, info: line, warn: line, error: line },
      claims: {
        ...claims,
        // A killed process comes to nothing more, not even to letting go.
        release: id => (fault.startsWith('killed') ? Promise.reject(new Killed()) : claims.release(id)),
        settle: (id, outcome) =>
          fault.startsWith('killed') && outcome ? Promise.reject(new Killed()) : claims.settle(id, outcome),
        take: async (id, things) => {
          const mine = await claims.take(id, things)
          if (fault === 'killed while claiming') throw new Killed()
          return mine
        },
      },
      mailer: {
        close: async () => undefined,
        send: async (mail: Mail) => {
          if (fault === 'not taken') throw new MailNotTaken('later')
          if (fault === 'killed before') throw new Killed()
          inbox.push(mail.text)
          if (fault === 'killed after') throw new Killed()
        },
      },
    },
    appUrl: () => 'https://example.org',
    account: async () => ({ email: 'bob@example.org', emailVerifiedAt: new Date(), locale: null }),
    namesOf: async () => new Map(),
    wantsMessages: async () => true,
    messagesToTell: async (_, ids) => messages.filter(m => ids.includes(m.id) && open(m)),
    unreadToMail: async () =>
      messages
        .filter(m => m.noticed)
        .map(m => ({
          ...{ id: noticeOf(userId, m.id), kind: 'MENTIONED', byId: null, subjectType: 'Message', subjectId: m.id },
        })) as never,
    unreadChats: async () =>
      chatIds.flatMap(chatId => {
        const last = messages.filter(m => m.chatId === chatId && open(m)).at(-1)
        return last && !young.has(chatId) ? [{ userId, chatId, sequence: last.sequence }] : []
      }),
    messagesToMail: async (_, parts) =>
      parts.flatMap(({ chatId, after, sequence }) =>
        messages
          .filter(m => m.chatId === chatId && m.sequence > after && m.sequence <= sequence && open(m))
          .map(m => ({ ...m, authorId: user, title: 'Room' }))
          .slice(-3),
      ),
  }
  const attempts: string[] = []
  return {
    inbox,
    messages,
    say(chat: number, mentioned: boolean, noticed: boolean) {
      const id = newId()
      const chatId = chatIds[chat] ?? ''
      const sequence = messages.length + 1
      messages.push({ id, chatId, sequence, body: `<${id}>`, mentioned, noticed: mentioned && noticed, deleted: false })
    },
    read: (chat: number) => read.set(chatIds[chat] ?? '', messages.length),
    mute: (chat: number) => muted.add(chatIds[chat] ?? ''),
    unmute: (chat: number) => muted.delete(chatIds[chat] ?? ''),
    /** What is said there is not unread for long enough, but mentions are told. */
    young: (chat: number) => young.add(chatIds[chat] ?? ''),
    old: (chat: number) => young.delete(chatIds[chat] ?? ''),
    change(n: number, how: 'delete' | 'mention' | 'notice' | 'unmention') {
      const m = messages[n % Math.max(1, messages.length)]
      if (!m) return
      if (how === 'delete') m.deleted = true
      if (how === 'mention') m.mentioned = m.noticed = true
      if (how === 'notice') m.noticed = m.mentioned
      if (how === 'unmention') m.mentioned = false
    },
    /** One try, of a new mail or of an older one again. Says which messages the person may not be told of now. */
    async mail(again: number | null, how: Fault): Promise<void> {
      const id = (again === null ? null : attempts[again % Math.max(1, attempts.length)]) ?? newId()
      attempts.push(id)
      const closed = messages.filter(m => !open(m)).map(m => m.body)
      const before = inbox.length
      fault = how
      await mailWhatIsUnread(needs, userId, id).catch(error => {
        if (!(error instanceof Killed || error instanceof MailNotTaken)) throw error
      })
      fault = 'none'
      for (const text of inbox.slice(before)) for (const body of closed) expect(text).not.toContain(body)
    },
  }
}

const chat = fc.nat(1)
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('say' as const), chat, fc.boolean(), fc.boolean()) },
  fc.tuple(
    fc.constantFrom('read' as const, 'mute' as const, 'unmute' as const, 'young' as const, 'old' as const),
    chat,
  ),
  fc.tuple(
    fc.constant('change' as const),
    fc.nat(9),
    fc.constantFrom('delete' as const, 'mention' as const, 'notice' as const, 'unmention' as const),
  ),
  {
    weight: 3,
    arbitrary: fc.tuple(
      fc.constant('mail' as const),
      fc.option(fc.nat(9)),
      fc.constantFrom<Fault>('none', 'none', 'not taken', 'killed before', 'killed after', 'killed while claiming'),
    ),
  },
)

test('of random histories no message is mailed twice, and none that is read, muted or deleted', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 16 }), async steps => {
      const it = world()
      for (const [what, ...args] of steps) await (it[what] as (...args: unknown[]) => unknown)(...args)
      await it.mail(null, 'none')
      for (const { body } of it.messages)
        expect(it.inbox.join('\n').split(body).length - 1, body).toBeLessThanOrEqual(1)
    }),
    { numRuns: 150 },
  )
}, 60_000)

test('a mail that was not taken gives back what it told; the next one tells it', async () => {
  const it = world()
  it.say(0, false, false)
  it.say(0, true, true)
  await it.mail(null, 'not taken')
  await it.mail(null, 'none')
  expect(it.inbox).toHaveLength(1)
  for (const { body } of it.messages) expect(it.inbox[0]).toContain(body)
})

test('what one digest told as a mention the next does not tell as said in its chat, nor the other way round', async () => {
  const it = world()
  it.young(0)
  it.say(0, true, true)
  await it.mail(null, 'none')
  it.old(0)
  it.say(0, false, false)
  it.say(0, true, false)
  await it.mail(null, 'none')
  it.change(1, 'mention')
  it.change(2, 'notice')
  it.say(0, true, true)
  await it.mail(null, 'none')
  const told = it.inbox.map(text => it.messages.flatMap(({ body }, n) => (text.includes(body) ? [n] : [])))
  expect(told).toEqual([[0], [1, 2], [3]])
})
