import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  index,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.ts'

// The log and what belongs to it. `append` (functions.ts) is the only writer of streams, events, receipts and claims.

export const streams = pgTable('streams', {
  id: text().primaryKey(),
  revision: bigint({ mode: 'number' }).notNull(),
  guard: bigint({ mode: 'number' }).notNull(),
  projected: bigint({ mode: 'number' }).notNull(),
})

/** Streams whose early rows were missed: `projected` is below `revision` until the worker heals them. */
export const behind = pgTable('behind', { stream: text().primaryKey() })

export const events = pgTable(
  'events',
  {
    position: bigserial({ mode: 'bigint' }).primaryKey(),
    stream: text().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
    /** Follows from the command, which has one receipt: an index of ids would say it again, at the price of a place that moves at random. */
    id: uuid().notNull(),
    type: text().notNull(),
    v: smallint().notNull(),
    bump: boolean().notNull(),
    at: instant().notNull(),
    tenant: uuid(),
    actor: uuid(),
    command: uuid().notNull(),
    correlation: uuid(),
    causation: uuid(),
    data: text().notNull(),
    personal: text(),
    key: uuid(),
  },
  t => [
    unique('events_stream_revision').on(t.stream, t.revision),
    index('events_structural').on(t.stream, t.revision).where(sql`${t.bump}`),
  ],
)

export const receipts = pgTable(
  'receipts',
  {
    scope: uuid().notNull(),
    command: uuid().notNull(),
    hash: bytea().notNull(),
    stream: text().notNull(),
    first: bigint({ mode: 'number' }),
    last: bigint({ mode: 'number' }),
    position: bigint({ mode: 'bigint' }),
    at: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.scope, t.command] })],
)

export const claims = pgTable(
  'claims',
  { kind: text().notNull(), value: text().notNull(), stream: text().notNull() },
  t => [primaryKey({ columns: [t.kind, t.value] }), index('claims_stream').on(t.stream)],
)

export const snapshots = pgTable(
  'snapshots',
  {
    stream: text().notNull(),
    schema: text().notNull(),
    revision: bigint({ mode: 'number' }).notNull(),
    state: text().notNull(),
  },
  t => [primaryKey({ columns: [t.stream, t.schema] })],
)

/** Made anew when a log is made: part of the epoch. */
export const store = pgTable('store', { generation: uuid().primaryKey() })
