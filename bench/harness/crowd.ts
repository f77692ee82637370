import { readFileSync } from 'node:fs'
import { Skipped } from './context.ts'

/** Throws Skipped where a process may not hold so many sockets. */
export function mustHold(sockets: number): void {
  const most = Number(/Max open files\s+\d+\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity)
  if (most < sockets + 200)
    throw new Skipped(`a process may have ${most} open files (ulimit -Hn), and ${sockets} sockets need more`)
}
