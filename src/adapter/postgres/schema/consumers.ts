import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

// What follows the log: how far it is, and what it keeps.

/** How far a consumer is, and which worker owns it: `fence` goes up with each owner, so that a stalled one cannot write. */
export const checkpoints = pgTable('checkpoints', {
  consumer: text().primaryKey(),
  epoch: text().notNull(),
  position: bigint({ mode: 'bigint' }).notNull(),
  start: bigint({ mode: 'bigint' }).notNull(),
  owner: text(),
  fence: bigint({ mode: 'number' }).notNull().default(0),
  until: instant(),
})

/** A stream that a consumer could not go on with, from `revision` on. No payload is kept here. */
export const deadLetters = pgTable(
  'dead_letters',
  {
    consumer: text().notNull(),
    stream: text().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
    position: bigint({ mode: 'bigint' }).notNull(),
    attempts: integer().notNull(),
    error: text().notNull(),
    since: instant().notNull(),
    nextAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.consumer, t.stream] })],
)

/** Which events concern whose inbox, in log order. Written by one consumer, `audience`. */
export const audience = pgTable(
  'audience',
  {
    audience: text().notNull(),
    position: bigint({ mode: 'bigint' }).notNull(),
    stream: text().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
  },
  t => [primaryKey({ columns: [t.audience, t.position] }), index('audience_position').on(t.position)],
)

/** What processes still have to do: stored by the consumer that follows the log for them, taken away when done. */
export const tasks = pgTable(
  'tasks',
  {
    id: uuid().primaryKey(),
    reactor: text().notNull(),
    kind: text().notNull(),
    input: text().notNull(),
    /** Of the event it comes from. */
    position: bigint({ mode: 'bigint' }).notNull(),
    at: instant().notNull(),
    dueAt: instant().notNull(),
    attempts: integer().notNull().default(0),
    fence: integer().notNull().default(0),
    heldUntil: instant(),
    error: text(),
    failedAt: instant(),
  },
  t => [index('tasks_due').on(t.dueAt).where(sql`${t.failedAt} is null`)],
)
