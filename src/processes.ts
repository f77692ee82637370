import { holdsOf } from './domain/chat/queries/index.ts'
import { filesByIds, openSince, settledBefore } from './domain/file/queries.ts'
import type { Query } from './graph/context.ts'
import type { Chore } from './kernel/chore.ts'
import type { Dispatch } from './kernel/dispatch.ts'
import type { Reactor } from './kernel/reactor.ts'
import type { EventStore } from './port/event-store.ts'
import type { Files } from './port/files.ts'
import { type FilesNeeds, fileSweeps, removedFiles } from './process/files.ts'

/** What processes are made of; compose gives it. */
export interface ProcessNeeds {
  dispatch: Dispatch
  store: EventStore
  files: Files
  unusedFileHours: number
  ask: <Args, View>(query: Query<Args, View>, args: Args) => Promise<View>
}

/** What joins domains by doing something later, each bound to what it needs: the queries of domains, commands, ports. */
export function processesFrom(needs: ProcessNeeds): { reactors: readonly Reactor[]; chores: readonly Chore[] } {
  return { reactors: [removedFiles(needs)], chores: [...fileSweeps(forFiles(needs))] }
}

const forFiles = ({ dispatch, ask, store, files, unusedFileHours }: ProcessNeeds): FilesNeeds => ({
  dispatch,
  files,
  unusedMs: unusedFileHours * 3_600_000,
  rowsAreWhole: async () => {
    const { head } = await store.movedSince(await store.lowWater())
    return (await store.lowWater()) >= head
  },
  openSince: args => ask(openSince, args),
  settledBefore: args => ask(settledBefore, args),
  held: async ids => {
    const holds = await ask(holdsOf, ids)
    return new Set(ids.filter((_, i) => holds[i] === 'now'))
  },
  kept: async ids => {
    const found = await ask(filesByIds, ids)
    return new Set(found.filter(file => file !== null && file.state !== 'REJECTED').map(file => file?.id ?? ''))
  },
})
