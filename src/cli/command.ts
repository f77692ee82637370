import { InvalidArgumentError } from 'commander'
import { openToolbox, type Toolbox } from './toolbox.ts'

export const print = (line: string): void => void process.stdout.write(`${line}\n`)

/** An action with all tools at hand. */
export const tool =
  <A extends unknown[]>(work: (box: Toolbox, ...args: A) => Promise<void>) =>
  (...args: A): Promise<void> =>
    openToolbox(box => work(box, ...args))

/** Parses an option: a whole number of a range. */
export const whole =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
    return value
  }

/** Ctrl-C was pressed: not a fault. The message says what was done so far and how to go on. */
export class Stopped extends Error {
  override name = 'Stopped'
}

/**
 * A signal that Ctrl-C (or SIGTERM) aborts, so that work ends at the next good place. Under npm the signal comes twice, from
 * the terminal and from npm: the second must not cut the first one short.
 */
export function untilStopped(): AbortSignal {
  const stopping = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stopping.abort())
  return stopping.signal
}

/** Prints a line about the progress at most once a second, and always the first. */
export function progress(): (line: () => string) => void {
  let told = 0
  return line => {
    if (Date.now() - told < 1_000) return
    told = Date.now()
    print(line())
  }
}

/** `1234567` as `1,234,567`. */
export const count = (n: number | bigint): string => n.toLocaleString('en-US')
