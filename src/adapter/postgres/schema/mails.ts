import { index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { instant } from './columns.ts'

// What was mailed, so that nothing is mailed twice.

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
