import { faultOf } from '../kernel/consume.ts'
import { GiveUp, type Reactor } from '../kernel/reactor.ts'
import { type EventStore, StoreUnavailable } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'
import type { HeldTask, Tasks } from '../port/tasks.ts'

export interface Doing {
  reactors: readonly Reactor[]
  tasks: Tasks
  store: Pick<EventStore, 'lowWater'>
  log: Log
}

const atOnce = 8
const tries = 20

/** Does tasks that are due, side by side. True: there may be more. */
export async function doTasks({ reactors, tasks, store, log }: Doing): Promise<boolean> {
  const byName = new Map(reactors.map(r => [r.name, r]))
  const held = await tasks.claim([...byName.keys()], await store.lowWater(), atOnce)
  await Promise.all(held.map(task => doTask(byName.get(task.reactor), task, tasks, log)))
  return held.length === atOnce
}

async function doTask(of: Reactor | undefined, held: HeldTask, tasks: Tasks, log: Log): Promise<void> {
  const { id, reactor, kind, attempt, at } = held
  try {
    const run = of?.do[kind]
    if (!run) throw new GiveUp(`${reactor} of this version of the program knows no task ${kind}`)
    const more = await run(held.input as never, { id, attempt, at })
    if (more) await tasks.postpone(held, more.again)
    else await tasks.finish(held)
  } catch (error) {
    const final = error instanceof GiveUp || (attempt >= tries && !(error instanceof StoreUnavailable))
    const why = error instanceof GiveUp || error instanceof StoreUnavailable ? error.message : faultOf(error)
    await tasks.fail(held, why, final)
    const line = { id, reactor, kind, attempt, error: why }
    if (final) log.error(line, `${reactor} gives a task up`)
    else log.warn(line, `${reactor} will try a task again`)
  }
}
