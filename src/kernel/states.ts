import { LRUCache } from 'lru-cache'
import type { Append, Commit, EventStore, Snapshot } from '../port/event-store.ts'
import { decode } from './codec.ts'
import { toEvent } from './decided.ts'
import { type AnyDecider, evolve } from './decider.ts'

/** A state and the last structural revision it holds. */
export interface Loaded {
  state: unknown
  guard: number
}

/** States of streams, kept between commands. They may be stale: the append finds out. */
export interface States {
  has: (stream: string) => boolean
  /** `fresh`: with whatever happened since it was kept. */
  load: (of: AnyDecider, stream: string, fresh: boolean) => Promise<Loaded>
  /** Keeps the state after our own events, so that the next command of this stream reads nothing. */
  remember: (of: AnyDecider, before: Loaded, append: Append, commit: Commit) => void
}

const pageSize = 500
const snapshotEvery = 200

/** Folds streams from a snapshot on and keeps what it folded. Deleting all snapshots changes nothing but the time it takes. */
export function createStates(store: EventStore, warn: (error: unknown, message: string) => void): States {
  const kept = new LRUCache<string, Loaded>({ max: 20_000 })

  return {
    has: stream => kept.has(stream),

    async load(of, stream, fresh) {
      const cached = kept.get(stream)
      if (cached && !fresh) return cached
      const next = () => store.readStream(stream, guard, pageSize, true)
      const anew = cached ? null : await store.readState(stream, schemaOf(of), pageSize)
      let { state, guard } = cached ?? fromSnapshot(of, anew?.snapshot)
      let folded = 0
      for (let page = anew ?? (await next()); ; page = await next()) {
        if ((page.head?.guard ?? -1) < guard) {
          // The log went back behind what is known here (a failover that lost its end): fold what there is.
          ;[state, guard] = [of.initial, -1]
          continue
        }
        for (const raw of page.events) {
          state = evolve(of, state, decode(of.events, raw))
          guard = raw.revision
        }
        folded += page.events.length
        if (page.events.length < pageSize) break
      }
      if (folded >= snapshotEvery)
        store.saveSnapshot(stream, schemaOf(of), guard, JSON.stringify(state)).catch(e => warn(e, 'no snapshot'))
      const loaded = { state, guard }
      kept.set(stream, loaded)
      return loaded
    },

    remember(of, before, append, commit) {
      const { first } = commit
      if (commit.again || first === null || !append.events.some(e => e.bump)) return
      let { state, guard } = before
      append.events.forEach((event, i) => {
        if (!event.bump) return
        state = evolve(of, state, toEvent(append, i, first + i))
        guard = first + i
      })
      const now = kept.peek(append.stream)
      if (!now || now.guard < guard) kept.set(append.stream, { state, guard })
    },
  }
}

const fromSnapshot = (of: AnyDecider, found: Snapshot | null | undefined): Loaded =>
  found ? { state: JSON.parse(found.state), guard: found.revision } : { state: of.initial, guard: -1 }

const schemaOf = (of: AnyDecider): string => `${of.events.category}.${of.stateVersion}`
