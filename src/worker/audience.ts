import { decode } from '../kernel/codec.ts'
import type { Consumer } from '../kernel/consume.ts'
import { audienceOf, type Domain } from '../kernel/domain.ts'
import type { Table } from '../kernel/projection.ts'
import { eventSets, setOf } from './rows.ts'

/** Follows the whole log and notes whose inbox an event concerns. Only events that may concern one are decoded. */
export function audienceConsumer(domains: readonly Domain[], table: Table): Consumer {
  const sets = eventSets(domains)
  const heard = new Set(
    domains.flatMap(d =>
      (d.audience ?? []).flatMap(a => Object.keys(a.on).map(type => `${a.events.category}.${type}`)),
    ),
  )
  return {
    name: 'audience',
    start: 'beginning',
    tables: [table],
    topic: 'audience',
    handle: raw => {
      const set = setOf(sets, raw)
      if (!heard.has(`${set.category}.${raw.type}`)) return []
      const { stream, revision, position } = raw
      const rows = audienceOf(domains, decode(set, raw)).map(audience => ({ audience, position, stream, revision }))
      return rows.map(row => ({ op: 'put', table, row }))
    },
  }
}
