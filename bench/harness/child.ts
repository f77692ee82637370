import { type ChildProcess, fork, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { Stops } from './stops.ts'

/** A process of ours. CPU and memory are read from /proc. */
export interface Child {
  pid: number
  /** User and system time so far, in seconds. */
  cpu: () => number
  /** Resident memory in bytes. */
  rss: () => number
  stop: () => Promise<void>
}

/** One of `programs` or `peers`: it answers questions. */
export interface Program extends Child {
  ask: <Answer>(what: string, args?: unknown) => Promise<Answer>
}

const ticks = 100 // of /proc/<pid>/stat in a second: USER_HZ, the same on every Linux

/** Starts a bundled program or peer and waits until it is ready. */
export async function startProgram(stops: Stops, path: string, env: Record<string, string> = {}): Promise<Program> {
  const child = fork(path, {
    execArgv: ['--enable-source-maps', ...(env.NODE_FLAGS?.split(' ') ?? [])],
    env: { ...process.env, NODE_ENV: 'production', ...env },
    serialization: 'advanced',
  })
  const of = watched(child)
  stops.add(of.stop)
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>()
  let asked = 0
  child.on('exit', (code, signal) => {
    for (const { reject } of waiting.values()) reject(new Error(`${path} ended (${signal ?? code})`))
  })
  const ask = <Answer>(what: string, args?: unknown) =>
    new Promise<Answer>((resolve, reject) => {
      const id = asked++
      waiting.set(id, { resolve, reject })
      child.send({ id, what, args }, error => error && reject(error))
    })
  child.on('message', ({ id, value, error }: { id: number; value: never; error?: string }) => {
    const one = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) one?.resolve(value)
    else one?.reject(new Error(`${path}: ${error}`))
  })
  await ask('ready')
  return { ...of, ask }
}

/** Starts any other program; resolves when `ready` finds something in what it printed. */
export async function startCommand(
  stops: Stops,
  [file = '', ...args]: readonly string[],
  { env = {}, ready, ...as }: { env?: Record<string, string>; ready: RegExp; uid?: number; gid?: number; cwd?: string },
): Promise<Child & { found: string }> {
  const child = spawn(file, args, { ...as, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const of = watched(child)
  stops.add(of.stop)
  let said = ''
  const found = await new Promise<string>((resolve, reject) => {
    child.on('exit', (code, signal) => reject(new Error(`${file} ended (${signal ?? code}): ${said}`)))
    child.on('error', reject)
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        if (said.length < 10_000) said += data.toString()
        const match = ready.exec(said)
        if (match) resolve(match[1] ?? match[0])
      })
  })
  return { ...of, found }
}

function watched(child: ChildProcess): Child {
  const pid = child.pid ?? 0
  const exited = once(child, 'exit').catch(() => undefined)
  return {
    pid,
    cpu: () => cpuOf(pid),
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGINT')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await exited
      clearTimeout(late)
    },
  }
}

/** What /proc says of a process after its name: state, parent, and so on. */
function statOf(pid: number): string[] {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
}
export const parentOf = (pid: number): number => Number(statOf(pid)[1])

/** User and system time of a process so far, in seconds. */
export function cpuOf(pid: number): number {
  const fields = statOf(pid)
  return (Number(fields[11]) + Number(fields[12])) / ticks
}

/** Runs a command to its end and gives what it printed. */
export async function run(
  [file = '', ...args]: readonly string[],
  options: { uid?: number; gid?: number; cwd?: string } = {},
): Promise<string> {
  const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', data => (said += data))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${file} ended with ${code}: ${said.slice(-2_000)}`)
  return said
}
