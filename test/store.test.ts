import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { postgresEventStore } from '../src/adapter/postgres/event-store.ts'
import { functionsFor } from '../src/adapter/postgres/functions.ts'
import { createWriter } from '../src/adapter/postgres/writer.ts'
import { projectionTables } from '../src/compose/store.ts'
import { newId } from '../src/kernel/id.ts'
import type { Append, EventStore } from '../src/port/event-store.ts'
import { freshDatabase } from './fresh.ts'

let store: EventStore
let close: () => Promise<void>

beforeAll(async () => {
  const { url, drop } = await freshDatabase()
  const database = openDatabase(url, 8, () => undefined)
  const writer = createWriter(url, functionsFor(projectionTables).append, () => undefined)
  store = postgresEventStore(database, writer, 'test')
  close = async () => {
    await writer.close()
    await database.close()
    await drop()
  }
})
afterAll(() => close())

const command = (stream: string, more: Partial<Append> = {}): Append => ({
  scope: newId(),
  command: newId(),
  hash: Buffer.from('same'),
  tenant: null,
  actor: newId(),
  correlation: null,
  causation: null,
  stream,
  expect: null,
  guard: null,
  events: [{ type: 'Noted', v: 1, bump: false, data: '{}', personal: null, key: null }],
  claims: [],
  rows: [[]],
  ...more,
})
const structural = { type: 'Changed', v: 1, bump: true, data: '{}', personal: null, key: null }
const statuses = async (appends: Append[]) => (await Promise.all(appends.map(store.append))).map(r => r.status)
const count = (all: string[], one: string) => all.filter(s => s === one).length

test('pages of many streams in one look are those of each, without what is personal', async () => {
  const [one, other, none] = [`note-${newId()}`, `note-${newId()}`, `note-${newId()}`]
  const events = [structural, { ...structural, bump: false, personal: '{}' }, structural]
  await store.append(command(one, { events, rows: [[], [], []], tenant: newId() }))
  await store.append(command(other))
  const places = [
    { stream: one, after: 0, limit: 1 },
    { stream: none, after: -1, limit: 10 },
    { stream: other, after: -1, limit: 10 },
    { stream: one, after: -1, limit: 10 },
    { stream: one, after: 2, limit: 10 },
  ]
  const pages = await Promise.all(places.map(({ stream, after, limit }) => store.readStream(stream, after, limit)))
  expect(pages[3]?.events[1]?.personal).toBe('{}')
  const expected = pages.map(page => ({ ...page, events: page.events.map(e => ({ ...e, personal: null })) }))
  expect(await store.readStreams(places)).toEqual(expected)
  expect(expected.map(page => page.events.length)).toEqual([1, 0, 1, 3, 0])
})

test('a state is read as its stream is, whatever stands in its events', async () => {
  const stream = `note-${newId()}`
  const odd = { text: 'a\u0000\u0001\u0002\u0003 "\\ \u2028 ё 👋', none: null }
  const [data, personal] = [JSON.stringify(odd), JSON.stringify({ ...odd, text: '' })]
  const events = [structural, { ...structural, data, personal }, { ...structural, data: JSON.stringify('') }]
  await store.append(command(stream, { events, rows: [[], [], []], tenant: newId() }))
  await store.append(command(stream, { actor: null }))
  await store.append(command(stream, { events: [structural], actor: null }))
  const read = await store.readState(stream, 'note.1', 10)
  const { events: expected, head } = await store.readStream(stream, -1, 10, true)
  expect(read).toEqual({ events: expected, head, snapshot: null })
  expect(expected.map(e => e.data)).toEqual(['{}', data, '""', '{}'])
  expect((await store.readState(stream, 'note.1', 2)).events).toEqual(expected.slice(0, 2))
  expect(await store.readState(`note-${newId()}`, 'note.1', 2)).toEqual({ events: [], head: null, snapshot: null })
})

test('the states that are asked for in one turn come in few statements, each its own', async () => {
  const streams = Array.from({ length: 20 }, () => `note-${newId()}`)
  const [first = '', ...others] = streams
  for (const stream of streams) await store.append(command(stream, { events: [structural] }))
  await store.saveSnapshot(first, 'note.1', 0, '{"seen":1}')
  const alone: unknown[] = []
  for (const stream of streams) alone.push(await store.readState(stream, 'note.1', 10))
  const asked = vi.spyOn(pg.Client.prototype, 'query')
  const [together, otherwise] = await Promise.all([
    Promise.all(streams.map(stream => store.readState(stream, 'note.1', 10))),
    store.readState(first, 'note.2', 10),
  ])
  expect(asked.mock.calls).toHaveLength(6) // for 21 states
  asked.mockRestore()
  expect(together).toEqual(alone)
  expect(together[0]).toMatchObject({ events: [], head: { guard: 0 }, snapshot: { revision: 0, state: '{"seen":1}' } })
  expect(otherwise).toMatchObject({ events: [{ stream: first }], snapshot: null })
  expect(together.slice(1).map(state => state.events[0]?.stream)).toEqual(others)
})

describe('the append', () => {
  test('32 writers and a tailing reader: every event once, in stream order, none skipped', async () => {
    const streams = Array.from({ length: 8 }, () => `note-${newId()}`)
    const seen: { stream: string; revision: number }[] = []
    let after = await store.lowWater()
    let writing = true
    const reader = (async () => {
      for (;;) {
        const done = !writing
        const page = await store.readAll(after, 100, ['note'])
        for (const e of page) seen.push({ stream: e.stream, revision: e.revision })
        after = page.at(-1)?.position ?? after
        if (done && !page.length) return
      }
    })()
    await Promise.all(
      Array.from({ length: 32 }, async (_, w) => {
        for (let i = 0; i < 25; i++) await store.append(command(streams[(w + i) % 8] ?? ''))
      }),
    )
    writing = false
    await reader
    expect(seen).toHaveLength(800)
    for (const stream of streams)
      expect(seen.filter(e => e.stream === stream).map(e => e.revision)).toEqual(
        Array.from({ length: 100 }, (_, i) => i),
      )
  })

  test('200 racers with the same expected revision: exactly one wins', async () => {
    const stream = `note-${newId()}`
    await store.append(command(stream))
    const won = await statuses(Array.from({ length: 200 }, () => command(stream, { expect: 0 })))
    expect([count(won, 'ok'), count(won, 'conflict')]).toEqual([1, 199])
  })

  test('200 racers of a commutative command: all win, none twice', async () => {
    const stream = `note-${newId()}`
    const won = await statuses(Array.from({ length: 200 }, () => command(stream)))
    expect(count(won, 'ok')).toBe(200)
    const { events } = await store.readStream(stream, -1, 1000)
    expect(new Set(events.map(e => e.command)).size).toBe(200)
  })

  test('a moved guard refuses what was decided before it, and messages do not move it', async () => {
    const stream = `note-${newId()}`
    await store.append(command(stream, { guard: -1, events: [structural] }))
    expect(await statuses([command(stream, { guard: 0 }), command(stream, { guard: 0 })])).toEqual(['ok', 'ok'])
    expect(
      await statuses([command(stream, { guard: 0, events: [structural] }), command(stream, { guard: 0 })]),
    ).toEqual(['ok', 'conflict'])
  })

  test('in a group commit one bad command fails alone', async () => {
    const stream = `note-${newId()}`
    const all = Array.from({ length: 20 }, (_, i) => command(stream, i === 7 ? { expect: 99 } : {}))
    const got = await statuses(all)
    expect([count(got, 'ok'), got[7]]).toEqual([19, 'conflict'])
  })

  test.each([{ actor: 'nobody' }, { tenant: '' }, { command: 'a key' }])(
    'what cannot even be sent fails alone as well: %j',
    async wrong => {
      const stream = `note-${newId()}`
      const all = Array.from({ length: 20 }, (_, i) => store.append(command(stream, i === 7 ? wrong : {})))
      const got = await Promise.allSettled(all)
      expect(got.flatMap((one, i) => (one.status === 'rejected' ? [`${i}: ${one.reason}`] : []))).toEqual([
        '7: Error: append gave no answer for a command',
      ])
    },
  )

  test('the same key 50 times at once: one event; other input: refused; twice inside one batch', async () => {
    const stream = `note-${newId()}`
    const one = command(stream)
    const got = await Promise.all(Array.from({ length: 50 }, () => store.append(one)))
    expect(got.filter(r => r.status === 'ok')).toHaveLength(1)
    const places = got.map(r => (r.status === 'ok' || r.status === 'again' ? r.commit.first : null))
    expect(new Set(places)).toEqual(new Set([0]))
    expect((await store.readStream(stream, -1, 100)).events).toHaveLength(1)
    expect(await statuses([{ ...one, hash: Buffer.from('other') }])).toEqual(['reused'])
  })

  test('an empty decision leaves its receipt', async () => {
    const empty = command(`note-${newId()}`, { events: [], rows: [] })
    expect(await statuses([empty, empty])).toEqual(['ok', 'again'])
    expect((await store.receipt(empty.scope, empty.command))?.commit).toMatchObject({ first: null, again: true })
  })

  test('a claimed value has one owner, and a stream that claims anew lets go of the old', async () => {
    const [a, b] = [`note-${newId()}`, `note-${newId()}`]
    const value = newId()
    const claim = (stream: string, value: string | null) => command(stream, { claims: [{ kind: 'handle', value }] })
    expect(await statuses([claim(a, value), claim(b, value)])).toEqual(['ok', 'taken'])
    expect(await statuses([claim(a, newId()), claim(b, value)])).toEqual(['ok', 'ok'])
  })
})
