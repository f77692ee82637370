import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { work } from '../../src/api/selection.ts'
import { eventually, openGroup, type Person, participantId, register, send } from '../client.ts'
import { type House, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { openRaw, type Raw } from './raw.ts'
import { chatEvents, follow, messageSteps, stepsInLog } from './subscribing.ts'

// Many who follow one chat over sockets: what is done once for all of them, and what each hears. One room by itself is in room.test.ts.

let house: House
let ann: Person
let people: Person[]
beforeAll(async () => {
  house = await openHouse()
  ann = await register(house.url, 'Ann')
  people = await Promise.all(['Bob', 'Cid', 'Dot'].map(name => register(house.url, name)))
})
afterAll(() => house.close())

/** So many sockets that follow a chat, once all of them do. */
async function crowd(id: string, size: number, query = chatEvents): Promise<Raw[]> {
  const all = await Promise.all(
    Array.from({ length: size }, (_, i) => openRaw(house.url, people[i % people.length] as Person)),
  )
  for (const raw of all) raw.subscribe('one', query, { id })
  await eventually(() => all.every(raw => raw.frames('one').length > 0))
  return all
}
const eventsOf = (raw: Raw, id = 'one') =>
  raw
    .frames(id)
    .map(frame => frame?.event)
    .filter(Boolean)
const bodiesOf = (raw: Raw, id = 'one') => eventsOf(raw, id).flatMap(e => e.edge?.node.body ?? [])
const leave = (all: readonly Raw[]) => {
  for (const { socket } of all) socket.terminate()
}

/** Statements about a chat that somebody follows: pages, messages, people, who may hear, markers. */
const about = /read-stream|participation_of|from "messages"|from "users"|from "participants"|"read_markers"/

const texts = ['a', 'b', 'c', 'd', 'e']

/** What messages cost when so many listen. */
async function costWith(size: number) {
  const chat = await openGroup(ann, people)
  const all = await crowd(chat.id, size)
  const says = async (text: string) => {
    await send(ann, chat.id, text)
    await eventually(() => all.every(raw => bodiesOf(raw).includes(text)), 30_000)
  }
  await says('first')
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const { executions, serializations } = work
  for (const text of texts) await says(text)
  await new Promise(resolve => setTimeout(resolve, 2_500)) // what is state is looked at a second later
  const statements = asked.mock.calls.map(([query]) => {
    const { name = '', text = String(query) } = (query ?? {}) as { name?: string; text?: string }
    return `${name} ${text}`
  })
  asked.mockRestore()
  leave(all)
  return {
    executions: work.executions - executions,
    serializations: work.serializations - serializations,
    statements: statements.filter(text => about.test(text)).length,
  }
}

test('messages to many are as many executions, serializations and statements as to few', async () => {
  const few = await costWith(3)
  const many = await costWith(40)
  // Once each; twice where somebody had not joined the others yet.
  for (const { executions, serializations } of [few, many]) {
    expect(executions).toBeLessThanOrEqual(2 * texts.length)
    expect(serializations).toBe(executions)
  }
  expect(many.statements - few.statements).toBeLessThan(10) // of which each of the others would make one more a message
})

test('who does not read for a while holds up nobody, and then hears all of it, once and in order', async () => {
  const letters = 'abcdefghijklm'.split('')
  const fat = `subscription ($id: ID!) { chatEvents(chatId: $id) { position event { __typename
    ... on MessageSent { edge { node { id body ${letters.map(l => `${l}: body`).join(' ')} } } } } } }`
  const chat = await openGroup(ann, people)
  const all = await crowd(chat.id, 3, fat)
  const [slow, ...others] = all as [Raw, ...Raw[]]
  const texts = Array.from({ length: 60 }, (_, i) => `${i} `.padEnd(16_000, 'x'))
  slow.socket.pause()
  for (const text of texts) await send(ann, chat.id, text)
  await eventually(() => others.every(raw => bodiesOf(raw).length === texts.length), 30_000)
  expect(bodiesOf(slow).length).toBeLessThan(texts.length)
  slow.socket.resume()
  await eventually(() => bodiesOf(slow).length >= texts.length, 30_000)
  await send(ann, chat.id, 'and then')
  await eventually(() => all.every(raw => bodiesOf(raw).includes('and then')))
  for (const raw of all) expect(bodiesOf(raw)).toEqual([...texts, 'and then'])
  leave(all)
})

test('who is removed hears that and nothing more; the others in the room hear on', async () => {
  const chat = await openGroup(ann, people)
  const all = await crowd(chat.id, 6)
  await send(ann, chat.id, 'before')
  await eventually(() => all.every(raw => bodiesOf(raw).includes('before')))
  await done(ann, 'removeParticipant', { participantId: await participantId(ann, chat.id, people[0] as Person) })
  await send(ann, chat.id, 'after')
  const [removed, stayed] = [all.filter((_, i) => i % 3 === 0), all.filter((_, i) => i % 3 !== 0)]
  await eventually(() => removed.every(raw => raw.messages.some(m => m.type === 'complete')))
  await eventually(() => stayed.every(raw => bodiesOf(raw).includes('after')))
  const types = (raw: Raw) => eventsOf(raw).map(e => e.__typename)
  for (const raw of removed) expect(types(raw)).toEqual(['MessageSent', 'StreamClosed'])
  // The removal stands among the messages as well.
  for (const raw of stayed)
    expect(types(raw)).toEqual(['MessageSent', 'MessageSent', 'ParticipantRemoved', 'MessageSent'])
  leave(all)
})

test('who comes back while many write catches up and joins the others: all of it, once and in order', async () => {
  const chat = await openGroup(ann, people)
  for (let i = 0; i < 30; i++) await send(ann, chat.id, `before ${i}`)
  const writers = Array.from({ length: 4 }, async (_, i) => {
    for (let n = 0; n < 20; n++) await send(people[i % 3] as Person, chat.id, `${i} ${n}`)
  })
  const variables = { id: chat.id, after: chat.position }
  const all = people.map(person => follow(person, chatEvents, variables))
  await eventually(() => all.every(one => messageSteps(one.events()).length > 50), 30_000)
  for (const person of people) all.push(follow(person, chatEvents, variables))
  await eventually(() => all.every(one => messageSteps(one.events()).length > 80), 30_000)
  await Promise.all(writers)
  const steps = await stepsInLog(house.databaseUrl, chat.id)
  await eventually(() => all.every(one => messageSteps(one.events()).length >= steps.length), 30_000)
  for (const one of all) {
    expect(messageSteps(one.events())).toEqual(steps)
    one.stop()
  }
})

test('what depends on who looks is told beside what does not, in the same chat', async () => {
  const own = `subscription ($id: ID!) { chatEvents(chatId: $id) { position event { __typename
    ... on MessageSent { edge { node { id body } } chat { viewerParticipant { user { id } } } } } } }`
  const chat = await openGroup(ann, people)
  const shared = await crowd(chat.id, 3)
  const personal = await crowd(chat.id, 3, own)
  for (const text of texts) await send(ann, chat.id, text)
  await eventually(() => [...shared, ...personal].every(raw => bodiesOf(raw).length >= texts.length))
  for (const raw of [...shared, ...personal]) expect(bodiesOf(raw)).toEqual(texts)
  const viewers = personal.map(raw => new Set(eventsOf(raw).map(e => e.chat.viewerParticipant.user.id)))
  expect(viewers).toEqual(people.map(({ id }) => new Set([id])))
  leave([...shared, ...personal])
})

test('after `complete` nothing more comes, nothing is made, and the same id can be used anew', async () => {
  const chat = await openGroup(ann, people)
  const all = await crowd(chat.id, 3)
  await send(ann, chat.id, 'before')
  await eventually(() => all.every(raw => bodiesOf(raw).includes('before')))
  for (const raw of all) raw.send({ id: 'one', type: 'complete' })
  const [other] = (await crowd(chat.id, 1, chatEvents.replace('live', ''))) as [Raw]
  const { executions } = work
  await send(ann, chat.id, 'unheard')
  await eventually(() => bodiesOf(other).includes('unheard'))
  expect(work.executions - executions).toBe(1) // for the one that listens
  for (const raw of all) raw.subscribe('one', chatEvents, { id: chat.id })
  await eventually(() => all.every(raw => raw.frames('one').length === 3)) // the first of each, and 'before'
  await send(ann, chat.id, 'after')
  await eventually(() => all.every(raw => bodiesOf(raw).includes('after')))
  for (const raw of all) expect(bodiesOf(raw)).toEqual(['before', 'after'])
  leave([...all, other])
})
