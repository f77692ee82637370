import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { newId } from '../../src/kernel/id.ts'
import { eventually, type Loose, openGroup, type Person, register } from '../client.ts'
import { afterwards, cleanUpAfterEach, openFolder, query } from '../fixtures/embedded.ts'
import { databaseOf, movedTo, sendDocument, wrongIn } from '../fixtures/load.ts'
import { finish, seededRun, startServer } from '../fixtures/server.ts'

cleanUpAfterEach()

// The same key again: after a restart, and when an answer was lost on its way.

const inputOf = (chatId: string, text: string, key: string) => ({ chatId, content: { text }, idempotencyKey: key })
const ask = async (person: Person, input: object): Promise<Loose> =>
  (await person.ask(sendDocument, { input })).sendMessage

test('the same key 50 times at once, and again after each way of ending: one event, one payload', async () => {
  const dataDir = await openFolder()
  let server = await startServer({ DATA_DIR: dataDir })
  afterwards(() => finish(server))
  const ann = await register(server.url, 'Ann')
  const chat = await openGroup(ann, [])
  const key = newId()
  const fifty = () => {
    const now = movedTo(ann, server.url)
    return Promise.all(Array.from({ length: 50 }, () => ask(now, inputOf(chat.id, 'once', key))))
  }
  const first = await fifty()
  expect(new Set(first.map(a => JSON.stringify(a)))).toHaveLength(1)
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    await server.end(signal)
    server = await startServer({ DATA_DIR: dataDir })
    expect(new Set((await fifty()).map(a => JSON.stringify(a)))).toEqual(new Set([JSON.stringify(first[0])]))
    const other = await ask(movedTo(ann, server.url), inputOf(chat.id, 'twice', key))
    expect(other.code).toBe('IDEMPOTENCY_KEY_REUSED')
  }
  const { url } = await databaseOf(dataDir)
  expect(await query(url, `select count(*)::int n from events where command = '${key}'`)).toEqual([{ n: 1 }])
})

test('an answer that was lost is there when it is asked for again', async () => {
  const { random } = seededRun()
  const dataDir = await openFolder()
  const server = await startServer({ DATA_DIR: dataDir })
  afterwards(() => finish(server))
  const ann = await register(server.url, 'Ann')
  const chat = await openGroup(ann, [])
  const { url } = await databaseOf(dataDir)
  const stored = async (key: string) => (await query(url, `select from events where command = '${key}'`)).length

  const meant = Array.from({ length: 100 }, (_, n) => ({ key: newId(), text: `lost ${n}`, ms: random() * 30 }))
  await Promise.all(meant.map(({ key, text, ms }) => sendAndHangUp(ann, inputOf(chat.id, text, key), ms)))
  const [first] = meant as [(typeof meant)[0]]
  // Who hangs up in line is not carried out: now nobody is in line any more.
  await ask(ann, inputOf(chat.id, 'heard', newId()))
  // This one for certain: nobody listens when it is stored.
  const certain = { ...first, key: newId(), text: 'certainly lost' }
  await sendAndHangUp(ann, inputOf(chat.id, certain.text, certain.key), 0)
  await eventually(() => stored(certain.key), 10_000, 'the message nobody waits for')

  for (const { key, text } of [...meant, certain]) {
    const [one, two] = [await ask(ann, inputOf(chat.id, text, key)), await ask(ann, inputOf(chat.id, text, key))]
    expect(one.edge.node).toMatchObject({ body: text, idempotencyKey: key })
    expect(two).toEqual(one)
    expect(await stored(key)).toBe(1)
  }
  expect(await wrongIn(url, [])).toEqual([])
})

/** Sends the whole request and breaks the connection before there can be an answer, or a little later. */
async function sendAndHangUp(person: Person, input: object, ms: number): Promise<void> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${person.accessToken}` }
  const req = request(`${person.url}/graphql`, { method: 'POST', headers, agent: false })
  req.on('error', () => undefined)
  await new Promise<void>(resolve => req.end(JSON.stringify({ query: sendDocument, variables: { input } }), resolve))
  await pause(ms)
  req.destroy()
}
