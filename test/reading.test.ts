import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { chatEvents } from '../src/domain/chat/events.ts'
import { domains } from '../src/domains.ts'
import { decode, encode, type RawEvent, UnreadableEvent } from '../src/kernel/codec.ts'
import { evolve } from '../src/kernel/decider.ts'
import { audienceOf } from '../src/kernel/domain.ts'
import { defineEvents } from '../src/kernel/message.ts'
import { project } from '../src/kernel/projection.ts'
import { eventSets, setOf } from '../src/worker/rows.ts'
import type { Loose } from './client.ts'
import { until } from './contract/pubsub.ts'
import { freshDatabase } from './fresh.ts'
import { done, newGroup, newUser, openWorkshop, say, type Workshop } from './workshop.ts'

// What was written once is read for ever: by newer code, without its personal part, without snapshots.

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

const raw = (more: Partial<RawEvent>): RawEvent => ({
  ...{ id: 'e', stream: 'note-1', revision: 0, position: 1n, at: new Date(0), tenant: null, actor: null, command: 'c' },
  ...{ type: 'Noted', v: 1, bump: false, data: '{}', personal: null },
  ...more,
})

describe('an event of an older version', () => {
  const old = defineEvents('note', {
    Noted: { v: 1, data: z.object({ who: z.string() }), personal: z.object({ text: z.string() }) },
  })
  const now = defineEvents('note', {
    Noted: {
      v: 3,
      data: z.object({ authors: z.array(z.string()), pinned: z.boolean() }),
      personal: z.object({ body: z.string() }),
      upcast: {
        1: ({ data, personal }) => ({
          data: { authors: [(data as { who: string }).who] },
          personal: personal && { body: (personal as { text: string }).text },
        }),
        2: ({ data, personal }) => ({ data: { ...(data as object), pinned: false }, personal }),
      },
    },
  })

  test('reads as one of today, also when its personal part was erased', async () => {
    const stream = `note-${crypto.randomUUID()}`
    const event = encode(old, old.make.Noted({ who: 'ann' }, { text: 'hello' }))
    const command = {
      scope: crypto.randomUUID(),
      hash: Buffer.from(''),
      tenant: null,
      actor: null,
      correlation: null,
      causation: null,
    }
    const append = {
      ...command,
      command: crypto.randomUUID(),
      stream,
      expect: null,
      guard: null,
      events: [event],
      claims: [],
      rows: [[]],
    }
    await shop.store.append(append)
    const stored = (await shop.store.readStream(stream, -1, 10)).events[0]
    if (!stored) throw new Error('the event is not there')
    const data = { authors: ['ann'], pinned: false }
    expect([stored.v, decode(now, stored)]).toMatchObject([1, { data, personal: { body: 'hello' } }])
    expect(decode(now, { ...stored, personal: null })).toMatchObject({ data, personal: null })
  })

  test('a newer version, a missing step, an unknown type and a wrong shape each stop with a clear message', () => {
    const gap = defineEvents('note', { Noted: { v: 2, data: z.object({}) } })
    const message = (event: RawEvent, set = now) => {
      try {
        return decode(set as typeof now, event)
      } catch (error) {
        return error instanceof UnreadableEvent ? error.message : error
      }
    }
    expect(message(raw({ v: 4 }))).toBe(
      'Noted v4 at note-1@0 cannot be read: this version of the program knows v3 at most',
    )
    expect(message(raw({}), gap as never)).toBe('Noted v1 at note-1@0 cannot be read: there is no step from v1 to v2')
    expect(message(raw({ type: 'Sung' }))).toBe(
      'Sung v1 at note-1@0 cannot be read: this version of the program does not know the type',
    )
    expect(message(raw({ v: 3, data: '{"authors":7,"pinned":true}' }))).toMatch(
      /^Noted v3 at note-1@0 cannot be read: its data does not fit: /,
    )
  })

  test('in a stream that is written to, it refuses the command instead of deciding on half a state', async () => {
    const owner = await newUser(shop.dispatch)
    const chatId = await newGroup(shop.dispatch, owner)
    await shop.query("update events set type = 'ChatPainted' where stream = $1 and revision = 1", [`chat-${chatId}`])
    const other = openWorkshop(fresh.url) // one that has nothing of the chat in its memory
    await expect(say(other.dispatch, chatId, owner, 'hello')).rejects.toThrow(
      `ChatPainted v${chatEvents.shapes.ParticipantAdded.v} at chat-${chatId}@1 cannot be read: this version of the program does not know the type`,
    )
    await other.close()
    await shop.query("update events set type = 'ParticipantAdded' where stream = $1 and revision = 1", [
      `chat-${chatId}`,
    ])
  })
})

/** Something that fits: ids are this one, and what may be nothing is. */
function sample(type: unknown, id: string): unknown {
  const { def }: Loose = type
  if (def.type === 'nullable') return null
  if (def.type === 'optional') return undefined
  if (def.type === 'array') return []
  if (def.type === 'enum') return Object.values(def.entries)[0]
  if (def.type === 'literal') return def.values[0]
  if (def.type === 'boolean') return true
  if (def.type === 'number') return 3
  if (def.type === 'object')
    return Object.fromEntries(Object.entries(def.shape).map(([key, inner]) => [key, sample(inner, id)]))
  const format = 'format' in def ? def.format : null
  return format === 'datetime' ? new Date(0).toISOString() : format === 'uuid' ? id : 'a'.repeat(64)
}

describe('erased personal parts', () => {
  test('every event type of the house decodes, folds, projects and finds its audience', async () => {
    const id = crypto.randomUUID()
    const sets = eventSets(domains)
    expect(sets.size).toBeGreaterThan(2)
    for (const set of sets.values())
      for (const [type, { v, data }] of Object.entries(set.shapes)) {
        const text = JSON.stringify(sample(data, id))
        const stored = raw({ stream: `${set.category}-${id}`, type, v, data: text })
        expect(setOf(sets, stored)).toBe(set)
        const event = decode(set, stored)
        expect(event).toMatchObject({ type, personal: null })
        for (const domain of domains) {
          for (const of of domain.deciders) if (of.events === set) evolve(of, of.initial, event)
          for (const p of domain.projections) if (p.events === set) project(p, event)
        }
        audienceOf(domains, event)
      }
  })

  test('a log whose personal parts are all gone: rebuilt, read and written to as before', async () => {
    const erased = await freshDatabase()
    const there = openWorkshop(erased.url)
    const owner = await newUser(there.dispatch)
    const chatId = await newGroup(there.dispatch, owner)
    await say(there.dispatch, chatId, owner, 'hello')
    await there.query('update events set personal = null; truncate snapshots')
    await there.query('update streams set projected = -1; insert into behind select id from streams')
    const later = openWorkshop(erased.url)
    later.work()
    await until(async () => !(await later.query('select from behind')).length)
    expect(await later.query('select title, body, note_text from chats join messages on chat_id = chats.id')).toEqual([
      { title: null, body: null, note_text: null }, // a note
      { title: null, body: null, note_text: null },
    ])
    expect(await later.query('select email, handle, display_name as name, status from user_accounts')).toEqual([
      { email: null, handle: null, name: null, status: 'ACTIVE' },
    ])
    expect(await later.differences()).toEqual([])
    await say(later.dispatch, chatId, owner, 'still here')
    expect(await later.query("select body from messages where content_kind <> 'SYSTEM' order by sequence")).toEqual([
      { body: null },
      { body: 'still here' },
    ])
    await Promise.all([there.close(), later.close()])
    await erased.drop()
  })
})

test('snapshots are used, and deleting all of them changes nothing', async () => {
  const owner = await newUser(shop.dispatch)
  const chatId = await newGroup(shop.dispatch, owner)
  const rename = (there: Workshop, i: number) =>
    done(there.dispatch('UpdateChat', { chatId, title: `title ${i}` }, owner))
  for (let i = 0; i < 210; i++) await rename(shop, i)
  const versions = async (there: Workshop, i: number) => {
    const refused = await there.dispatch('UpdateChat', { chatId, title: 'x', expectedVersion: -5 }, owner)
    return [refused, (await rename(there, i)).last]
  }
  const first = openWorkshop(fresh.url)
  const before = await versions(first, 1_000)
  const snapshots = () =>
    shop.query<{ revision: string }>('select revision from snapshots where stream = $1', [`chat-${chatId}`])
  await until(async () => (await snapshots()).length > 0)
  expect(await snapshots()).toEqual([{ revision: '211' }])
  const second = openWorkshop(fresh.url) // reads the snapshot and what came after
  await shop.query('truncate snapshots')
  const third = openWorkshop(fresh.url) // reads the log
  expect([before, await versions(second, 1_001), await versions(third, 1_002)]).toMatchObject([
    [{ code: 'VERSION_CONFLICT', detail: { currentVersion: 211 } }, 212],
    [{ code: 'VERSION_CONFLICT', detail: { currentVersion: 212 } }, 213],
    [{ code: 'VERSION_CONFLICT', detail: { currentVersion: 213 } }, 214],
  ])
  await Promise.all([first.close(), second.close(), third.close()])
})
