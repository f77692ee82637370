import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import closeWithGrace from 'close-with-grace'
import { createLog } from './adapter/pino/log.ts'
import { EmbeddedError } from './adapter/postgres/embedded.ts'
import { showsMails } from './compose/mailing.ts'
import { compose } from './compose.ts'
import { type Config, ConfigError, loadConfig, refuseArguments } from './config.ts'

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The secret of JWT_SECRET, or one that is made once and kept in DATA_DIR. */
async function secretOf({ jwtSecret, dataDir }: Config): Promise<string> {
  if (jwtSecret) return jwtSecret
  const file = join(dataDir, 'jwt.secret')
  await mkdir(dataDir, { recursive: true })
  await writeFile(file, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 }).catch(() => undefined)
  return readFile(file, 'utf8')
}

/** One line for what its user can mend, the whole story for what is a fault of ours. */
function fail(error: unknown): never {
  const known = error instanceof ConfigError || error instanceof EmbeddedError
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

try {
  refuseArguments(process.argv.slice(2))
  const config = loadConfig()
  const log = createLog(config.logLevel, config.role)
  const starting = compose(config, await secretOf(config), log)
  // After the drain: the worker may take 2 s and the database 5.
  const delay = (config.drainSeconds + 10) * 1_000
  const grace = closeWithGrace({ delay, logger: false, skip: [...stopSignals] }, async ({ err }) => {
    if (err) log.fatal({ err }, 'the process ends on a fault')
    await (await starting).stop()
  })
  // Ctrl-C comes twice: from the terminal, and from npm, which passes it on. The second must not cut the first one short.
  let closing = false
  for (const signal of stopSignals)
    process.on(signal, () => {
      if (!closing) void grace.close()
      closing = true
    })
  const { port } = await starting
  const at = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  const what =
    config.role === 'worker'
      ? `The worker is up (${at}/ready)`
      : `${config.graphiql ? 'GraphiQL' : 'GraphQL'} is at ${at}/graphql`
  const mails = showsMails(config) ? `, mails are at ${at}/dev/mail` : ''
  process.stdout.write(`${what}${mails}, ready after ${Math.round(process.uptime() * 100) / 100} s.\n`)
} catch (error) {
  fail(error)
}
