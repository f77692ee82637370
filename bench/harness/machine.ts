import { execFileSync } from 'node:child_process'
import { arch, cpus, totalmem } from 'node:os'
import { join } from 'node:path'

/** What the figures were measured on; names no machine. */
export function machine(bin: string, fsync: number): Record<string, string | number> {
  const processors = cpus()
  return {
    cpu: `${processors.length} x ${processors[0]?.model.trim() || arch()}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    node: process.version,
    postgres: execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' }).trim(),
    fsync: `${Math.round(fsync)} us`,
    date: new Date().toISOString().slice(0, 10),
  }
}
