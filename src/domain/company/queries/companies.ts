import { and, asc, desc, eq, gt, inArray, isNotNull, isNull } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { companies, companyMembers } from '../tables.ts'
import { byKey } from './rows.ts'

type Db = NodePgDatabase
type Row = typeof companies.$inferSelect

export interface CompanyView {
  nodeType: 'Company'
  id: string
  version: number
  name: string
  /** Empty when it was erased. */
  inn: string
  kpp: string | null
  ogrn: string | null
  legalAddress: string | null
  createdAt: Date
  archivedAt: Date | null
}

const toCompany = (row: Row): CompanyView => ({
  nodeType: 'Company',
  ...row,
  name: row.name ?? 'Erased',
  inn: row.inn ?? '',
})

/** Companies by id, also archived ones; null where there is none. */
export async function companiesByIds(db: Db, ids: readonly string[]): Promise<(CompanyView | null)[]> {
  const rows = await db
    .select()
    .from(companies)
    .where(inArray(companies.id, [...ids]))
  return ids.map(byKey(rows, row => row.id, toCompany))
}

/** For each INN, of the companies that have it, the one that somebody is a member of: the live one first, then the newest. */
export async function companyIdsByInn(
  db: Db,
  args: { inns: readonly string[]; userId: string },
): Promise<(string | null)[]> {
  const rows = await db
    .selectDistinctOn([companies.inn], { id: companies.id, inn: companies.inn })
    .from(companies)
    .innerJoin(companyMembers, eq(companyMembers.companyId, companies.id))
    .where(
      and(
        inArray(companies.inn, [...args.inns]),
        eq(companyMembers.userId, args.userId),
        isNull(companyMembers.leftAt),
      ),
    )
    .orderBy(companies.inn, asc(isNotNull(companies.archivedAt)), desc(companies.id))
  const byInn = new Map(rows.map(row => [row.inn, row.id]))
  return args.inns.map(inn => byInn.get(inn) ?? null)
}

/** Ids of the companies that somebody is in, also archived ones, by when they were founded. */
export async function companyIdsOf(
  db: Db,
  args: { userId: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .select({ id: companyMembers.companyId })
    .from(companyMembers)
    .where(
      and(
        eq(companyMembers.userId, args.userId),
        isNull(companyMembers.leftAt),
        args.after === null ? undefined : gt(companyMembers.companyId, args.after),
      ),
    )
    .orderBy(asc(companyMembers.companyId))
    .limit(args.limit)
  return rows.map(row => row.id)
}
