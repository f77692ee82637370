import { and, asc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { variablesOf } from '../../kernel/template.ts'
import { messageTemplates } from './tables.ts'

type Db = NodePgDatabase
type Row = typeof messageTemplates.$inferSelect

export interface TemplateView {
  nodeType: 'MessageTemplate'
  id: string
  companyId: string
  version: number
  name: string
  body: string
  variables: readonly string[]
  removedAt: Date | null
}

function toTemplate({ id, companyId, version, name, body, removedAt }: Row): TemplateView {
  const found = variablesOf(body ?? '')
  const variables = 'names' in found ? found.names : []
  return {
    nodeType: 'MessageTemplate',
    id,
    companyId,
    version,
    name: name ?? (removedAt ? 'Removed' : 'Erased'),
    body: body ?? '',
    variables,
    removedAt,
  }
}

/** Templates by id, also removed ones, so that old events resolve; null where there is none. */
export async function templatesByIds(db: Db, ids: readonly string[]): Promise<(TemplateView | null)[]> {
  const rows = await db
    .select()
    .from(messageTemplates)
    .where(inArray(messageTemplates.id, [...ids]))
  const byId = new Map(rows.map(row => [row.id, toTemplate(row)]))
  return ids.map(id => byId.get(id) ?? null)
}

/** Of which company a template is or was; null when there never was one. */
export async function companyOfTemplate(db: Db, id: string): Promise<string | null> {
  const [row] = await db
    .select({ companyId: messageTemplates.companyId })
    .from(messageTemplates)
    .where(eq(messageTemplates.id, id))
  return row?.companyId ?? null
}

const shownName = sql<string>`coalesce(${messageTemplates.name}, 'Erased')`

/** The templates of a company by name. */
export async function templatesOf(
  db: Db,
  args: { companyId: string; after: { name: string; id: string } | null; limit: number },
): Promise<TemplateView[]> {
  const { after } = args
  const rows = await db
    .select()
    .from(messageTemplates)
    .where(
      and(
        eq(messageTemplates.companyId, args.companyId),
        isNull(messageTemplates.removedAt),
        after === null
          ? undefined
          : or(
              sql`${shownName} > ${after.name}`,
              and(sql`${shownName} = ${after.name}`, gt(messageTemplates.id, after.id)),
            ),
      ),
    )
    .orderBy(asc(shownName), asc(messageTemplates.id))
    .limit(args.limit)
  return rows.map(toTemplate)
}
