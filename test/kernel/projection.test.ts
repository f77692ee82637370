import { bigint, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { rowsByTable } from '../../src/adapter/postgres/rows.ts'
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
  const before = rowsByTable(project(noteList, event('NoteWritten', unknownYet)).map(op => ({ op })))
  const after = rowsByTable(project(noteList, event('NoteWritten', {})).map(op => ({ op })))
  const marks = { written_at: 'at', revision: 'revision', position: 'position' }
  expect(before).toEqual({
    notes: [
      { k: 'note-1', p: true, r: { id: 'note-1', title: 'untitled' }, m: marks },
      { k: 'note-1', p: false, r: { id: 'note-1', title: null } },
    ],
  })
  const values = { written_at: new Date(5), revision: 3, position: '8' }
  expect(after.notes?.[0]).toEqual({ k: 'note-1', p: true, r: { id: 'note-1', title: 'untitled', ...values } })
})

test('an event that a projection does not name makes no rows', () => {
  expect(project(noteList, event('NoteRead', {}))).toEqual([])
})

test('no table has two projections that write it', () => {
  const tables = domains.flatMap(d => d.projections.flatMap(p => p.tables))
  expect(new Set(tables).size).toBe(tables.length)
})
