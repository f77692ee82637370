import { and, desc, eq, gt, inArray, isNull, lte, ne, sql } from 'drizzle-orm'
import { newId } from '../../kernel/id.ts'
import type { Hasher, Passwords, Session, Sessions } from '../../port/sessions.ts'
import type { Db } from './db.ts'
import { passwords, sessions } from './schema.ts'

const live = () => and(isNull(sessions.endedAt), gt(sessions.expiresAt, sql`now()`))
const toSession = ({ endedAt: _, place: __, ...row }: typeof sessions.$inferSelect): Session => row

/** Sessions in PostgreSQL, each living `days` from its start. */
export function postgresSessions(db: Db, days: number): Sessions {
  return {
    async open(userId, deviceName, place) {
      const now = new Date()
      const expiresAt = new Date(now.getTime() + days * 86_400_000)
      const row = { id: newId(), userId, deviceName, generation: 0, createdAt: now, lastUsedAt: now, expiresAt }
      await db.insert(sessions).values({ ...row, place })
      return row
    },

    async knows(userId, place) {
      const recent = gt(sessions.createdAt, sql`now() - interval '90 days'`)
      const rows = await db
        .select({ id: sessions.id })
        .from(sessions)
        .where(and(eq(sessions.userId, userId), eq(sessions.place, place), recent))
        .limit(1)
      return rows.length > 0
    },

    async use(id, generation) {
      // The newest token (one ahead of what was used) or the last one again; one statement, so that racers agree.
      const [row] = await db
        .update(sessions)
        .set({ generation, lastUsedAt: new Date() })
        .where(and(eq(sessions.id, id), live(), inArray(sessions.generation, [generation - 1, generation])))
        .returning()
      if (row) return toSession(row)
      const older = and(eq(sessions.id, id), gt(sessions.generation, generation), isNull(sessions.endedAt))
      await db.update(sessions).set({ endedAt: new Date() }).where(older)
      return null
    },

    async list(userId) {
      const rows = await db
        .select()
        .from(sessions)
        .where(and(eq(sessions.userId, userId), live()))
        .orderBy(desc(sessions.lastUsedAt), desc(sessions.id))
        .limit(100)
      return rows.map(toSession)
    },

    async end(userId, { only, except, openedBefore }) {
      const rows = await db
        .update(sessions)
        .set({ endedAt: new Date() })
        .where(
          and(
            eq(sessions.userId, userId),
            live(),
            only === undefined ? undefined : eq(sessions.id, only),
            except === undefined ? undefined : ne(sessions.id, except),
            openedBefore === undefined ? undefined : lte(sessions.createdAt, openedBefore),
          ),
        )
        .returning({ id: sessions.id })
      return rows.map(row => row.id)
    },

    async forget(userId) {
      await db.delete(sessions).where(eq(sessions.userId, userId))
    },

    async live(ids) {
      if (!ids.length) return new Set()
      // Thousands are asked for twice a second, and hardly any is over: those come back.
      const asked = sql`unnest(${sql.param([...ids])}::uuid[]) as asked(id)`
      const { rows } = await db.execute<{ id: string }>(
        sql`select id from ${asked} where not exists (select from ${sessions} where ${sessions.id} = asked.id and ${live()})`,
      )
      const over = new Set(rows.map(row => row.id))
      return new Set(ids.filter(id => !over.has(id)))
    },
  }
}

/** Password hashes in PostgreSQL. */
export function postgresPasswords(db: Db, { hash, verify }: Hasher): Passwords {
  const decoy = hash('nobody has this password')
  return {
    async set(userId, password) {
      const row = { hash: await hash(password), changedAt: new Date() }
      await db
        .insert(passwords)
        .values({ userId, ...row })
        .onConflictDoUpdate({ target: passwords.userId, set: row })
    },
    async verify(userId, password) {
      const [row] = userId ? await db.select().from(passwords).where(eq(passwords.userId, userId)) : []
      const right = await verify(row?.hash ?? (await decoy), password)
      return right && row !== undefined
    },
    async remove(userId) {
      await db.delete(passwords).where(eq(passwords.userId, userId))
    },
  }
}
