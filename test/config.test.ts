import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { ConfigError, loadConfig, refuseArguments } from '../src/config.ts'
import { settings } from '../src/settings.ts'

const secret = 'a secret of more than thirty-two characters'
const database = 'postgres://wellwon:hidden@db.example.org:5432/wellwon'

const defaults = {
  role: 'all',
  host: '127.0.0.1',
  port: 4000,
  dataDir: resolve('.data'),
  databaseUrl: null,
  redisUrl: null,
  jwtSecret: null,
  corsOrigins: [],
  publicUrl: null,
  filesDir: resolve('.data/files'),
  unusedFileHours: 24,
  graphiql: true,
  introspection: true,
  dadataUrl: 'https://suggestions.dadata.ru',
  dadataToken: null,
  logLevel: 'info',
  production: false,
  adminEmails: [],
  trustProxy: 0,
  loginLimit: 1_000,
  registerLimit: 100_000,
  lookupLimit: 100_000,
  inviteLimit: 100_000,
  accessTokenSeconds: 600,
  refreshTokenDays: 30,
  drainSeconds: 5,
  busyMs: 10_000,
  slowReaderSeconds: 10,
  smtpUrl: null,
  mailFrom: 'WellWon <wellwon@localhost>',
  mailDelaySeconds: 120,
  appUrl: null,
}

test('nothing set: one process, on this machine alone, with the conveniences of development', () => {
  expect(loadConfig({})).toEqual(defaults)
})

test('an empty variable counts as unset', () => {
  expect(loadConfig(Object.fromEntries(Object.keys(settings).map(name => [name, ''])))).toEqual(defaults)
})

test('every setting is read', () => {
  const env = {
    ROLE: 'worker',
    HOST: '::',
    PORT: '0',
    DATA_DIR: '/var/lib/wellwon',
    DATABASE_URL: database,
    REDIS_URL: 'rediss://:pw@cache.example.org',
    JWT_SECRET: secret,
    CORS_ORIGINS: 'https://chat.example.org, http://localhost:5173',
    PUBLIC_URL: 'https://chat.example.org/api',
    FILES_DIR: '/srv/files',
    UNUSED_FILE_HOURS: '48',
    GRAPHIQL: 'false',
    INTROSPECTION: 'false',
    DADATA_URL: 'http://127.0.0.1:4010',
    DADATA_TOKEN: 'a-token',
    LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
    ADMIN_EMAILS: 'Root@example.org, ops@example.org',
    TRUST_PROXY: '2',
    LOGIN_LIMIT: '5',
    REGISTER_LIMIT: '7',
    LOOKUP_LIMIT: '8',
    INVITE_LIMIT: '9',
    ACCESS_TOKEN_SECONDS: '60',
    REFRESH_TOKEN_DAYS: '7',
    DRAIN_SECONDS: '10',
    BUSY_MS: '200',
    SLOW_READER_SECONDS: '3',
    SMTP_URL: 'smtps://robot:pw@mail.example.org',
    MAIL_FROM: 'Well Won <no-reply@example.org>',
    MAIL_DELAY_SECONDS: '60',
    APP_URL: 'https://app.example.org/chat/',
  }
  expect(Object.keys(env)).toEqual(Object.keys(settings))
  expect(loadConfig(env)).toEqual({
    role: 'worker',
    host: '::',
    port: 0,
    dataDir: '/var/lib/wellwon',
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    jwtSecret: secret,
    corsOrigins: ['https://chat.example.org', 'http://localhost:5173'],
    publicUrl: 'https://chat.example.org/api',
    filesDir: '/srv/files',
    unusedFileHours: 48,
    graphiql: false,
    introspection: false,
    dadataUrl: 'http://127.0.0.1:4010',
    dadataToken: 'a-token',
    logLevel: 'silent',
    production: false,
    adminEmails: ['root@example.org', 'ops@example.org'],
    trustProxy: 2,
    loginLimit: 5,
    registerLimit: 7,
    lookupLimit: 8,
    inviteLimit: 9,
    accessTokenSeconds: 60,
    refreshTokenDays: 7,
    drainSeconds: 10,
    busyMs: 200,
    slowReaderSeconds: 3,
    smtpUrl: env.SMTP_URL,
    mailFrom: env.MAIL_FROM,
    mailDelaySeconds: 60,
    appUrl: 'https://app.example.org/chat',
  })
})

test('production closes what development opens, unless told otherwise', () => {
  const production = { NODE_ENV: 'production', JWT_SECRET: secret }
  expect(loadConfig(production)).toMatchObject({ production: true, graphiql: false, introspection: false })
  expect(loadConfig(production)).toMatchObject({
    ...{ loginLimit: 10, registerLimit: 30, lookupLimit: 300, inviteLimit: 100 },
  })
  expect(loadConfig({ ...production, GRAPHIQL: 'true' })).toMatchObject({ graphiql: true, introspection: false })
})

test.each<[Record<string, string>, string]>([
  [{ ROLE: 'web' }, 'ROLE must be all, api or worker, not "web"'],
  [{ HOST: 'http://localhost' }, 'HOST must be a host name or an address such as 127.0.0.1, not "http://localhost"'],
  [
    { PUBLIC_URL: 'chat.example.org' },
    'PUBLIC_URL must be an address such as https://chat.example.org, without a slash at the end, not "chat.example.org"',
  ],
  [{ PORT: '80x' }, 'PORT must be a whole number from 0 to 65535, not "80x"'],
  [{ PORT: '65536' }, 'PORT must be a whole number from 0 to 65535, not "65536"'],
  [{ PORT: '-1' }, 'PORT must be a whole number from 0 to 65535, not "-1"'],
  [{ PORT: '4e3' }, 'PORT must be a whole number from 0 to 65535, not "4e3"'],
  [{ LOG_LEVEL: 'loud\nly' }, 'LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent, not "loud\\nly"'],
  [{ NODE_ENV: 'staging' }, 'NODE_ENV must be development, production or test, not "staging"'],
  [{ GRAPHIQL: 'yes' }, 'GRAPHIQL must be true or false, not "yes"'],
  [{ ACCESS_TOKEN_SECONDS: '601' }, 'ACCESS_TOKEN_SECONDS must be a whole number from 1 to 600, not "601"'],
  [{ ACCESS_TOKEN_SECONDS: '0' }, 'ACCESS_TOKEN_SECONDS must be a whole number from 1 to 600, not "0"'],
  [
    { DATABASE_URL: 'mysql://a:hidden@b' },
    'DATABASE_URL must be an address that starts with postgres:// or postgresql://',
  ],
  [{ DATABASE_URL: 'localhost' }, 'DATABASE_URL must be an address that starts with postgres:// or postgresql://'],
  [{ REDIS_URL: 'redis.example.org:6379' }, 'REDIS_URL must be an address that starts with redis:// or rediss://'],
  [{ JWT_SECRET: 'hidden' }, 'JWT_SECRET must be at least 32 characters'],
  [{ SMTP_URL: 'http://:hidden@mail' }, 'SMTP_URL must be an address that starts with smtp:// or smtps://'],
  [
    { MAIL_FROM: 'Ann <ann@example.org>\nBcc: all@example.org' },
    'MAIL_FROM must be an address such as no-reply@example.org or WellWon <no-reply@example.org>, not "Ann <ann@example.org>\\nBcc: all@example.org"',
  ],
  [
    { MAIL_FROM: 'WellWon' },
    'MAIL_FROM must be an address such as no-reply@example.org or WellWon <no-reply@example.org>, not "WellWon"',
  ],
  [{ SMTP_URL: 'smtp://mail' }, 'MAIL_FROM is needed with SMTP_URL: whom mails are from, such as no-reply@example.org'],
  [
    { NODE_ENV: 'production', JWT_SECRET: secret, SMTP_URL: 'smtp://mail', MAIL_FROM: 'a@example.org' },
    'APP_URL is needed in production with SMTP_URL: where links in mails lead to',
  ],
  [{ NODE_ENV: 'production' }, 'JWT_SECRET is needed in production: at least 32 characters'],
  [{ ROLE: 'api' }, 'DATABASE_URL is needed with ROLE=api: embedded PostgreSQL serves one process, ROLE=all'],
  [{ ROLE: 'worker' }, 'DATABASE_URL is needed with ROLE=worker: embedded PostgreSQL serves one process, ROLE=all'],
])('%o is refused in one line', (env, line) => {
  expect(complaint(() => loadConfig(env))).toBe(line)
})

test.each(['*', 'null', 'chat.example.org', 'https://chat.example.org/', 'https://a.example,', 'ftp://a.example'])(
  '%s is not an origin',
  origin => {
    expect(complaint(() => loadConfig({ CORS_ORIGINS: origin }))).toMatch(
      /^CORS_ORIGINS must be origins such as .* not "/,
    )
  },
)

test.each([
  ['DATABSE_URL', 'DATABASE_URL'],
  ['DATABASE_URI', 'DATABASE_URL'],
  ['DATBASE_ULR', 'DATABASE_URL'],
  ['RDEIS_URL', 'REDIS_URL'],
  ['JWTSECRET', 'JWT_SECRET'],
  ['CORS_ORIGIN', 'CORS_ORIGINS'],
  ['LOGLEVEL', 'LOG_LEVEL'],
  ['NODEENV', 'NODE_ENV'],
  ['DATADIR', 'DATA_DIR'],
  ['ACCESS_TOKEN_SECOND', 'ACCESS_TOKEN_SECONDS'],
  ['PROT', 'PORT'],
  ['ROLES', 'ROLE'],
  ['GRAPHQL', 'GRAPHIQL'],
  ['WELLWON_PORT', 'PORT'],
  ['WELLWON_DATABSE_URL', 'DATABASE_URL'],
])('%s looks like %s', (name, meant) => {
  expect(complaint(() => loadConfig({ [name]: 'x' }))).toBe(`${name} is not a setting; did you mean ${meant}?`)
})

test('a name that can only be meant for us, but is like none of ours', () => {
  const line = 'WELLWON_TURBO is not a setting: docs/configuration.md lists them all'
  expect(complaint(() => loadConfig({ WELLWON_TURBO: '1' }))).toBe(line)
})

// Names as a login shell, npm, CI, a container, a cluster and the neighbors of a deployment put them into the environment.
const elsewhere = `HOSTNAME HOSTTYPE HOME SHELL SHLVL TERM USER LOGNAME LANG LC_ALL LANGUAGE PATH PWD OLDPWD TMPDIR TZ MAIL MODE
  EDITOR VISUAL PAGER DISPLAY COLORTERM COLUMNS LINES LS_COLORS SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT SSH_TTY _ CI DEBUG
  XDG_RUNTIME_DIR XDG_DATA_DIRS XDG_DATA_HOME XDG_CONFIG_HOME XDG_SESSION_ID DBUS_SESSION_BUS_ADDRESS NVM_DIR NVM_BIN NVM_INC
  NODE NODE_OPTIONS NODE_PATH NODE_VERSION NODE_EXTRA_CA_CERTS NODE_ICU_DATA NODE_NO_WARNINGS NODE_DEBUG NODE_TLS_REJECT_UNAUTHORIZED
  npm_config_cache npm_config_port npm_package_name npm_lifecycle_event npm_execpath INIT_CWD YARN_VERSION COREPACK_HOME
  HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy host port SSL_CERT_FILE SSL_CERT_DIR INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET
  KUBERNETES_PORT KUBERNETES_SERVICE_HOST KUBERNETES_SERVICE_PORT REDIS_PORT REDIS_HOST REDIS_SERVICE_HOST REDIS_PASSWORD
  REDIS_DB REDIS_SSL REDIS_TLS REDIS_USERNAME POSTGRES_PORT POSTGRES_USER POSTGRES_PASSWORD POSTGRES_DB PGHOST PGPORT PGUSER PGDATA
  PGPASSWORD DB_HOST DB_PORT DB_URL MEDIA_URL STATIC_URL BASE_URL API_URL SITE_URL MONGO_URL APP_ENV RAILS_ENV
  APP_SECRET API_SECRET GIT_SECRET SECRET_KEY SESSION_SECRET LOG_FILE LOG_FORMAT LOG_DIR RUST_LOG JAVA_HOME GOPATH VIRTUAL_ENV
  GITHUB_ACTIONS GITHUB_TOKEN RUNNER_OS VITEST VITEST_WORKER_ID TEST DEV PROD SSR POST SORT COST GHOST VHOST RHOST
  TEST_REDIS_URL TEST_DATABASE_URL CHROMIUM_PATH WSL_DISTRO_NAME TERM_PROGRAM TERM_PROGRAM_VERSION GPG_TTY SUDO_USER`

test('variables of other programs are none of our business', () => {
  expect(loadConfig(Object.fromEntries(elsewhere.split(/\s+/).map(name => [name, 'x'])))).toEqual(defaults)
})

test('a secret is never printed back', () => {
  for (const env of [{ JWT_SECRET: 'hidden' }, { DATABASE_URL: 'db:hidden@x' }, { REDIS_URL: 'http://:hidden@x' }]) {
    expect(complaint(() => loadConfig(env))).not.toContain('hidden')
  }
})

test('the server takes no arguments', () => {
  expect(complaint(() => refuseArguments(['--port', '5000']))).toMatch(
    /^"--port 5000" is not understood: .*PORT=4001 npm start/,
  )
  expect(() => refuseArguments([])).not.toThrow()
})

function complaint(what: () => unknown): string {
  try {
    what()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    expect(error.message).not.toContain('\n')
    return error.message
  }
  throw new Error('nothing was refused')
}
