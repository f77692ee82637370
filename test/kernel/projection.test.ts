import { bigint, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { earlyRow, marks, rowsByTable } from '../../src/adapter/postgres/rows.ts'
import { domains } from '../../src/domains.ts'
import { defineEvents } from '../../src/kernel/message.ts'
import { markOf, patch, project, projection, put, unknownYet } from '../../src/kernel/projection.ts'

const notes = pgTable('notes', {
  id: text().primaryKey(),
  title: text().default('untitled'),
  writtenAt: timestamp({ withTimezone: true }),
  revision: bigint({ mode: 'number' }),
  position: bigint({ mode: 'bigint' }),
})
const events = defineEvents('note', {
  NoteWritten: { v: 1, data: z.object({}) },
  NoteRead: { v: 1, data: z.object({}) },
})
const noteList = projection('noteList', events, [notes], {
  NoteWritten: ({ stream, at, revision, position }) => [
    put(notes, { id: stream, writtenAt: at, revision, position }),
    patch(notes, { id: stream, title: null }),
  ],
})
const event = (type: string, more: object) => ({
  ...{ id: '', stream: 'note-1', tenant: null, actor: null, command: '', data: {}, personal: null, type },
  ...{ at: new Date(5), revision: 3, position: 8n, ...more },
})

test('what only the log knows is a mark until then, and nothing else is one', () => {
  expect([unknownYet.at, unknownYet.revision, unknownYet.position].map(markOf)).toEqual(['at', 'revision', 'position'])
  const ordinary = [null, undefined, 0, 0n, '', -1, new Date(0), new Date(Number.NaN), Number.NaN, 'at']
  expect(ordinary.map(markOf)).toEqual(ordinary.map(() => null))
})

test('rows before the append carry marks, rows after it the values, in the same places', () => {
  const before = project(noteList, event('NoteWritten', unknownYet)).map(earlyRow)
  const after = rowsByTable(project(noteList, event('NoteWritten', {})))
  const known = `"id":"note-1","title":"untitled"`
  const unknown = `"written_at":${marks.at},"revision":${marks.revision},"position":${marks.position}`
  expect(before).toEqual([
    { t: 'notes', k: 'note-1', r: `{${known},${unknown}}` },
    { t: '~notes', k: 'note-1', r: '{"id":"note-1","title":null}' },
  ])
  const values = { written_at: new Date(5), revision: 3, position: '8' }
  expect(after.notes?.[0]).toEqual({ k: 'note-1', p: true, r: { id: 'note-1', title: 'untitled', ...values } })
})

test('no value looks like a mark, whatever somebody wrote', () => {
  const title = Object.values(marks).join('')
  const { r } = earlyRow(put(notes, { id: 'note-1', title }))
  expect(Object.values(marks).filter(mark => r.includes(mark))).toEqual([])
  expect(JSON.parse(r)).toMatchObject({ title })
})

test('a row that is not known yet is written by the append only', () => {
  expect(() => rowsByTable(project(noteList, event('NoteWritten', unknownYet)))).toThrow('not known yet')
})

test('an event that a projection does not name makes no rows', () => {
  expect(project(noteList, event('NoteRead', {}))).toEqual([])
})

test('no table has two projections that write it', () => {
  const tables = domains.flatMap(d => d.projections.flatMap(p => p.tables))
  expect(new Set(tables).size).toBe(tables.length)
})
