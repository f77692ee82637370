import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './child.ts'
import type { Context } from './context.ts'

/** Transactions a second of one script, prepared, with so many clients. */
export async function pgbench(context: Context, url: string, script: string, clients: number): Promise<number> {
  const file = join(context.folder, 'script.sql')
  writeFileSync(file, script)
  const threads = String(Math.min(clients, 2))
  const flags = [
    '-n',
    '-M',
    'prepared',
    '-c',
    String(clients),
    '-j',
    threads,
    '-T',
    String(context.seconds),
    '-f',
    file,
  ]
  const said = await run([join(context.bin, 'pgbench'), ...flags, url])
  const rate = Number(/tps = ([\d.]+)/.exec(said)?.[1])
  if (!(rate > 0) || !/number of failed transactions: 0 /.test(said)) throw new Error(`pgbench failed: ${said}`)
  return rate
}
