import type { Program } from './child.ts'
import type { Postgres } from './postgres.ts'
import type { Stops } from './stops.ts'

/** What a bench is given. */
export interface Context {
  /** A look instead of a measurement: one short round, smaller sizes where they take long. */
  quick: boolean
  /** How long one measurement takes. */
  seconds: number
  /** Folder of PostgreSQL's programs. */
  bin: string
  /** How long it runs before that, so that the compiler has seen it. */
  warmUp: number
  /** For files; removed at the end. */
  folder: string
  /** A folder that PostgreSQL may write to as well. */
  exchange: string
  /** Ends with the bench. */
  stops: Stops
  /** The server of all benches; `slow`: another one, with 1 ms more for each fsync. Throws Skipped where that cannot be had. */
  postgres: (kind?: 'slow') => Promise<Postgres>
  /** An empty database of the product's. */
  database: (kind?: 'slow') => Promise<string>
  /** Whether to say where the time of our processes goes. */
  profile: boolean
  program: (path: string, env?: Record<string, string>) => Promise<Program>
  say: (line: string) => void
}

/** A bench cannot be run on this machine; the message says why. */
export class Skipped extends Error {}
