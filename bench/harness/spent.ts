import { readdirSync } from 'node:fs'
import { cpuOf, parentOf } from './child.ts'
import type { Context } from './context.ts'
import type { Loaded } from './http.ts'
import type { Server } from './server.ts'

/** Runs a load and says what one good answer of our server takes: CPU of its process and of PostgreSQL, and statements. */
export async function spending(context: Context, ours: Server, run: () => Promise<Loaded>): Promise<Loaded> {
  const { pid } = await context.postgres()
  const look = async () => [ours.cpu(), cpuOfChildren(pid), await ours.ask<number>('statements')] as const
  const before = await look()
  const loaded = await run()
  const [cpu = 0, database = 0, statements = 0] = (await look()).map((now, i) => (now - (before[i] ?? 0)) / loaded.good)
  const micros = (seconds: number) => `${(seconds * 1e6).toFixed(0)} us`
  context.say(
    `  a request: ${micros(cpu)} of CPU, ${micros(database)} of PostgreSQL's, ${statements.toFixed(2)} statements`,
  )
  return loaded
}

/** CPU seconds so far of the processes that a process has started and that live. */
function cpuOfChildren(pid: number): number {
  const all = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  let sum = 0
  for (const one of all.map(Number))
    try {
      if (parentOf(one) === pid) sum += cpuOf(one)
    } catch {} // it has ended meanwhile
  return sum
}
