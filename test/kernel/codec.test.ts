import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { decode, encode, type RawEvent, UnreadableEvent } from '../../src/kernel/codec.ts'
import { decider } from '../../src/kernel/decider.ts'
import { eventId, isUuid, newId, nobody } from '../../src/kernel/id.ts'
import { categoryOf, defineCommands, defineEvents, idOf } from '../../src/kernel/message.ts'

const set = defineEvents('note', {
  NoteWritten: {
    v: 2,
    data: z.object({ by: z.string(), pinned: z.boolean() }),
    personal: z.object({ text: z.string() }),
    key: (data: { by: string }) => data.by,
    upcast: {
      1: ({ data, personal }) => ({ data: { ...(data as object), pinned: false }, personal }),
    },
  },
  NoteBurned: { v: 1, bump: true, data: z.object({}) },
})
const { NoteWritten, NoteBurned } = set.make

const raw = (more: Partial<RawEvent>): RawEvent => ({
  ...{ id: 'e', stream: 'note-1', revision: 4, position: 9n, at: new Date(5), tenant: null, actor: 'a', command: 'c' },
  ...{ type: 'NoteWritten', v: 2, bump: false, data: '{"by":"ann","pinned":true}', personal: '{"text":"hi"}' },
  ...more,
})

describe('encode', () => {
  test('writes today’s version; what may be erased stands apart, with whose it is', () => {
    expect(encode(set, NoteWritten({ by: 'ann', pinned: true }, { text: 'hi' }))).toEqual({
      ...{ type: 'NoteWritten', v: 2, bump: false, key: 'ann' },
      ...{ data: '{"by":"ann","pinned":true}', personal: '{"text":"hi"}' },
    })
    expect(encode(set, NoteBurned({}))).toEqual({
      ...{ type: 'NoteBurned', v: 1, bump: true, key: null, data: '{}', personal: null },
    })
  })
  test('keeps nothing that the shape does not name', () => {
    const data = { by: 'ann', pinned: true, password: 'secret' }
    expect(encode(set, { type: 'NoteWritten', data, personal: { text: 'hi', more: 1 } })).toMatchObject({
      ...{ data: '{"by":"ann","pinned":true}', personal: '{"text":"hi"}' },
    })
  })
  test('refuses another category’s events and broken shapes', () => {
    expect(() => encode(set, { type: 'Sung', data: {}, personal: null })).toThrow('Sung is not an event of note')
    expect(() => encode(set, { type: 'NoteWritten', data: { by: 7 }, personal: { text: '' } })).toThrow()
    expect(() => encode(set, { type: 'NoteWritten', data: { by: 'a', pinned: true }, personal: null })).toThrow()
  })
})

describe('decode', () => {
  test('gives back what was encoded, with where and when it happened', () => {
    const event = decode(set, raw({}))
    expect(event).toEqual({
      ...{ type: 'NoteWritten', data: { by: 'ann', pinned: true }, personal: { text: 'hi' } },
      ...{ id: 'e', stream: 'note-1', revision: 4, position: 9n, at: new Date(5), tenant: null },
      ...{ actor: 'a', command: 'c' },
    })
  })
  test('brings old ones up, also when their personal part is gone', () => {
    const old = raw({ v: 1, data: '{"by":"ann"}', personal: null })
    expect(decode(set, old)).toMatchObject({ data: { by: 'ann', pinned: false }, personal: null })
  })
  test('an event without a personal part stays without one', () => {
    expect(decode(set, raw({ type: 'NoteBurned', v: 1, data: '{}', personal: null })).personal).toBeNull()
  })
  test('says where it stopped and why, and quotes no payload', () => {
    const broken = () => decode(set, raw({ personal: '{"text":7,"secret":"of Ann"}' }))
    expect(broken).toThrow(UnreadableEvent)
    expect(broken).toThrow('NoteWritten v2 at note-1@4 cannot be read: its personal part does not fit')
    expect(() => decode(set, raw({ data: '{"by":7,"pinned":"of Ann"}' }))).not.toThrow(/of Ann/)
  })
})

describe('ids', () => {
  test('new ones sort by time', () => {
    const ids = Array.from({ length: 1_000 }, newId)
    expect([...ids].sort()).toEqual(ids)
    expect(ids.every(isUuid)).toBe(true)
  })
  test('a command’s events have the same ids each time, and others than another command’s', () => {
    const [ann, bob, one, other] = [newId(), newId(), newId(), newId()]
    const ids = () => [ann, bob].flatMap(who => [one, other].flatMap(c => [eventId(who, c, 0), eventId(who, c, 1)]))
    expect(ids()).toEqual(ids())
    expect(new Set(ids()).size).toBe(8)
  })
  test('what is an id and what is not', () => {
    expect(isUuid(nobody)).toBe(true)
    for (const text of ['', 'x', `${nobody} `, nobody.slice(1), `${nobody}.${nobody}`]) expect(isUuid(text)).toBe(false)
  })
  test('a stream’s category ends at its first dash', () => {
    expect([categoryOf('userAccount-018f-aa'), idOf('userAccount-018f-aa')]).toEqual(['userAccount', '018f-aa'])
  })
})

test('only structural events may change a decider’s state: the guard, which tells a stale one, moves with them alone', () => {
  const commands = defineCommands({ BurnNote: { input: z.object({}), stream: () => 'note-1' } })
  const rules = (type: 'NoteWritten' | 'NoteBurned') => () =>
    decider(
      set,
      commands,
    )<{ burned: boolean }>({
      ...{ initial: { burned: false }, stateVersion: 1, decide: { BurnNote: () => [NoteBurned({})] } },
      evolve: { [type]: () => ({ burned: true }) },
    })
  expect(rules('NoteBurned')).not.toThrow()
  expect(rules('NoteWritten')).toThrow("NoteWritten changes a decider's state, so it must be structural (bump: true)")
})
