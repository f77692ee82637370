import type { Consumer } from '../kernel/consume.ts'
import type { Domain } from '../kernel/domain.ts'
import { type Derived, RebuildHalted, type Rebuilds } from '../port/rebuilds.ts'
import { rowsOf } from './rows.ts'

/** All that follows from the log: the projections of the domains, and what consumers write. */
export function derivedOf(domains: readonly Domain[], consumers: readonly Consumer[]): readonly Derived[] {
  return [
    ...domains
      .flatMap(d => d.projections)
      .map(p => ({
        name: p.name,
        gate: 'early' as const,
        tables: p.tables,
        categories: [p.events.category],
        handle: rowsOf(p),
      })),
    ...consumers.map(c => ({
      name: c.name,
      gate: 'consumer' as const,
      tables: c.tables,
      categories: null,
      handle: c.handle,
    })),
  ]
}

export interface RebuildOptions {
  of: Derived
  rebuilds: Rebuilds
  /** Goes on with the tables of a run that was interrupted. Only when the code is the same: they are not looked at. */
  resume?: boolean
  /** Events to pass over, as `<stream>@<revision>`: those that were skipped when they were poison. */
  skip?: ReadonlySet<string>
  onProgress?: (position: bigint, head: bigint) => void
  signal?: AbortSignal
}

/** Close enough to the head that the swap, for which writers wait, has little left to read. */
const near = 500n
const swapTries = 200

/**
 * Makes the tables of a projection or a consumer anew from the log, while everybody reads and writes.
 * @throws RebuildHalted when an event cannot be applied or the swap never finds a gap; the signal's reason. The old tables stay.
 */
export async function rebuild({
  of,
  rebuilds,
  resume = false,
  skip,
  onProgress,
  signal,
}: RebuildOptions): Promise<void> {
  const handle: Consumer['handle'] = e => (skip?.has(`${e.stream}@${e.revision}`) ? [] : of.handle(e))
  const target = { ...of, handle }
  const run = await rebuilds.open(target, resume)
  for (let tried = 0; tried < swapTries; tried++) {
    for (;;) {
      signal?.throwIfAborted()
      const { position, head } = await rebuilds.advance(target, run)
      onProgress?.(position, head)
      if (position + near >= head) break
    }
    if (await rebuilds.swap(target, run)) return
  }
  throw new RebuildHalted(
    `${of.name} is rebuilt but not in place: its tables are in use without a gap. Try again with --resume when it is quieter`,
  )
}
