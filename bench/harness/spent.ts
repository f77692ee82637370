import { readdirSync } from 'node:fs'
import { cpuOf, parentOf } from './child.ts'
import type { Context } from './context.ts'
import type { Loaded } from './http.ts'
import type { Server } from './server.ts'

/** Runs a load and says what one good answer of our server takes: CPU of its process and of PostgreSQL, and statements. */
export async function spending(context: Context, ours: Server, run: () => Promise<Loaded>): Promise<Loaded> {
  const { pid } = await context.postgres()
  const look = async () => ({ cpu: ours.cpu(), all: cpuOfChildren(pid), asked: await ours.ask<number>('statements') })
  const before = await look()
  const loaded = await run()
  const after = await look()
  const database = [...after.all].reduce((sum, [one, cpu]) => sum + cpu - (before.all.get(one) ?? 0), 0)
  const micros = (seconds: number) => `${((seconds * 1e6) / loaded.good).toFixed(0)} us`
  context.say(
    `  a request: ${micros(after.cpu - before.cpu)} of CPU, ${micros(database)} of PostgreSQL's, ${((after.asked - before.asked) / loaded.good).toFixed(2)} statements`,
  )
  return loaded
}

/** CPU seconds so far of the processes that a process has started and that live, by pid. */
function cpuOfChildren(pid: number): Map<number, number> {
  const found = new Map<number, number>()
  for (const name of readdirSync('/proc').filter(name => /^\d+$/.test(name)))
    try {
      if (parentOf(Number(name)) === pid) found.set(Number(name), cpuOf(Number(name)))
    } catch {} // it has ended meanwhile
  return found
}
