import { join } from 'node:path'
import { type Setting, settings, type Values } from './settings.ts'

const known = Object.keys(settings)

/** Names that other programs really use and that are a letter or two away from ours. */
const foreign = new Set([
  'API_URL',
  'COST',
  'GHOST',
  'LHOST',
  'POST',
  'REDIS_SSL',
  'RHOST',
  'SITE_URL',
  'SORT',
  'VHOST',
])

/** A setting is wrong. The message is one line that names it, made to be printed as it is, before exit 1. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

/** The settings as the program uses them; an absent one is null. */
export type Config = Readonly<ReturnType<typeof loadConfig>>

/**
 * Reads the settings.
 * @throws ConfigError for a wrong value, a missing one, and a variable that looks like a misspelled setting.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env) {
  const unknown = misspelled(env)
  if (unknown) throw new ConfigError(unknown)
  const production = read('NODE_ENV', env) === 'production'
  const config = {
    role: read('ROLE', env),
    host: read('HOST', env),
    port: read('PORT', env),
    dataDir: read('DATA_DIR', env),
    databaseUrl: read('DATABASE_URL', env),
    redisUrl: read('REDIS_URL', env),
    jwtSecret: read('JWT_SECRET', env),
    publicUrl: read('PUBLIC_URL', env),
    filesDir: read('FILES_DIR', env) ?? join(read('DATA_DIR', env), 'files'),
    unusedFileHours: read('UNUSED_FILE_HOURS', env),
    corsOrigins: read('CORS_ORIGINS', env) ?? [],
    graphiql: read('GRAPHIQL', env) ?? !production,
    introspection: read('INTROSPECTION', env) ?? !production,
    dadataUrl: read('DADATA_URL', env),
    dadataToken: read('DADATA_TOKEN', env),
    logLevel: read('LOG_LEVEL', env),
    production,
    adminEmails: read('ADMIN_EMAILS', env) ?? [],
    trustProxy: read('TRUST_PROXY', env),
    loginLimit: read('LOGIN_LIMIT', env) ?? (production ? 10 : 1_000),
    registerLimit: read('REGISTER_LIMIT', env) ?? (production ? 30 : 100_000),
    lookupLimit: read('LOOKUP_LIMIT', env) ?? (production ? 300 : 100_000),
    inviteLimit: read('INVITE_LIMIT', env) ?? (production ? 100 : 100_000),
    accessTokenSeconds: read('ACCESS_TOKEN_SECONDS', env),
    refreshTokenDays: read('REFRESH_TOKEN_DAYS', env),
    drainSeconds: read('DRAIN_SECONDS', env),
    busyMs: read('BUSY_MS', env) ?? (production ? 150 : 10_000),
    slowReaderSeconds: read('SLOW_READER_SECONDS', env),
    smtpUrl: read('SMTP_URL', env),
    mailFrom: read('MAIL_FROM', env) ?? 'WellWon <wellwon@localhost>',
    mailDelaySeconds: read('MAIL_DELAY_SECONDS', env),
    appUrl: read('APP_URL', env)?.replace(/\/+$/, '') ?? null,
  }
  if (config.role !== 'all' && !config.databaseUrl)
    throw new ConfigError(
      `DATABASE_URL is needed with ROLE=${config.role}: embedded PostgreSQL serves one process, ROLE=all`,
    )
  if (production && !config.jwtSecret)
    throw new ConfigError('JWT_SECRET is needed in production: at least 32 characters')
  if (config.smtpUrl && !env.MAIL_FROM)
    throw new ConfigError('MAIL_FROM is needed with SMTP_URL: whom mails are from, such as no-reply@example.org')
  if (production && config.smtpUrl && !config.appUrl)
    throw new ConfigError('APP_URL is needed in production with SMTP_URL: where links in mails lead to')
  return config
}

/**
 * The server has no command-line arguments.
 * @param given what stands after the program's name: `process.argv.slice(2)`
 * @throws ConfigError when there is anything.
 */
export function refuseArguments(given: readonly string[]): void {
  if (given.length === 0) return
  throw new ConfigError(
    `${JSON.stringify(given.join(' '))} is not understood: settings are environment variables, as in PORT=4001 npm start, listed in docs/configuration.md`,
  )
}

function read<N extends keyof Values>(name: N, env: NodeJS.ProcessEnv): Values[N] {
  const table: { [K in keyof Values]: Setting<Values[K]> } = settings
  const { type, takes, secret, default: standing } = table[name]
  const value = env[name] || standing
  const parsed = type.safeParse(value)
  if (parsed.success) return parsed.data
  throw new ConfigError(`${name} must be ${takes}${secret ? '' : `, not ${JSON.stringify(value)}`}`)
}

/**
 * Finds a variable that was meant to be a setting but is none, so that a typo does not silently leave the default.
 * @returns one line about the first such variable, or null.
 */
function misspelled(env: NodeJS.ProcessEnv): string | null {
  for (const name of Object.keys(env)) {
    if (!env[name] || known.includes(name) || foreign.has(name)) continue
    const ours = name.startsWith('WELLWON_')
    const meant = nearest(ours ? name.slice('WELLWON_'.length) : name)
    if (meant) return `${name} is not a setting; did you mean ${meant}?`
    if (ours) return `${name} is not a setting: docs/configuration.md lists them all`
  }
  return null
}

function nearest(name: string): string | undefined {
  return known
    .map(setting => ({ setting, away: edits(name, setting) }))
    .filter(({ setting, away }) => away <= tolerated(setting, name))
    .sort((a, b) => a.away - b.away)[0]?.setting
}

/** Two edits tell nothing in a short name, and other programs' names differ at their start (MEDIA_URL is not REDIS_URL). */
function tolerated(setting: string, name: string): number {
  return setting.includes('_') && setting[0] === name[0] ? 2 : 1
}

/** Letters to insert, delete, replace or swap with a neighbor to get from `a` to `b`. */
function edits(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return Number.POSITIVE_INFINITY
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const replace = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swap = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, replace, swap))
    }
  }
  return at(a.length, b.length)
}
