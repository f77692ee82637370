import type { RawEvent } from '../../kernel/codec.ts'
import type { Head } from '../../port/event-store.ts'

/** Columns of an event as `toRaw` reads them. */
export const eventColumns = 'position, stream, revision, id, type, v, bump, at, tenant, actor, command, data, personal'

export interface EventRow extends Omit<RawEvent, 'position' | 'revision'> {
  position: string
  revision: string
}
export const toRaw = (row: EventRow): RawEvent => ({
  ...row,
  position: BigInt(row.position),
  revision: Number(row.revision),
})

export interface HeadRow {
  id: string
  revision: string
  guard: string
  projected: string
}
export const toHead = (row: HeadRow): Head => ({
  revision: Number(row.revision),
  guard: Number(row.guard),
  projected: Number(row.projected),
})
