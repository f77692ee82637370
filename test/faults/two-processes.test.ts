import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import { eventually, type Loose, openGroup, type Person, participantId, register, send } from '../client.ts'
import { type Meant, movedTo, sendDocument, startLoad, wrongIn } from '../fixtures/load.ts'
import { asleep, fourProcesses } from '../fixtures/processes.ts'
import { seededRun } from '../fixtures/server.ts'

// Two api and two worker processes on one PostgreSQL, as real processes, with 32 people who write at full speed.

const of = fourProcesses()
const url = (n: number) => of.apis[n % 2 === 0 ? 0 : 1].url
let people: Person[]
beforeAll(async () => {
  people = await Promise.all(Array.from({ length: 32 }, (_, n) => register(url(n), `Writer ${n}`)))
})
const newRoom = async () => {
  const [owner] = people as [Person]
  const chat = await openGroup(owner, people.slice(1))
  const ids = await Promise.all(people.map(p => participantId(owner, chat.id, p)))
  return { owner, chat, ids }
}

async function query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<R[]> {
  const db = new pg.Client({ connectionString: of.databaseUrl })
  await db.connect()
  try {
    return (await db.query<R>(sql, values)).rows
  } finally {
    await db.end()
  }
}
const inner = (globalId: string) => Buffer.from(globalId, 'base64url').toString().split(':')[1] ?? ''

test('40 role changes land while 32 people write, and nothing of a removed person stands after the removal', async () => {
  const { random } = seededRun()
  const { owner, chat, ids } = await newRoom()
  const load = startLoad(people, chat.id, url)
  await eventually(() => load.acked() > 50)

  const document = `mutation ($input: ChangeParticipantRoleInput!) { changeParticipantRole(input: $input) {
    ... on ChangeParticipantRolePayload { participant { role } } ... on Error { code message } } }`
  // Eight at a time, each to another role than before, so that each change is an event.
  const change = async (n: number) => {
    const input = { participantId: ids[n], role: 'MEMBER' }
    for (let i = 0; i < 5; i++) {
      const others = ['ADMIN', 'MEMBER', 'READER'].filter(role => role !== input.role)
      input.role = others[Math.floor(random() * 2)] ?? ''
      const { changeParticipantRole } = await movedTo(owner, url(n + i)).ask(document, { input })
      expect(changeParticipantRole).toEqual({ participant: { role: input.role } })
    }
  }
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(change))
  const removal = `mutation ($input: RemoveParticipantInput!) { removeParticipant(input: $input) {
    ... on RemoveParticipantPayload { removedParticipantId } ... on Error { code message } } }`
  const removed = [9, 10, 11, 12, 13, 14]
  for (const n of removed) {
    await pause(random() * 100)
    const input = { participantId: ids[n] }
    const { removeParticipant } = await movedTo(owner, url(n + Math.floor(random() * 2))).ask(removal, { input })
    expect(removeParticipant).toEqual({ removedParticipantId: ids[n] })
  }
  const enough = load.acked() + 50
  await eventually(() => load.acked() > enough)
  await load.stop()

  const stream = `chat-${inner(chat.id)}`
  const after = await query(
    `select m.revision from events r join events m on m.stream = r.stream and m.actor = (r.data::json->>'userId')::uuid
        and m.type = 'MessageSent' and m.revision > r.revision
      where r.stream = $1 and r.type = 'ParticipantRemoved'`,
    [stream],
  )
  expect(after).toEqual([])
  const landed = await query<{ n: string }>(
    "select count(*) n from events where stream = $1 and type in ('ParticipantRoleChanged', 'ParticipantRemoved')",
    [stream],
  )
  expect(landed).toEqual([{ n: String(40 + removed.length) }])
  for (const n of removed)
    expect(load.meant.some(m => m.author === people[n]?.id && m.refused === 'NOT_FOUND')).toBe(true)
  expect(load.meant.filter(m => m.open)).toEqual([])
  console.log({ acknowledged: load.acked(), refused: load.meant.filter(m => m.refused).length })
  expect(await wrongIn(of.databaseUrl, load.meant)).toEqual([])
})

test('a process that is paused in mid-load stops nobody else', async () => {
  const { random } = seededRun()
  const { chat } = await newRoom()
  const load = startLoad(people, chat.id, url)
  const [paused] = of.apis
  const ofOther = () => load.meant.filter(m => m.acked && people.findIndex(p => p.id === m.author) % 2 === 1).length
  for (let round = 0; round < 10; round++) {
    const enough = load.acked() + 20 + random() * 100
    await eventually(() => load.acked() > enough)
    const { wake } = asleep(paused)
    try {
      const more = ofOther() + 100
      await eventually(() => ofOther() > more, 10_000, 'writing on')
    } finally {
      wake()
    }
  }
  await load.stop()
  expect(load.meant.filter(m => m.open || m.refused)).toEqual([])
  expect(await wrongIn(of.databaseUrl, load.meant)).toEqual([])
})

test('the same key 50 times at once over both: one event, one payload; other input is told', async () => {
  const { owner, chat } = await newRoom()
  const ask = async (n: number, key: string, text: string): Promise<Loose> => {
    const input = { chatId: chat.id, content: { text }, idempotencyKey: key }
    return (await movedTo(owner, url(n)).ask(sendDocument, { input })).sendMessage
  }
  const key = newId()
  const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n, key, 'only once')))
  expect(new Set(answers.map(a => JSON.stringify(a)))).toHaveLength(1)
  expect(answers[0].edge.node).toMatchObject({ body: 'only once', idempotencyKey: key })
  expect(await query('select from events where command = $1', [key])).toHaveLength(1)
  for (const n of [0, 1]) expect((await ask(n, key, 'something else')).code).toBe('IDEMPOTENCY_KEY_REUSED')

  const mixed = newId()
  const both = await Promise.all(Array.from({ length: 50 }, (_, n) => ask(n, mixed, n % 4 < 2 ? 'this' : 'that')))
  const sent = new Set(both.filter(a => a.edge).map(a => a.edge.node.body))
  expect(sent).toHaveLength(1)
  expect(new Set(both.filter(a => !a.edge).map(a => a.code))).toEqual(new Set(['IDEMPOTENCY_KEY_REUSED']))
  expect(await query('select from events where command = $1', [mixed])).toHaveLength(1)
  const meant: Meant[] = []
  expect(await wrongIn(of.databaseUrl, meant)).toEqual([])
  await send(owner, chat.id, 'and it goes on')
})
