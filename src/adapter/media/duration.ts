import { Worker } from 'node:worker_threads'

const thread = new URL('./duration-thread.js', import.meta.url)
const resourceLimits = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16, stackSizeMb: 4 }
const mostBytes = 16 * 1024 * 1024
/** 24 days: what a GraphQL Int holds. */
const longest = 2 ** 31 - 1

/** Whether it is something that plays. */
export const plays = (type: string): boolean => /^(audio|video)\//.test(type)

/**
 * How long a file plays, in whole milliseconds; null: it does not say, or not within `limitMs`. Files of strangers have made
 * parsers run in circles before: this one has a thread of its own, with little memory, that is ended when time is up.
 * @param script the module that the thread runs
 */
export function durationOf(path: string, limitMs = 5_000, script = thread): Promise<number | null> {
  return new Promise(resolve => {
    let seconds: unknown = null
    const workerData = { path, mostBytes }
    const worker = new Worker(script, { workerData, resourceLimits, execArgv: [], env: {}, stdout: true, stderr: true })
    const end = () => void worker.terminate()
    const timer = setTimeout(end, limitMs)
    worker.once('message', said => {
      seconds = said
      end()
    })
    worker.once('error', end) // what a parser says of broken bytes is for nobody
    worker.once('exit', () => {
      clearTimeout(timer)
      resolve(milliseconds(seconds))
    })
  })
}

function milliseconds(seconds: unknown): number | null {
  if (typeof seconds !== 'number') return null
  const ms = Math.round(seconds * 1000)
  return ms > 0 && ms <= longest ? ms : null
}
