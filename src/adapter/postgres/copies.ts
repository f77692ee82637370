import type pg from 'pg'
import type { Table } from '../../kernel/projection.ts'
import { RebuildHalted } from '../../port/rebuilds.ts'
import { tableInfo } from './rows.ts'

// A copy is a table of the same shape beside a table, which can take its place.

export const copyOf = (table: string): string => `${table}__next`

const namesOf = (tables: readonly Table[]) => tables.map(table => tableInfo(table).name)

/** Makes an empty copy of each table, with its indexes, checks, storage settings and grants. */
export async function createCopies(client: pg.ClientBase, tables: readonly Table[], nameOf = copyOf): Promise<void> {
  for (const table of namesOf(tables)) {
    await refuseTies(client, table)
    const copy = nameOf(table)
    await client.query(`drop table if exists "${copy}"; create table "${copy}" (like "${table}" including all)`)
    // What LIKE leaves out.
    const { rows } = await client.query<{ statement: string }>(
      `select format('alter table %I set (%s)', $2::text, array_to_string(reloptions, ',')) statement
          from pg_class where oid = to_regclass($1) and reloptions is not null
        union all select format('grant %s on %I to %s', a.privilege_type, $2::text, case a.grantee when 0 then 'public' else a.grantee::regrole::text end)
          from pg_class c, aclexplode(c.relacl) a where c.oid = to_regclass($1) and a.grantee <> c.relowner`,
      [quoted(table), copy],
    )
    for (const { statement } of rows) await client.query(statement)
  }
}

/** Foreign keys, triggers and views hold on to the table itself and would not come along. */
async function refuseTies(client: pg.ClientBase, table: string): Promise<void> {
  const { rows } = await client.query<{ tie: string }>(
    `select 'foreign key ' || conname tie from pg_constraint where contype = 'f' and to_regclass($1) in (conrelid, confrelid)
      union all select 'trigger ' || tgname from pg_trigger where tgrelid = to_regclass($1) and not tgisinternal
      union all select 'view ' || r.ev_class::regclass from pg_depend d join pg_rewrite r on r.oid = d.objid
        where d.refclassid = 'pg_class'::regclass and d.refobjid = to_regclass($1) and d.classid = 'pg_rewrite'::regclass`,
    [quoted(table)],
  )
  if (rows[0])
    throw new RebuildHalted(`${table} cannot be made anew: the ${rows[0].tie} is tied to it; take that away first`)
}

/** Statistics, so that the first queries after the swap have good plans. */
export async function analyzeCopies(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  for (const table of namesOf(tables)) await client.query(`analyze "${copyOf(table)}"`)
}

/** Puts the copies in the place of the tables, under the tables' names for everything. Waits for who uses a table now. */
export async function swapCopies(client: pg.ClientBase, tables: readonly Table[]): Promise<void> {
  const names = namesOf(tables)
  const renames: string[] = []
  for (const table of names) renames.push(...(await renamesOf(client, table, copyOf(table))))
  await client.query(`lock table ${names.map(name => `"${name}"`).join(', ')} in access exclusive mode`)
  for (const table of names)
    await client.query(`drop table "${table}"; alter table "${copyOf(table)}" rename to "${table}"`)
  for (const statement of renames) await client.query(statement)
}

/** Renames of the copy's indexes and constraints to what the table's of the same definition are called. */
async function renamesOf(client: pg.ClientBase, table: string, copy: string): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `with defined as (
      select i.indrelid rel, true is_index, c.relname name, regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX .*? USING', '\\1USING') def
        from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid in (to_regclass($1), to_regclass($2))
      union all select conrelid, false, conname, pg_get_constraintdef(oid)
        from pg_constraint where conindid = 0 and conrelid in (to_regclass($1), to_regclass($2))),
    numbered as (select *, row_number() over (partition by rel, is_index, def order by name) n from defined)
    select case when new.is_index then format('alter index %I rename to %I', new.name, old.name)
        else format('alter table %I rename constraint %I to %I', $3::text, new.name, old.name) end statement
      from numbered old join numbered new using (is_index, def, n)
      where old.rel = to_regclass($1) and new.rel = to_regclass($2) and old.name <> new.name`,
    [quoted(table), quoted(copy), table],
  )
  return rows.map(row => row.statement)
}

const quoted = (name: string) => `"${name}"`
