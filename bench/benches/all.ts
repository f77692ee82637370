import type { Bench } from '../bench.ts'
import { appendBenches } from './append.ts'
import { mutation } from './mutation.ts'
import { rehydrate } from './rehydrate.ts'

/** In the order of the table. */
export const benches: readonly Bench[] = [...appendBenches, rehydrate, mutation]
