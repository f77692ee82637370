/** Finds rows by key; null where there is none. */
export const byKey = <Row, Key extends string, View>(
  rows: readonly Row[],
  key: (row: Row) => string,
  view: (row: Row) => View,
): ((key: Key) => View | null) => {
  const map = new Map(rows.map(row => [key(row), view(row)]))
  return k => map.get(k) ?? null
}
