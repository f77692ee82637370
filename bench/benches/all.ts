import type { Bench } from '../bench.ts'
import { appendBenches } from './append.ts'
import { chats } from './chats.ts'
import { fanoutBenches } from './fanout.ts'
import { growth } from './growth.ts'
import { lag } from './lag.ts'
import { mutation } from './mutation.ts'
import { overload } from './overload.ts'
import { query } from './query.ts'
import { rebuildBench } from './rebuild.ts'
import { rehydrate } from './rehydrate.ts'
import { resume } from './resume.ts'
import { send } from './send.ts'
import { soak } from './soak.ts'
import { spec } from './spec.ts'
import { start } from './start.ts'

/** In the order of the table. */
export const benches: readonly Bench[] = [
  ...appendBenches,
  rehydrate,
  mutation,
  send,
  query,
  chats,
  ...fanoutBenches,
  lag,
  resume,
  rebuildBench,
  start,
  spec,
  growth,
  overload,
  soak,
]
