import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import type { CompanyRole } from '../events.ts'
import { companyInvitations } from '../tables.ts'
import { byKey } from './rows.ts'

type Db = NodePgDatabase
type Row = typeof companyInvitations.$inferSelect

export interface InvitationView {
  nodeType: 'CompanyInvitation'
  /** `<company>.<invitation>` */
  id: string
  companyId: string
  /** Empty when it was erased. */
  email: string
  role: CompanyRole
  tokenHash: string
  invitedBy: string | null
  sequence: number
  createdAt: Date
  expiresAt: Date
  acceptedAt: Date | null
  revokedAt: Date | null
}

const toInvitation = (row: Row): InvitationView => ({
  nodeType: 'CompanyInvitation',
  ...row,
  id: `${row.companyId}.${row.id}`,
  email: row.email ?? '',
})

/** Invitations by their own ids, also those that are over; null where there is none. */
export async function invitationsByIds(db: Db, ids: readonly string[]): Promise<(InvitationView | null)[]> {
  const rows = await db
    .select()
    .from(companyInvitations)
    .where(inArray(companyInvitations.id, [...ids]))
  return ids.map(byKey(rows, row => row.id, toInvitation))
}

const unanswered = and(isNull(companyInvitations.acceptedAt), isNull(companyInvitations.revokedAt))

/** Who is invited to a company and has not answered, by when; also those that have expired. */
export async function invitationsOf(
  db: Db,
  args: { companyId: string; after: number | null; limit: number },
): Promise<InvitationView[]> {
  const rows = await db
    .select()
    .from(companyInvitations)
    .where(
      and(
        eq(companyInvitations.companyId, args.companyId),
        unanswered,
        args.after === null ? undefined : gt(companyInvitations.sequence, args.after),
      ),
    )
    .orderBy(asc(companyInvitations.sequence))
    .limit(args.limit)
  return rows.map(toInvitation)
}

/** The id of the invitation at a revision of its company; without one, of the newest that is open for an address. */
export async function invitationIdOf(
  db: Db,
  args: { companyId: string; sequence: number | null; email: string },
): Promise<string | null> {
  const { companyId, sequence, email } = args
  const [row] = await db
    .select({ id: companyInvitations.id })
    .from(companyInvitations)
    .where(
      and(
        eq(companyInvitations.companyId, companyId),
        sequence === null
          ? and(unanswered, eq(companyInvitations.email, email.trim().toLowerCase()))
          : eq(companyInvitations.sequence, sequence),
      ),
    )
    .orderBy(desc(companyInvitations.sequence))
    .limit(1)
  return row?.id ?? null
}

/** Where the event of an invitation stands. */
export interface InvitationPlace {
  companyId: string
  invitationId: string
  /** Revision of the event. */
  sequence: number
}
const place = {
  companyId: companyInvitations.companyId,
  invitationId: companyInvitations.id,
  sequence: companyInvitations.sequence,
}

/** Invitations to an address, whatever became of them. */
export const invitationsTo = (db: Db, args: { email: string; limit: number }): Promise<InvitationPlace[]> =>
  db.select(place).from(companyInvitations).where(eq(companyInvitations.email, args.email)).limit(args.limit)

/** Invitations that nobody accepted before they ran out, before a moment, and whose address is still kept. */
export const invitationsOver = (db: Db, args: { before: Date; limit: number }): Promise<InvitationPlace[]> =>
  db
    .select(place)
    .from(companyInvitations)
    .where(
      and(
        isNull(companyInvitations.acceptedAt),
        isNotNull(companyInvitations.email),
        lt(companyInvitations.expiresAt, args.before),
      ),
    )
    .orderBy(asc(companyInvitations.expiresAt))
    .limit(args.limit)
