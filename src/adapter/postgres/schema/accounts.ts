import { bigint, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { bytea, instant } from './columns.ts'

// State that is no history: secrets and sessions never enter an event.

/** How often somebody tried something: keyed hashes, until `expire` (ms since 1970). */
export const rateLimits = pgTable(
  'rate_limits',
  { key: text().primaryKey(), points: integer().notNull(), expire: bigint({ mode: 'number' }) },
  t => [index('rate_limits_expire').on(t.expire)],
)

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
