import type { Query } from './graph/context.ts'
import type { Chore } from './kernel/chore.ts'
import type { Dispatch } from './kernel/dispatch.ts'
import type { Reactor } from './kernel/reactor.ts'

/** What processes are made of; compose gives it. */
export interface ProcessNeeds {
  dispatch: Dispatch
  ask: <Args, View>(query: Query<Args, View>, args: Args) => Promise<View>
}

/** What joins domains by doing something later, each bound to what it needs: the queries of domains, commands, ports. */
export function processesFrom(_needs: ProcessNeeds): { reactors: readonly Reactor[]; chores: readonly Chore[] } {
  return { reactors: [], chores: [] }
}
