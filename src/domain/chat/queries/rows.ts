import { type Column, type SQL, sql } from 'drizzle-orm'
import { batched } from '../../../kernel/batched.ts'

/** A value that a prepared statement is given when it is carried out. */
export const given = (name: string) => sql.placeholder(name)
/** That a column is one of the `ids` that a prepared statement is given: one text for any number of them. */
export const isGiven = (column: Column): SQL => sql`${column} = any(${given('ids')})`
/** That a column is one of these, which may be thousands: one parameter for all of them. */
export const isAnyOf = (column: Column, ids: readonly string[]): SQL => sql`${column} = any(${sql.param([...ids])})`
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

/** Finds rows by keys, in their order, null where there is none; all that is asked for in a turn is read with one statement. */
export const finder = <Row, View>(
  read: (keys: readonly string[]) => Promise<readonly Row[]>,
  key: (row: Row) => string,
  view: (row: Row) => View,
): ((keys: readonly string[]) => Promise<(View | null)[]>) =>
  batched(async keys => {
    const found = byKey(await read(keys), key, view)
    return new Map(keys.map(one => [one, found(one)]))
  })
