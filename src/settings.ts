import { resolve } from 'node:path'
import { z } from 'zod'

/** One environment variable. An unset or empty one is parsed as `default`. */
export interface Setting<T = unknown> {
  type: z.ZodType<T>
  /** What `type` accepts: the end of the line "NAME must be …". */
  takes: string
  /** As it would be written in the environment; null when nothing stands for an unset variable. */
  default: string | null
  /** What an unset variable means when there is no default, for the documentation. */
  unset?: string
  about: string
  /** It is a secret or may hold one, and is never printed back. */
  secret?: true
}

const setting = <T>(it: Setting<T>) => it
const optional = <T>(it: Omit<Setting<T>, 'default'> & { unset: string }): Setting<T | null> => ({
  ...it,
  type: it.type.nullable(),
  default: null,
})

const oneOf = <const T extends string>(...values: T[]) => ({ type: z.enum(values), takes: listed(values) })
const whole = (min: number, max: number) => ({
  type: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .pipe(z.number().min(min).max(max)),
  takes: `a whole number from ${min} to ${max}`,
})
const flag = () => ({ type: z.enum(['true', 'false']).transform(value => value === 'true'), takes: 'true or false' })
const address = (...schemes: string[]) => ({
  type: z.string().refine(value => URL.canParse(value) && schemes.includes(new URL(value).protocol.slice(0, -1))),
  takes: `an address that starts with ${listed(schemes.map(scheme => `${scheme}://`))}`,
})
const origins = z
  .string()
  .transform(value => value.split(',').map(origin => origin.trim()))
  .refine(list =>
    list.every(origin => /^https?:/.test(origin) && URL.canParse(origin) && new URL(origin).origin === origin),
  )

/** An address, or a name and an address in angle brackets. */
const sender = /^(?:[^<>"\p{Cc}]{0,100}<[^<>\s]+>|[^<>\s]+)$/u

/** Every setting there is: `loadConfig` reads these, and docs/configuration.md is printed from them. */
export const settings = {
  ROLE: setting({
    ...oneOf('all', 'api', 'worker'),
    default: 'all',
    about:
      '`all` is everything in one process. `api` and `worker` split it over as many processes as needed; they share one `DATABASE_URL`.',
  }),
  HOST: setting({
    type: z.string().regex(/^[\w.:%-]+$/),
    takes: 'a host name or an address such as 127.0.0.1',
    default: '127.0.0.1',
    about: 'Where to listen. `0.0.0.0` or `::` is every interface.',
  }),
  PORT: setting({ ...whole(0, 65_535), default: '4000', about: 'The port to listen on. `0` is any free one.' }),
  DATA_DIR: setting({
    type: z.string().transform(value => resolve(value)),
    takes: 'a folder',
    default: './.data',
    about: 'The folder of embedded PostgreSQL and of the generated `JWT_SECRET`. It is made when it does not exist.',
  }),
  DATABASE_URL: optional({
    ...address('postgres', 'postgresql'),
    unset: 'embedded PostgreSQL under `DATA_DIR`',
    about: 'The PostgreSQL to use, version 15 or newer.',
    secret: true,
  }),
  REDIS_URL: optional({
    ...address('redis', 'rediss'),
    unset: 'no Redis',
    about:
      'The Redis through which several processes wake each other, and where they keep who is writing and who is there. Without it each looks at the log at least once a second; no message depends on it.',
    secret: true,
  }),
  JWT_SECRET: optional({
    type: z.string().min(32),
    takes: 'at least 32 characters',
    unset: 'made and kept in `DATA_DIR`; required in production',
    about: 'Signs the tokens. All processes of one installation need the same.',
    secret: true,
  }),
  CORS_ORIGINS: optional({
    type: origins,
    takes: 'origins such as https://chat.example.org, without a path, separated by commas',
    unset: 'none',
    about: 'The web pages of other origins that may call the API.',
  }),
  PUBLIC_URL: optional({
    type: z
      .string()
      .refine(
        value => /^https?:/.test(value) && URL.canParse(value) && new URL(value).href.replace(/\/$/, '') === value,
      ),
    takes: 'an address such as https://chat.example.org, without a slash at the end',
    unset: 'what the request says: `http://` and its `Host`',
    about:
      'Where clients reach this installation: the beginning of the addresses that files are sent to and fetched from.',
  }),
  FILES_DIR: optional({
    type: z.string().transform(value => resolve(value)),
    takes: 'a folder',
    unset: '`files` in `DATA_DIR`',
    about: 'Where the bytes of files are kept. Processes on several machines need one that they share.',
  }),
  UNUSED_FILE_HOURS: setting({
    ...whole(1, 8_760),
    default: '24',
    about: 'How long an upload may stay uncompleted, and a file be held by no message, before it is removed.',
  }),
  GRAPHIQL: optional({
    ...flag(),
    unset: '`true`, in production `false`',
    about: 'Whether `/graphql` in a browser is GraphiQL.',
  }),
  INTROSPECTION: optional({
    ...flag(),
    unset: '`true`, in production `false`',
    about: 'Whether clients may ask for the schema.',
  }),
  DADATA_URL: setting({
    ...address('http', 'https'),
    default: 'https://suggestions.dadata.ru',
    about:
      'Where DaData answers: who looks companies up by their INN. Another address is for a proxy of yours, or a test.',
  }),
  DADATA_TOKEN: optional({
    type: z.string().regex(/^[\x21-\x7e]{1,200}$/),
    takes: 'an API key of DaData',
    unset: 'no company can be looked up',
    about: 'The API key for DaData. Without it `companyLookup` answers `EXTERNAL_UNAVAILABLE`; all else works.',
    secret: true,
  }),
  LOG_LEVEL: setting({
    ...oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
    about: 'The least important lines that are logged.',
  }),
  NODE_ENV: setting({
    ...oneOf('development', 'production', 'test'),
    default: 'development',
    about: '`production` requires `JWT_SECRET` and turns GraphiQL and introspection off.',
  }),
  ADMIN_EMAILS: optional({
    type: z
      .string()
      .transform(value => value.split(',').map(email => email.trim().toLowerCase()))
      .pipe(z.array(z.email())),
    takes: 'e-mail addresses separated by commas',
    unset: 'nobody',
    about: 'Whose accounts become ADMINs of the platform when they confirm these addresses. Set it before they do.',
    secret: true,
  }),
  TRUST_PROXY: setting({
    ...whole(0, 10),
    default: '0',
    about:
      'How many proxies of yours stand in front, each adding to `X-Forwarded-For` whom it got a request from. With `0` that header is not looked at, and clients are told apart by the address of the connection.',
  }),
  LOGIN_LIMIT: optional({
    ...whole(1, 1_000_000),
    unset: '`1000`, in production `10`',
    about:
      'How many wrong passwords of one account are looked at from one address in 15 minutes: three times as many from all addresses, ten times as many of all accounts from one address.',
  }),
  REGISTER_LIMIT: optional({
    ...whole(1, 1_000_000),
    unset: '`100000`, in production `30`',
    about: 'How many registrations one address may try in an hour.',
  }),
  LOOKUP_LIMIT: optional({
    ...whole(1, 1_000_000),
    unset: '`100000`, in production `300`',
    about:
      'How often one person may ask the register of companies in an hour, `companyLookup` and `companySuggestions` together.',
  }),
  INVITE_LIMIT: optional({
    ...whole(1, 1_000_000),
    unset: '`100000`, in production `100`',
    about: 'How many people one person may invite in an hour, to all companies together: each is sent a mail.',
  }),
  ACCESS_TOKEN_SECONDS: setting({ ...whole(1, 600), default: '600', about: 'How long an access token is valid.' }),
  REFRESH_TOKEN_DAYS: setting({ ...whole(1, 365), default: '30', about: 'How long a session lives after its login.' }),
  DRAIN_SECONDS: setting({
    ...whole(1, 300),
    default: '5',
    about: 'How long a process that is told to stop may take to finish what it has begun.',
  }),
  BUSY_MS: optional({
    ...whole(1, 60_000),
    unset: '`10000`, in production `150`',
    about:
      'How long a request waits for its turn when more come than can be answered, 64 at a time. Then it is refused with 503, `RATE_LIMITED` and `Retry-After`.',
  }),
  SLOW_READER_SECONDS: setting({
    ...whole(1, 300),
    default: '10',
    about: 'How long a subscriber may leave a frame unread before its connection is closed.',
  }),
  SMTP_URL: optional({
    ...address('smtp', 'smtps'),
    unset: 'mails are shown at `/dev/mail`, and in production not sent',
    about:
      'The mail server. `smtp://` uses STARTTLS where it is offered, and insists on it where there is a password; `smtps://` speaks TLS from the start.',
    secret: true,
  }),
  MAIL_FROM: optional({
    type: z.string().refine(value => sender.test(value) && z.email().safeParse(value.replace(/^.*<|>$/g, '')).success),
    takes: 'an address such as no-reply@example.org or WellWon <no-reply@example.org>',
    unset: '`WellWon <wellwon@localhost>`; required with `SMTP_URL`',
    about: 'Who mails are from.',
  }),
  MAIL_DELAY_SECONDS: setting({
    ...whole(0, 86_400),
    default: '120',
    about: 'How long notifications are collected for one mail. What is read meanwhile is not mailed.',
  }),
  APP_URL: optional({
    ...address('http', 'https'),
    unset: 'a page of the server, for development; required in production with `SMTP_URL`',
    about: 'The front end that links in mails lead to: `<APP_URL>/verify-email#token=…`, `/reset-password#token=…`.',
  }),
}

/** What each setting is once read. */
export type Values = { [N in keyof typeof settings]: (typeof settings)[N] extends Setting<infer T> ? T : never }

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
