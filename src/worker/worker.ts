import { setTimeout as pause } from 'node:timers/promises'
import type { Chore } from '../kernel/chore.ts'
import type { Consumer } from '../kernel/consume.ts'
import type { Domain } from '../kernel/domain.ts'
import type { Reactor } from '../kernel/reactor.ts'
import type { Consumers, DeadLetters, EarlyRows } from '../port/consumers.ts'
import type { EventStore } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'
import type { Tasks } from '../port/tasks.ts'
import { follow } from './follow.ts'
import { healAll } from './heal.ts'
import { resting, startLoop } from './loop.ts'
import { earlyRowsOf } from './rows.ts'
import { doTasks } from './tasks.ts'

export interface WorkerOptions {
  store: EventStore
  domains: readonly Domain[]
  /** Who follows the log besides the early rows: `audienceConsumer(domains, table)`, and a `reactorConsumer` a process. */
  follow: readonly Consumer[]
  reactors: readonly Reactor[]
  chores: readonly Chore[]
  tasks: Tasks
  consumers: Consumers
  early: EarlyRows
  letters: DeadLetters
  pubsub: PubSub
  log: Log
}

export interface Worker {
  /** Ends what is under way, 2 s at most, and gives the leases back. */
  stop: () => Promise<void>
}

const drainMs = 2_000

/** Catches up whatever the log is ahead of: rows that the append could not write, and the consumers. Survives a database that goes and comes back. */
export function startWorker(options: WorkerOptions): Worker {
  const { store, early, letters, log, pubsub } = options
  const stopping = new AbortController()
  const healing = { store, rows: early, letters, handle: earlyRowsOf(options.domains), log }
  const healer = startLoop({
    name: 'early rows',
    log,
    everyMs: 500,
    rest: resting(100),
    step: () => healAll(healing, stopping.signal),
  })
  const unsubscribe = pubsub.subscribe('log', healer.wake)
  const doer = startLoop({ name: 'tasks', log, everyMs: 1_000, rest: resting(20), step: () => doTasks(options) })
  const unsubscribeTasks = pubsub.subscribe('tasks', doer.wake)
  const chores = options.chores.map(({ name, everyMs, run }) =>
    startLoop({ name, log, everyMs, rest: resting(Math.min(100, everyMs)), step: run }),
  )
  const followers = options.follow.map(consumer => follow(consumer, options))

  return {
    stop: async () => {
      stopping.abort()
      unsubscribe()
      unsubscribeTasks()
      const done = Promise.all([healer, doer, ...chores, ...followers].map(loop => loop.stop()))
      await Promise.race([done, pause(drainMs, undefined, { ref: false })])
    },
  }
}
