import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryMailbox } from '../src/adapter/memory/mailbox.ts'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { postgresMailClaims } from '../src/adapter/postgres/mail-claims.ts'
import { newId } from '../src/kernel/id.ts'
import { GiveUp } from '../src/kernel/reactor.ts'
import { createSeal } from '../src/kernel/seal.ts'
import { type Mail, MailNotTaken, MailRefused, MailUnknown } from '../src/port/mail.ts'
import { sendOnce } from '../src/process/mailing.ts'
import { freshDatabase } from './fresh.ts'

// A mail goes out at most once, whatever breaks when.

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

/** A process that sends; `dies` makes it break off at a step, as a kill would. */
function office(dies: { at?: 'before' | 'after' } = {}, fails: Error[] = []) {
  const lines: string[] = []
  const line = (_: object, words: string) => void lines.push(words)
  const mailbox = memoryMailbox()
  const forever = new Promise<never>(() => undefined)
  const mailer = {
    ...mailbox,
    send: async (mail: Mail) => {
      const fault = fails.shift()
      if (fault) throw fault
      if (dies.at === 'before') await forever
      await mailbox.send(mail)
      if (dies.at === 'after') await forever
    },
  }
  const mailing = {
    mailer,
    claims: postgresMailClaims(database),
    log: { debug: line, info: line, warn: line, error: line },
  }
  return { mailing, mailbox, lines }
}
const letter = async () => ({ to: 'ann@example.org', subject: 'Hello', text: 'Hello' })
const stateOf = async (id: string) =>
  (await database.pool.query('select outcome from mails where id = $1', [id])).rows[0]

test.each(['before', 'after'] as const)(
  'killed %s the mail server has it: not sent again, and told as unknown, once',
  async at => {
    const id = newId()
    const killed = office({ at })
    void sendOnce(killed.mailing, id, letter)
    await expect.poll(() => stateOf(id)).toEqual({ outcome: null })
    if (at === 'after') await expect.poll(() => killed.mailbox.list().length).toBe(1)
    const next = office()
    for (let n = 0; n < 3; n++) await sendOnce(next.mailing, id, letter)
    expect(next.mailbox.list()).toEqual([])
    expect(next.lines).toEqual(['a mail may have been sent or not: it is not sent again'])
    expect(await stateOf(id)).toEqual({ outcome: 'UNKNOWN' })
  },
)

test('of many who send it at once, one does', async () => {
  const id = newId()
  const all = Array.from({ length: 8 }, () => office())
  await Promise.all(all.map(one => sendOnce(one.mailing, id, letter)))
  expect(all.flatMap(one => one.mailbox.list())).toHaveLength(1)
})

test('not taken: tried again; refused: given up; unknown: left alone; nothing to say: nothing said, until there is', async () => {
  const { mailing, mailbox } = office({}, [
    new MailNotTaken('later'),
    new MailRefused('no'),
    new MailUnknown('?'),
    new Error('a fault'),
  ])
  const [one, two, three, four, five] = Array.from({ length: 5 }, newId) as [string, string, string, string, string]
  await expect(sendOnce(mailing, one, letter)).rejects.toThrow(MailNotTaken)
  await expect(sendOnce(mailing, two, letter)).rejects.toEqual(new GiveUp('no'))
  await sendOnce(mailing, three, letter)
  await expect(sendOnce(mailing, four, letter)).rejects.toThrow('a fault')
  await sendOnce(mailing, five, async () => null)
  expect([await stateOf(two), await stateOf(three), await stateOf(four)].map(row => row?.outcome)).toEqual([
    'REFUSED',
    'UNKNOWN',
    'UNKNOWN',
  ])
  expect([await stateOf(one), await stateOf(five)]).toEqual([undefined, undefined])
  for (const id of [one, two, three, four, five]) await sendOnce(mailing, id, letter)
  expect(mailbox.list().map(mail => mail.id)).toEqual([five, one])
})

test('of a thing one mail tells, ever; that mail tells it again when it was not taken', async () => {
  const { claims } = office().mailing
  const [a, b, c] = [newId(), newId(), newId()]
  const [first, second] = [newId(), newId()]
  expect(await claims.take(first, [a, b])).toEqual(new Set([a, b]))
  expect(await claims.take(second, [a, b, c])).toEqual(new Set([c]))
  expect(await claims.take(first, [a, b, c])).toEqual(new Set([a, b]))
})

test('what is sealed tells nothing, is different each time, and opens with the same secret alone', () => {
  const seal = createSeal(Buffer.alloc(32, 1))
  const [one, two] = [seal.close('ann@example.org'), seal.close('ann@example.org')]
  expect(one).not.toBe(two)
  expect(Buffer.from(one, 'base64url').toString('latin1')).not.toContain('ann')
  expect([seal.open(one), seal.open(two)]).toEqual(['ann@example.org', 'ann@example.org'])
  expect(() => createSeal(Buffer.alloc(32, 2)).open(one)).toThrow()
  expect(() => seal.open(`${one.slice(0, -2)}AA`)).toThrow()
  expect(seal.mark('ann@example.org')).toBe(seal.mark('ann@example.org'))
})
