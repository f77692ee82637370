import { bigint, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = () => timestamp({ withTimezone: true })

/** One row a template, also of a removed one. Name and body are null when removed or erased. */
export const messageTemplates = pgTable(
  'message_templates',
  {
    id: uuid().primaryKey(),
    companyId: uuid().notNull(),
    version: bigint({ mode: 'number' }).notNull(),
    name: text(),
    body: text(),
    createdAt: instant().notNull(),
    removedAt: instant(),
  },
  t => [index('message_templates_company').on(t.companyId)],
)
