import { and, asc, count, eq, gt, inArray, isNull, or } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { alias } from 'drizzle-orm/pg-core'
import type { CompanyRole } from '../events.ts'
import { companies, companyMembers } from '../tables.ts'
import { byKey } from './rows.ts'

type Db = NodePgDatabase

export interface MemberView {
  nodeType: 'CompanyMember'
  /** `<company>.<user>` */
  id: string
  companyId: string
  userId: string
  role: CompanyRole
  version: number
  joinedAt: Date
  joinedSequence: number
  leftAt: Date | null
}

const toMember = (row: typeof companyMembers.$inferSelect): MemberView => ({
  nodeType: 'CompanyMember',
  id: `${row.companyId}.${row.userId}`,
  ...row,
})

/** Members by `<company>.<user>`, also those who left, so that old events resolve. */
export async function membersByIds(db: Db, ids: readonly string[]): Promise<(MemberView | null)[]> {
  const pairs = ids.map(id => id.split('.') as [string, string])
  const rows = await db
    .select()
    .from(companyMembers)
    .where(
      or(
        ...pairs.map(([companyId, userId]) =>
          and(eq(companyMembers.companyId, companyId), eq(companyMembers.userId, userId)),
        ),
      ),
    )
  return ids.map(
    byKey(
      rows.map(toMember),
      m => m.id,
      m => m,
    ),
  )
}

/** One's own part in companies, where one is in now. */
export async function membershipOf(
  db: Db,
  args: { userId: string; companyIds: readonly string[] },
): Promise<(MemberView | null)[]> {
  const rows = await db
    .select()
    .from(companyMembers)
    .where(
      and(
        eq(companyMembers.userId, args.userId),
        inArray(companyMembers.companyId, [...args.companyIds]),
        isNull(companyMembers.leftAt),
      ),
    )
  return args.companyIds.map(byKey(rows, row => row.companyId, toMember))
}

/** Of some people, those who are in a company with somebody now; they themselves are, where they are in any. */
export async function colleaguesAmong(db: Db, args: { userId: string; userIds: readonly string[] }): Promise<string[]> {
  if (!args.userIds.length) return []
  const mine = alias(companyMembers, 'mine')
  const rows = await db
    .selectDistinct({ id: companyMembers.userId })
    .from(companyMembers)
    .innerJoin(
      mine,
      and(eq(mine.companyId, companyMembers.companyId), eq(mine.userId, args.userId), isNull(mine.leftAt)),
    )
    .where(and(inArray(companyMembers.userId, [...args.userIds]), isNull(companyMembers.leftAt)))
  return rows.map(row => row.id)
}

/** People in a company now, by when they came; `userIds`: only these. */
export async function membersOf(
  db: Db,
  args: {
    companyId: string
    roles: readonly CompanyRole[] | null
    userIds: readonly string[] | null
    after: { sequence: number; userId: string } | null
    limit: number
  },
): Promise<MemberView[]> {
  const { after } = args
  const rows = await db
    .select()
    .from(companyMembers)
    .where(
      and(
        eq(companyMembers.companyId, args.companyId),
        isNull(companyMembers.leftAt),
        args.roles ? inArray(companyMembers.role, [...args.roles]) : undefined,
        args.userIds ? inArray(companyMembers.userId, [...args.userIds]) : undefined,
        after === null
          ? undefined
          : or(
              gt(companyMembers.joinedSequence, after.sequence),
              and(eq(companyMembers.joinedSequence, after.sequence), gt(companyMembers.userId, after.userId)),
            ),
      ),
    )
    .orderBy(asc(companyMembers.joinedSequence), asc(companyMembers.userId))
    .limit(args.limit)
  return rows.map(toMember)
}

/** How many people are in each company now. */
export async function memberCounts(db: Db, companyIds: readonly string[]): Promise<number[]> {
  const rows = await db
    .select({ id: companyMembers.companyId, n: count() })
    .from(companyMembers)
    .where(and(inArray(companyMembers.companyId, [...companyIds]), isNull(companyMembers.leftAt)))
    .groupBy(companyMembers.companyId)
  const of = byKey(
    rows,
    row => row.id,
    row => row.n,
  )
  return companyIds.map(id => of(id) ?? 0)
}

/** Of some people and some companies, who is or was in which. */
export async function membershipsAmong(
  db: Db,
  args: { companyIds: readonly string[]; userIds: readonly string[] },
): Promise<{ companyId: string; userId: string }[]> {
  if (!args.companyIds.length || !args.userIds.length) return []
  return db
    .select({ companyId: companyMembers.companyId, userId: companyMembers.userId })
    .from(companyMembers)
    .where(
      and(inArray(companyMembers.companyId, [...args.companyIds]), inArray(companyMembers.userId, [...args.userIds])),
    )
}

/** What commands of chats have to know of a company: whether it is archived, and who of some people is in it now. */
export async function companyFacts(
  db: Db,
  args: { companyId: string; userIds: readonly string[] },
): Promise<{ archived: boolean; members: string[] } | null> {
  const [company] = await db
    .select({ archivedAt: companies.archivedAt })
    .from(companies)
    .where(eq(companies.id, args.companyId))
  if (!company) return null
  const rows = await db
    .select({ id: companyMembers.userId })
    .from(companyMembers)
    .where(
      and(
        eq(companyMembers.companyId, args.companyId),
        inArray(companyMembers.userId, [...args.userIds]),
        isNull(companyMembers.leftAt),
      ),
    )
  return { archived: company.archivedAt !== null, members: rows.map(row => row.id) }
}

/** Ids of all companies that somebody is in now. */
export async function companyIdsIn(db: Db, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: companyMembers.companyId })
    .from(companyMembers)
    .where(and(eq(companyMembers.userId, userId), isNull(companyMembers.leftAt)))
  return rows.map(row => row.id)
}

/** Ids of all who are in a company now. */
export async function memberIdsOf(db: Db, companyId: string): Promise<string[]> {
  const rows = await db
    .select({ id: companyMembers.userId })
    .from(companyMembers)
    .where(and(eq(companyMembers.companyId, companyId), isNull(companyMembers.leftAt)))
  return rows.map(row => row.id)
}
