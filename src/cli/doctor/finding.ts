/** One line of the doctor's. `todo`: what to do about it, where something is to be done. */
export interface Finding {
  state: 'ok' | 'warn' | 'fail'
  what: string
  says: string
  todo?: string
}

export const ok = (what: string, says: string): Finding => ({ state: 'ok', what, says })
export const warn = (what: string, says: string, todo: string): Finding => ({ state: 'warn', what, says, todo })
export const fail = (what: string, says: string, todo: string): Finding => ({ state: 'fail', what, says, todo })

/** What went wrong, in one line: connection errors of several addresses have a code and no message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code } = error as NodeJS.ErrnoException
  return error.message.split('\n')[0] || code || error.name
}

const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
/** `1536000000` as `1.5 GB`. */
export function sizeOf(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const value = bytes / 1_000 ** power
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]}`
}
/** Seconds as people say them. */
export function spanOf(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}
