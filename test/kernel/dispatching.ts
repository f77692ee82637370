import { domains } from '../../src/domains.ts'
import { factsFrom } from '../../src/facts.ts'
import { createDispatch, type Dispatch } from '../../src/kernel/dispatch.ts'
import { Rejection } from '../../src/kernel/reject.ts'
import { type EventStore, StoreUnavailable } from '../../src/port/event-store.ts'
import type { Workshop } from '../workshop.ts'

/** A dispatch of its own over a workshop's database, whose store is a little different. */
export function dispatchWith(shop: Workshop, store: Partial<EventStore> = {}): Dispatch {
  const silent = () => undefined
  const ask: Parameters<typeof factsFrom>[0] = (query, args) => query(shop.database.db as never, args)
  const options = { domains, facts: factsFrom(ask), secret: 'test', onCommit: silent, warn: silent }
  return createDispatch({ store: { ...shop.store, ...store }, ...options })
}

/** A store whose next answers are lost: `after` what was asked for is done, or before anything is. */
export function losing(shop: Workshop, answers: number, when: 'before' | 'after'): Partial<EventStore> {
  let left = answers
  return {
    append: async command => {
      const lost = left-- > 0
      if (lost && when === 'before') throw new StoreUnavailable('lost on the way there')
      const result = await shop.store.append(command)
      if (lost) throw new StoreUnavailable('lost on the way back')
      return result
    },
  }
}

/** Codes of refusals, `done` for the rest. */
export const outcomes = (results: readonly unknown[]): string[] =>
  results.map(result => (result instanceof Rejection ? result.code : 'done')).sort()

/** Events of a stream, by type and revision. */
export const typesOf = async (shop: Workshop, stream: string): Promise<string[]> =>
  (await shop.query<{ type: string }>('select type from events where stream = $1 order by revision', [stream])).map(
    e => e.type,
  )
