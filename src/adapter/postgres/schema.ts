import { sql } from 'drizzle-orm'
import {
  bigint,
  bigserial,
  boolean,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uuid,
} from 'drizzle-orm/pg-core'

// The log and what belongs to it. `append` (functions.ts) is the only writer of streams, events, receipts and claims.

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' })
const instant = () => timestamp({ withTimezone: true })

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
    id: uuid().notNull().unique(),
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

/** Made anew when a log is made: part of the epoch. */
export const store = pgTable('store', { generation: uuid().primaryKey() })

/** How often somebody tried something: keyed hashes, until `expire` (ms since 1970). */
export const rateLimits = pgTable(
  'rate_limits',
  { key: text().primaryKey(), points: integer().notNull(), expire: bigint({ mode: 'number' }) },
  t => [index('rate_limits_expire').on(t.expire)],
)

// State that is no history: secrets and sessions never enter an event.

export const passwords = pgTable('passwords', {
  userId: uuid().primaryKey(),
  hash: text().notNull(),
  changedAt: instant().notNull(),
})

export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    userId: uuid().notNull(),
    deviceName: text(),
    /** Where it began: a keyed hash of the address. */
    place: text(),
    /** Counts the refresh tokens that were used; a token names its own number, and its signature is not kept here. */
    generation: integer().notNull(),
    createdAt: instant().notNull(),
    lastUsedAt: instant().notNull(),
    expiresAt: instant().notNull(),
    endedAt: instant(),
  },
  t => [index('sessions_user').on(t.userId)],
)

/** Tokens that were mailed: the newest of each purpose, as a hash. */
export const accountTokens = pgTable(
  'account_tokens',
  {
    userId: uuid().notNull(),
    purpose: text({ enum: ['VERIFY_EMAIL', 'RESET_PASSWORD'] }).notNull(),
    hash: bytea().notNull().unique(),
    expiresAt: instant().notNull(),
  },
  t => [primaryKey({ columns: [t.userId, t.purpose] })],
)

/** Mails that were begun, so that none is sent twice. No addresses, no texts. */
export const mails = pgTable(
  'mails',
  {
    id: uuid().primaryKey(),
    begunAt: instant().notNull(),
    /** Null: begun, and nothing more is known. */
    outcome: text({ enum: ['SENT', 'REFUSED', 'UNKNOWN'] }),
  },
  t => [index('mails_begun').on(t.begunAt)],
)

/**
 * Up to where in a chat somebody has been mailed what is said there: one row a person and chat. `after`: up to where other mails
 * had told when `mail` took what follows, so that a mail that was not taken gives it back.
 */
export const mailMarks = pgTable(
  'mail_marks',
  {
    userId: uuid().notNull(),
    chatId: uuid().notNull(),
    after: integer().notNull(),
    sequence: integer().notNull(),
    mail: uuid().notNull(),
    at: instant().notNull(),
  },
  t => [
    primaryKey({ columns: [t.userId, t.chatId] }),
    index('mail_marks_mail').on(t.mail),
    index('mail_marks_at').on(t.at),
  ],
)

/** What mails told of, so that no other mail tells it again. */
export const mailedThings = pgTable(
  'mailed_things',
  { thing: uuid().primaryKey(), mail: uuid().notNull(), at: instant().notNull() },
  t => [index('mailed_things_mail').on(t.mail), index('mailed_things_at').on(t.at)],
)
