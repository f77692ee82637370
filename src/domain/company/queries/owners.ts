import { and, eq, exists, isNull, ne, not, type SQL, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { alias } from 'drizzle-orm/pg-core'
import { companies, companyMembers } from '../tables.ts'

type Db = NodePgDatabase

/** Live companies whose one owner somebody is while others are members: they would be left without one. */
export async function soleOwnerOf(db: Db, userId: string): Promise<{ id: string; name: string }[]> {
  const other = alias(companyMembers, 'other')
  const beside = (more?: SQL) =>
    exists(
      db
        .select({ one: sql`1` })
        .from(other)
        .where(and(eq(other.companyId, companies.id), ne(other.userId, userId), isNull(other.leftAt), more)),
    )
  const rows = await db
    .select({ id: companies.id, name: companies.name })
    .from(companies)
    .innerJoin(companyMembers, eq(companyMembers.companyId, companies.id))
    .where(
      and(
        eq(companyMembers.userId, userId),
        eq(companyMembers.role, 'OWNER'),
        isNull(companyMembers.leftAt),
        isNull(companies.archivedAt),
        beside(),
        not(beside(eq(other.role, 'OWNER'))),
      ),
    )
    .orderBy(companies.id)
  return rows.map(({ id, name }) => ({ id, name: name ?? 'Erased' }))
}
