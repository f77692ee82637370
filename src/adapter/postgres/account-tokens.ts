import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, sql } from 'drizzle-orm'
import type { AccountTokens, TokenPurpose } from '../../port/account-mails.ts'
import type { Db } from './db.ts'
import { accountTokens } from './schema.ts'

const minutes: Record<TokenPurpose, number> = { VERIFY_EMAIL: 24 * 60, RESET_PASSWORD: 30 }

const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Tokens in PostgreSQL: one row an account and purpose. */
export function postgresAccountTokens(db: Db): AccountTokens {
  const good = (purpose: TokenPurpose, token: string) =>
    and(
      eq(accountTokens.hash, hashOf(token)),
      eq(accountTokens.purpose, purpose),
      gt(accountTokens.expiresAt, sql`clock_timestamp()`),
    )
  return {
    async mint(userId, purpose) {
      const token = randomBytes(32).toString('base64url')
      const expiresAt = sql`clock_timestamp() + ${minutes[purpose]} * interval '1 min'`
      const row = { hash: hashOf(token), expiresAt }
      await db
        .insert(accountTokens)
        .values({ userId, purpose, ...row })
        .onConflictDoUpdate({ target: [accountTokens.userId, accountTokens.purpose], set: row })
      return token
    },
    async owner(purpose, token) {
      const [row] = await db.select().from(accountTokens).where(good(purpose, token))
      return row?.userId ?? null
    },
    async use(purpose, token) {
      const [row] = await db.delete(accountTokens).where(good(purpose, token)).returning()
      return row?.userId ?? null
    },
    async drop(userId, purpose) {
      const which = purpose && eq(accountTokens.purpose, purpose)
      await db.delete(accountTokens).where(and(eq(accountTokens.userId, userId), which))
    },
  }
}
