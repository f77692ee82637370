import { type Column, type SQL, sql } from 'drizzle-orm'

/** A value that a prepared statement is given when it is carried out. */
export const given = (name: string) => sql.placeholder(name)
/** That a column is one of the `ids` that a prepared statement is given: one text for any number of them. */
export const isGiven = (column: Column): SQL => sql`${column} = any(${given('ids')})`
/** That two columns are one of the `pairs` that a prepared statement is given: each a text, with a dot between. */
export const isGivenPair = (one: Column, other: Column): SQL => sql`(${one}, ${other}) in (
  select split_part(pair, '.', 1)::${sql.raw(one.getSQLType())}, split_part(pair, '.', 2)::${sql.raw(other.getSQLType())}
  from unnest(${given('pairs')}::text[]) pair)`

/** Finds rows by key; null where there is none. */
export const byKey = <Row, Key extends string, View>(
  rows: readonly Row[],
  key: (row: Row) => string,
  view: (row: Row) => View,
): ((key: Key) => View | null) => {
  const map = new Map(rows.map(row => [key(row), view(row)]))
  return k => map.get(k) ?? null
}

/** What is found for each key, for who asked for all of them. */
export const each = <Key, View>(keys: readonly Key[], of: (key: Key) => View): Map<Key, View> =>
  new Map(keys.map(key => [key, of(key)]))
