import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

/** The embedded database cannot do what was asked. The message is one line and says what to do. */
export class EmbeddedError extends Error {
  constructor(message: string, cause?: unknown) {
    super(message.replace(/\s*\n\s*/g, ' '), { cause })
    this.name = 'EmbeddedError'
  }
}

/** The system account that a program runs as; absent: ours. */
export type Account = { uid: number; gid: number } | undefined

/** A process that can be told from a later one with the same number. */
export interface Known {
  pid: number
  start: string
}

/** Nothing of our surroundings (PGDATA, PGOPTIONS, a locale) may change what the database's programs do or print. */
export const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C' }

/** Runs a program to its end. One that cannot be run at all is a failed outcome too, never an 'error' event. */
export function run(file: string, args: string[], options: { cwd?: string; account?: Account } = {}) {
  const outcome = new Promise<{ ok: boolean; output: string }>(resolve => {
    let output = ''
    const { account, cwd = '/' } = options
    const child = spawn(file, args, { ...account, cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] })
    const collect = (chunk: Buffer): void => {
      output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.on('error', error => resolve({ ok: false, output: error.message }))
    child.on('close', (code, signal) =>
      resolve({ ok: code === 0, output: output.trim() || `ended with ${signal ?? code}` }),
    )
  })
  // spawn throws at once when the account cannot be taken on
  return outcome.catch((error: unknown) => ({ ok: false, output: String(error) }))
}

const hasProc = existsSync('/proc/self/stat')

/**
 * When the process started, in ticks since boot ('' on a system without /proc). Undefined when it has ended, which a
 * zombie has although `kill -0` says otherwise.
 */
export function startOf(pid: number): string | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined
  if (!hasProc) return canSignal(pid) ? '' : undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the name stands in parentheses and may hold anything; the state and the rest follow the last one
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  } catch {
    return undefined
  }
}

export const isAlive = (process: Known): boolean => startOf(process.pid) === process.start

function canSignal(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command line, its words joined by blanks: unlike /proc/<pid>/exe it is readable in containers too. */
export async function commandLineOf(pid: number): Promise<string> {
  if (!hasProc) return (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).output
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
  return words.replaceAll('\0', ' ').trim()
}

/** Asks with each signal in turn and waits so many milliseconds after it, until the process is gone. */
export async function end(process: Known, steps: [signal: NodeJS.Signals, patience: number][]): Promise<void> {
  for (const [signal, patience] of steps) {
    if (!isAlive(process)) return
    send(process.pid, signal)
    if (await until(() => !isAlive(process), patience)) return
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // it ended in the meantime
  }
}

/** Kills what a dead server left behind: its backends would hold the shared memory and keep a new one from starting. */
export async function sweep(clusterName: string): Promise<void> {
  const left: Known[] = []
  for (const [pid, line] of await allProcesses()) {
    const start = line.startsWith(`postgres: ${clusterName}: `) ? startOf(pid) : undefined
    if (start !== undefined) left.push({ pid, start })
  }
  await Promise.all(left.map(backend => end(backend, [['SIGKILL', 2000]])))
}

async function allProcesses(): Promise<[pid: number, line: string][]> {
  if (!hasProc) {
    const { output } = await run('ps', ['-axww', '-o', 'pid=,command='])
    return output.split('\n').map(row => [Number.parseInt(row, 10), row.trim().replace(/^\d+\s+/, '')])
  }
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(Number)
  return Promise.all(pids.map(async (pid): Promise<[number, string]> => [pid, await commandLineOf(pid)]))
}

/** Looks every 10 ms; false when the time (in ms) is over. */
export async function until(condition: () => boolean, patience: number): Promise<boolean> {
  for (const deadline = Date.now() + patience; !condition(); await delay(10)) if (Date.now() > deadline) return false
  return true
}
