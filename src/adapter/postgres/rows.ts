import { getTableColumns, getTableName } from 'drizzle-orm'
import { getTableConfig, type PgTable } from 'drizzle-orm/pg-core'
import { markOf, type RowOp, type Table } from '../../kernel/projection.ts'

// Row operations as the functions of functions.ts take them: JSON per table.

export interface TableInfo {
  name: string
  /** Column names, all and of the primary key, and the column types of the latter. */
  columns: readonly string[]
  key: readonly { column: string; type: string }[]
  /** Property name -> column name and default. */
  properties: ReadonlyMap<string, { column: string; default: unknown }>
}

const known = new WeakMap<Table, TableInfo>()

/** What drizzle knows of a table, by the names that SQL uses. Generated columns are left out: nobody writes them. */
export function tableInfo(table: Table): TableInfo {
  const cached = known.get(table)
  if (cached) return cached
  const pgTable = table as unknown as PgTable
  const config = getTableConfig(pgTable)
  const properties = new Map(
    Object.entries(getTableColumns(pgTable))
      .filter(([, c]) => !c.generated)
      .map(([property, c]) => [property, { column: snake(c.name), default: c.default ?? null }]),
  )
  const keyNames = config.primaryKeys[0]?.columns.map(c => c.name)
  const keys = config.columns.filter(c => keyNames?.includes(c.name) ?? c.primary)
  if (!keys.length) throw new Error(`the projection table ${config.name} has no primary key`)
  if (keys.length === config.columns.length)
    throw new Error(`the projection table ${config.name} has nothing but its key`)
  const info: TableInfo = {
    name: getTableName(pgTable),
    columns: config.columns.filter(c => !c.generated).map(c => snake(c.name)),
    key: keys.map(c => ({ column: snake(c.name), type: c.getSQLType() })),
    properties,
  }
  known.set(table, info)
  return info
}

/** One operation: table key `k`, whole row or not `p`, values `r`. */
export interface RowJson {
  k: string
  p: boolean
  r: Record<string, unknown>
}

/** Operations as JSON, by table name and in order. */
export function rowsByTable(ops: Iterable<RowOp>): Record<string, RowJson[]> {
  const tables: Record<string, RowJson[]> = {}
  for (const op of ops) {
    const info = tableInfo(op.table)
    const { k, r, unknown } = columnsOf(info, op)
    if (unknown.length) throw new Error(`a row of ${info.name} is not known yet`)
    const list = tables[info.name] ?? []
    tables[info.name] = list
    list.push({ k, p: op.op === 'put', r })
  }
  return tables
}

/** What stands for a mark in the text of an early row: a character that JSON never holds as it is, so that no value can look like one. */
export const marks = { at: '\u0001', revision: '\u0002', position: '\u0003' } as const

/** What names a table in an early row: with a sign when the row is changed and not written whole. */
export const tableOf = (name: string, patch: boolean): string => (patch ? `~${name}` : name)

/** An operation whose row has marks: which table and how (`tableOf`), its key, and the values as text. */
export function earlyRow(op: RowOp): { t: string; k: string; r: string } {
  const info = tableInfo(op.table)
  const { k, r, unknown } = columnsOf(info, op)
  const columns = unknown.map(([column, mark]) => `"${column}":${marks[mark]}`)
  const known = JSON.stringify(r).slice(1, -1)
  return { t: tableOf(info.name, op.op === 'patch'), k, r: `{${[...(known ? [known] : []), ...columns].join(',')}}` }
}

function columnsOf(info: TableInfo, op: RowOp) {
  const r: Record<string, unknown> = {}
  const unknown: [column: string, mark: keyof typeof marks][] = []
  for (const [property, { column, default: fallback }] of info.properties) {
    const given = op.row[property]
    if (given === undefined && op.op === 'patch') continue
    const value = given === undefined ? fallback : given
    const mark = markOf(value)
    if (mark) unknown.push([column, mark])
    else r[column] = jsonValue(value)
  }
  return { k: info.key.map(({ column }) => String(r[column])).join('.'), r, unknown }
}

const jsonValue = (value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)

/** The casing that drizzle is told to use: `createdAt` -> `created_at`. */
export const snake = (name: string): string => name.replace(/[A-Z]/g, c => `_${c.toLowerCase()}`)
