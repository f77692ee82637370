import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, timestamp, uuid } from 'drizzle-orm/pg-core'

const instant = () => timestamp({ withTimezone: true })
const revision = () => bigint({ mode: 'number' })
const role = () => text({ enum: ['OWNER', 'ADMIN', 'MEMBER'] })

/** One row a company, also of archived ones. The name and the INN are null when erased. */
export const companies = pgTable(
  'companies',
  {
    id: uuid().primaryKey(),
    version: revision().notNull(),
    inn: text(),
    name: text(),
    kpp: text(),
    ogrn: text(),
    legalAddress: text(),
    createdAt: instant().notNull(),
    archivedAt: instant(),
  },
  t => [index('companies_inn').on(t.inn)],
)

/** Who is or was a member: a tombstone (`leftAt`) keeps old events resolvable. */
export const companyMembers = pgTable(
  'company_members',
  {
    companyId: uuid().notNull(),
    userId: uuid().notNull(),
    role: role().notNull(),
    version: revision().notNull(),
    joinedAt: instant().notNull(),
    joinedSequence: revision().notNull(),
    leftAt: instant(),
  },
  t => [primaryKey({ columns: [t.companyId, t.userId] }), index('company_members_user').on(t.userId)],
)

/** Who was asked to join. The e-mail is null when erased; of the token there is only its hash. */
export const companyInvitations = pgTable(
  'company_invitations',
  {
    id: uuid().primaryKey(),
    companyId: uuid().notNull(),
    email: text(),
    role: role().notNull(),
    tokenHash: text().notNull(),
    invitedBy: uuid(),
    sequence: revision().notNull(),
    createdAt: instant().notNull(),
    expiresAt: instant().notNull(),
    acceptedAt: instant(),
    revokedAt: instant(),
  },
  t => [
    index('company_invitations_open')
      .on(t.companyId, t.sequence)
      .where(sql`${t.acceptedAt} is null and ${t.revokedAt} is null`),
    index('company_invitations_email').on(t.email).where(sql`${t.email} is not null`),
    index('company_invitations_over').on(t.expiresAt).where(sql`${t.acceptedAt} is null and ${t.email} is not null`),
  ],
)
