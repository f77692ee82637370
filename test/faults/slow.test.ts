import { execFile } from 'node:child_process'
import { type IncomingMessage, request, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import { watchStreams } from '../../src/api/streams.ts'
import { eventually, openGroup, type Person, register, send } from '../client.ts'
import { finish, type Server, startServer } from '../fixtures/server.ts'
import { freshDatabase } from '../fresh.ts'
import { type House, openHouse } from '../house.ts'
import { openRaw, type Raw } from '../live/raw.ts'
import { chatEvents, follow } from '../live/subscribing.ts'

// Each message comes to more than 200 KB a subscriber, so that the buffers of the kernel are soon full.
const letters = 'abcdefghijklm'.split('')
const fat = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) { position event {
  ... on MessageSent { edge { node { ${letters.map(l => `${l}: body`).join(' ')} } } } } } }`
const body = 'x'.repeat(16_000)

interface Group {
  ann: Person
  chat: { id: string; position: string }
}
async function openFat(url: string): Promise<Group> {
  const ann = await register(url, 'Ann')
  return { ann, chat: await openGroup(ann, []) }
}

/** A subscriber that signs in, subscribes, and then reads nothing more. */
async function stuckSocket({ ann, chat }: Group): Promise<Raw> {
  const raw = await openRaw(ann.url, ann)
  raw.subscribe('fat', fat, { id: chat.id, after: chat.position })
  await eventually(() => raw.frames('fat').length > 0)
  raw.socket.pause()
  return raw
}

/** The same over SSE. */
function stuckSse({ ann, chat }: Group): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(ann.url)
    const headers = {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${ann.accessToken}`,
    }
    request({ hostname, port, path: '/graphql', method: 'POST', headers, agent: false }, resolve)
      .on('error', reject)
      .end(JSON.stringify({ query: fat, variables: { id: chat.id, after: chat.position } }))
  })
}

async function sendMany({ ann, chat }: Group, messages: number): Promise<void> {
  let left = messages
  const sender = async () => {
    while (left-- > 0) await send(ann, chat.id, body)
  }
  await Promise.all([sender(), sender(), sender(), sender()])
}

/** Memory of a process, in MB. */
async function memoryOf(pid: number): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)])
  return Number(stdout) / 1024
}

/** Everybody else sees every message. */
async function seesAll({ ann, chat }: Group, messages: number): Promise<void> {
  const other = follow(ann, chatEvents, { id: chat.id, after: chat.position })
  await eventually(() => other.events().length >= messages, 30_000, 'all messages')
  expect(other.events().every(e => e.__typename === 'MessageSent')).toBe(true)
  expect(new Set(other.events().map(e => e.edge.node.id)).size).toBe(messages)
  other.stop()
}

let house: House
beforeAll(async () => {
  house = await openHouse({ SLOW_READER_SECONDS: '1' })
})
afterAll(() => house.close())

test('a socket that is not read is closed with 1013, and others are unaffected', async () => {
  const group = await openFat(house.url)
  const closing = vi.spyOn(WebSocket.prototype, 'close')
  const raw = await stuckSocket(group)
  await sendMany(group, 100)
  await seesAll(group, 100)
  await eventually(() => closing.mock.calls.some(([code]) => code === 1013), 30_000, 'the close')
  closing.mockRestore()
  raw.socket.resume()
  expect((await eventually(raw.closed))?.code).toBe(1013)
  // It goes on from where it was.
  const last = raw.frames('fat').at(-1)
  const rest = follow(group.ann, fat, { id: group.chat.id, after: last.position })
  await eventually(() => rest.events().length + raw.frames('fat').filter(f => f.event).length === 100)
  rest.stop()
})

test('an SSE stream that is not read is cut, and others are unaffected', async () => {
  const group = await openFat(house.url)
  const stuck = await stuckSse(group)
  const cutting = vi.spyOn(ServerResponse.prototype, 'destroy')
  await sendMany(group, 100)
  await seesAll(group, 100)
  await eventually(() => cutting.mock.calls.length > 0, 30_000, 'the cut')
  cutting.mockRestore()
  const cut = new Promise<Error>(resolve => stuck.once('error', resolve))
  stuck.resume()
  expect((await cut).message).toBe('aborted')
})

test('an SSE stream that is read slowly is not cut, one that stands still is', () => {
  const streams = watchStreams(1_000)
  const cut: string[] = []
  const stream = (name: string) => ({
    writableNeedDrain: true,
    socket: { bytesWritten: 0 },
    destroy: () => cut.push(name),
    once: () => undefined,
  })
  const [busy, idle, stuck] = [stream('busy'), { ...stream('idle'), writableNeedDrain: false }, stream('stuck')]
  for (const one of [busy, idle, stuck]) streams.add(one, 0)
  for (let now = 0; now <= 5_000; now += 500) {
    busy.socket.bytesWritten += 1
    streams.look(now)
    expect(cut.includes('stuck')).toBe(now > 1_000)
  }
  expect(new Set(cut)).toEqual(new Set(['stuck']))
})

test('readers that stop cost no memory: nothing is queued for them', async () => {
  const { url: databaseUrl, drop } = await freshDatabase()
  let server: Server | undefined
  try {
    server = await startServer({ DATABASE_URL: databaseUrl, SLOW_READER_SECONDS: '300' })
    const group = await openFat(server.url)
    const warm = await openFat(server.url)
    await sendMany(warm, 200)
    await seesAll(warm, 200)
    const before = await memoryOf(server.pid)
    const sockets = await Promise.all(Array.from({ length: 10 }, () => stuckSocket(group)))
    const streams = await Promise.all(Array.from({ length: 10 }, () => stuckSse(group)))
    await sendMany(group, 400) // 80 MB for each of the twenty
    await seesAll(group, 400)
    const grown = (await memoryOf(server.pid)) - before
    expect(grown).toBeLessThan(300)
    for (const { socket } of sockets) socket.terminate()
    for (const stream of streams) stream.destroy()
  } finally {
    await finish(server)
    await drop()
  }
})
