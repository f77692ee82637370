import type { Consumer } from '../kernel/consume.ts'
import type { Table } from '../kernel/projection.ts'
import { type Reactor, tasksOf } from '../kernel/reactor.ts'

/** Follows the whole log for a process and stores what it has to do, with its checkpoint. */
export const reactorConsumer = (of: Reactor, table: Table): Consumer => ({
  name: of.name,
  start: of.start,
  tables: [table],
  topic: 'tasks',
  handle: raw =>
    tasksOf(of, raw).map(({ id, kind, input, dueAt }) => ({
      op: 'put',
      table,
      row: {
        id,
        reactor: of.name,
        kind,
        input: JSON.stringify(input),
        position: raw.position,
        at: raw.at,
        dueAt: dueAt ?? raw.at,
      },
    })),
})
