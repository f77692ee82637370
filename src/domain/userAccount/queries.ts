import { and, asc, eq, gt, inArray, isNotNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { batched } from '../../kernel/batched.ts'
import { oncePer } from '../../kernel/once.ts'
import type { PlatformRole } from './events.ts'
import { userAccounts } from './tables.ts'

type Db = NodePgDatabase
type Row = typeof userAccounts.$inferSelect

/** An account as everybody sees it. */
export interface UserView {
  nodeType: 'User'
  id: string
  version: number
  handle: string
  displayName: string
  avatarFileId: string | null
  status: Row['status']
  createdAt: Date
  deletedAt: Date | null
}

/** An account as its owner sees it. */
export interface AccountView {
  id: string
  email: string
  emailVerifiedAt: Date | null
  platformRole: Row['platformRole']
  locale: string | null
  timeZone: string | null
}

const toUser = (row: Row): UserView => ({
  nodeType: 'User',
  id: row.id,
  version: row.version,
  handle: row.handle ?? `deleted_${row.id.slice(-12)}`,
  displayName: row.displayName ?? (row.status === 'DELETED' ? 'Deleted account' : 'Erased'),
  avatarFileId: row.avatarFileId,
  status: row.status,
  createdAt: row.createdAt,
  deletedAt: row.deletedAt,
})

const byId = oncePer((db: Db) => {
  const isGiven = sql`${userAccounts.id} = any(${sql.placeholder('ids')})`
  const statement = db.select().from(userAccounts).where(isGiven).prepare('users_by_ids')
  return batched(async ids => {
    const rows = new Map((await statement.execute({ ids })).map(row => [row.id, row]))
    return new Map(ids.map(id => [id, rows.get(id) ?? null]))
  })
})

/** Accounts by id, also deleted ones; null where there is none. */
export async function usersByIds(db: Db, ids: readonly string[]): Promise<(UserView | null)[]> {
  const rows = await byId(db)(ids)
  return rows.map(row => row && toUser(row))
}

/** One's own account; null when it is deleted. */
export async function accountById(db: Db, id: string): Promise<AccountView | null> {
  const [row] = await byId(db)([id])
  if (row?.status !== 'ACTIVE') return null
  const { emailVerifiedAt, platformRole, locale, timeZone } = row
  return { id: row.id, email: row.email ?? '', emailVerifiedAt, platformRole, locale, timeZone }
}

/** The live account of an e-mail address in lower case. */
export async function accountIdByEmail(db: Db, email: string): Promise<string | null> {
  const [row] = await db
    .select({ id: userAccounts.id })
    .from(userAccounts)
    .where(and(eq(userAccounts.email, email), eq(userAccounts.status, 'ACTIVE')))
  return row?.id ?? null
}

/** The same, if its owner has shown that the address is theirs: anybody can register with any address. */
export async function confirmedAccountIdByEmail(db: Db, email: string): Promise<string | null> {
  const [row] = await db
    .select({ id: userAccounts.id })
    .from(userAccounts)
    .where(
      and(eq(userAccounts.email, email), eq(userAccounts.status, 'ACTIVE'), isNotNull(userAccounts.emailVerifiedAt)),
    )
  return row?.id ?? null
}

/** The live account of a handle. */
export async function accountIdByHandle(db: Db, handle: string): Promise<string | null> {
  const [row] = await db
    .select({ id: userAccounts.id })
    .from(userAccounts)
    .where(and(eq(userAccounts.handle, handle), eq(userAccounts.status, 'ACTIVE')))
  return row?.id ?? null
}

/** What somebody may do on the platform now; null for who is disabled, deleted or never was. */
export async function platformRoleOf(db: Db, id: string): Promise<PlatformRole | null> {
  const [row] = await db
    .select({ role: userAccounts.platformRole })
    .from(userAccounts)
    .where(and(eq(userAccounts.id, id), eq(userAccounts.status, 'ACTIVE')))
  return row?.role ?? null
}

/** The ADMINs who are in: how many there are beside one account, and a mark that is another for each set of them. */
export async function adminsBeside(db: Db, id: string): Promise<{ others: number; mark: string }> {
  const [row] = await db
    .select({
      others: sql<number>`(count(*) filter (where ${userAccounts.id} <> ${id}))::int`,
      mark: sql<string>`coalesce(md5(string_agg(${userAccounts.id}::text, ',' order by ${userAccounts.id})), '')`,
    })
    .from(userAccounts)
    .where(and(eq(userAccounts.platformRole, 'ADMIN'), eq(userAccounts.status, 'ACTIVE')))
  return row ?? { others: 0, mark: '' }
}

/** Which of these ids are accounts that can take part in something. */
export async function knownUsers(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  if (!ids.length) return []
  const rows = await db
    .select({ id: userAccounts.id })
    .from(userAccounts)
    .where(and(inArray(userAccounts.id, [...ids]), eq(userAccounts.status, 'ACTIVE')))
  return rows.map(row => row.id)
}

/**
 * Live accounts by handle, at most `limit`; `query` is the beginning of a handle or of a name, in any case; `among`: only
 * these. Erased ones have no handle to be found by.
 */
export async function findUsers(
  db: Db,
  args: { query: string | null; among: readonly string[] | null; after: string | null; limit: number },
): Promise<UserView[]> {
  const rows = await db
    .select()
    .from(userAccounts)
    .where(
      and(
        eq(userAccounts.status, 'ACTIVE'),
        isNotNull(userAccounts.handle),
        args.query === null ? undefined : isNamed(args.query),
        args.among === null ? undefined : sql`${userAccounts.id} = any(${sql.param([...args.among])}::uuid[])`,
        args.after === null ? undefined : gt(userAccounts.handle, args.after),
      ),
    )
    .orderBy(asc(userAccounts.handle))
    .limit(args.limit)
  return rows.map(toUser)
}

/** Whose handle or name begins like this, in any case. */
function isNamed(query: string) {
  const prefix = `${query.toLowerCase().replace(/[\\%_]/g, c => `\\${c}`)}%`
  return or(sql`${userAccounts.handle} like ${prefix}`, sql`lower(${userAccounts.displayName}) like ${prefix}`)
}

/** Of some accounts those whose handle or name begins with `query`, in any case. */
export async function usersNamed(db: Db, args: { query: string; ids: readonly string[] }): Promise<string[]> {
  const rows = await db
    .select({ id: userAccounts.id })
    .from(userAccounts)
    .where(and(inArray(userAccounts.id, [...args.ids]), isNamed(args.query)))
  return rows.map(row => row.id)
}

/** Of some files, those that are somebody's picture. */
export async function userAvatars(db: Db, fileIds: readonly string[]): Promise<string[]> {
  const rows = await db
    .select({ id: userAccounts.avatarFileId })
    .from(userAccounts)
    .where(inArray(userAccounts.avatarFileId, [...fileIds]))
  return rows.flatMap(row => row.id ?? [])
}
