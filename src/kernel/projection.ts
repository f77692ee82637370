import type { AnyEvent, EventSet, EventShapes, StoredEvent } from './message.ts'

/** A table as the kernel needs it: drizzle's PgTable fits. */
export interface Table {
  $inferInsert: Record<string, unknown>
}

/**
 * `put` writes a whole row (columns left out take their default), `patch` changes columns of a row that is there.
 * Absolute values only: applying an operation twice, or a batch folded per key, gives the same row.
 */
export interface RowOp {
  op: 'put' | 'patch'
  table: Table
  row: Record<string, unknown>
}
export const put = <T extends Table>(table: T, row: T['$inferInsert']): RowOp => ({ op: 'put', table, row })
export const patch = <T extends Table>(table: T, row: Partial<T['$inferInsert']>): RowOp => ({
  op: 'patch',
  table,
  row,
})

export interface Projection<S extends EventShapes = EventShapes> {
  name: string
  events: EventSet<S>
  on: { [K in keyof S & string]?: (event: StoredEvent<S, K>) => readonly RowOp[] }
  tables: readonly Table[]
}

/** A projection of any domain, as the worker sees it. */
export interface AnyProjection {
  name: string
  events: EventSet
  tables: readonly Table[]
  on: Record<string, ((event: never) => readonly RowOp[]) | undefined>
}

/** Names a projection: which tables it writes, and how from which events. A table has one projection, a row one stream. */
export const projection = <S extends EventShapes>(
  name: string,
  events: EventSet<S>,
  tables: readonly Table[],
  on: Projection<S>['on'],
): Projection<S> => ({ name, events, tables, on })

/** The row operations of one event. */
export function project(by: AnyProjection, event: AnyEvent): readonly RowOp[] {
  return by.on[event.type]?.(event as never) ?? []
}

/**
 * What the log alone knows (when, which revision, which position) is not known before the append. The early run passes
 * these marks in its place; `append` puts the real values in. A projection stores them as they are and computes nothing from them.
 */
export const unknownYet = {
  at: new Date(Number.NaN),
  revision: Number.MIN_SAFE_INTEGER,
  position: -(2n ** 62n),
} as const

/** Which mark a row's value is, or null for an ordinary value. */
export function markOf(value: unknown): 'at' | 'revision' | 'position' | null {
  if (value === unknownYet.at) return 'at'
  if (value === unknownYet.revision) return 'revision'
  return value === unknownYet.position ? 'position' : null
}
