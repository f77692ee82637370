import { type Column, type SQL, sql } from 'drizzle-orm'

/** A value that a prepared statement is given when it is carried out. */
export const given = (name: string) => sql.placeholder(name)
/** That a column is one of the `ids` that a prepared statement is given: one text for any number of them. */
export const isGiven = (column: Column): SQL => sql`${column} = any(${given('ids')})`

/** Finds rows by key; null where there is none. */
export const byKey = <Row, Key extends string, View>(
  rows: readonly Row[],
  key: (row: Row) => string,
  view: (row: Row) => View,
): ((key: Key) => View | null) => {
  const map = new Map(rows.map(row => [key(row), view(row)]))
  return k => map.get(k) ?? null
}
