import { type Logger, pino } from 'pino'

/** Lines of JSON for the operator. Errors are told without what a database says of the rows they are about. */
export function createLog(level: string, role: string): Logger {
  return pino({ level, base: { role }, serializers: { err: withoutRows, error: withoutRows } })
}

/**
 * PostgreSQL names the failing row in `detail`, drizzle the query's parameters in its message: both hold what people wrote.
 * What stays is where it happened and what kind of thing it was.
 */
export function withoutRows(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const root = error.message.startsWith('Failed query:') && error.cause instanceof Error ? error.cause : error
  const { name, message, code, table, constraint, column } = root as Error & Record<string, unknown>
  const stack = error.stack?.split('\n').filter(line => /^\s+at /.test(line))
  return { name, message: kind(String(message)), code, table, constraint, column, stack }
}

/** `invalid input syntax for type uuid: "x"`, `Key (email)=(…)`: quoted and bracketed values are left out. */
const kind = (message: string) => message.replace(/: ".*"/s, '').replace(/=\(.*\)/s, '')
