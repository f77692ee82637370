import { hkdfSync } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { argon2 } from './adapter/argon2/hasher.ts'
import { diskFiles } from './adapter/disk/files.ts'
import { inspector } from './adapter/media/inspect.ts'
import { postgresAccountTokens } from './adapter/postgres/account-tokens.ts'
import { postgresAudience } from './adapter/postgres/audience.ts'
import { postgresConsumers } from './adapter/postgres/consumers.ts'
import { postgresDeadLetters } from './adapter/postgres/dead-letters.ts'
import { postgresEarlyRows } from './adapter/postgres/early-rows.ts'
import { postgresErasure } from './adapter/postgres/erasure.ts'
import { postgresMailClaims } from './adapter/postgres/mail-claims.ts'
import { sweepRateLimits } from './adapter/postgres/rate-limits.ts'
import { audience as audienceTable, tasks as taskTable } from './adapter/postgres/schema.ts'
import { postgresPasswords, postgresSessions } from './adapter/postgres/sessions.ts'
import { postgresTasks } from './adapter/postgres/tasks.ts'
import { createAdmission } from './api/admission.ts'
import { createAuth } from './api/auth.ts'
import { createDevPages } from './api/dev-pages.ts'
import { fileToServe } from './api/file-to-serve.ts'
import { createFileDoor } from './api/files.ts'
import { createLive } from './api/live.ts'
import { createPlaces } from './api/place.ts'
import { createHttpServer } from './api/server.ts'
import { createSessionWatch } from './api/session-watch.ts'
import { createApi } from './api/yoga.ts'
import { eraserFrom } from './compose/erasing.ts'
import { hintsFrom } from './compose/hints.ts'
import { limitsOf, throttleFrom } from './compose/limits.ts'
import { appUrlOf, mailerFrom } from './compose/mailing.ts'
import { hinting } from './compose/sessions.ts'
import { openStore, reasonOf } from './compose/store.ts'
import { type Config, ConfigError } from './config.ts'
import { membersAmong } from './domain/chat/queries/index.ts'
import { membershipsAmong } from './domain/company/queries/index.ts'
import { domains } from './domains.ts'
import { factsFrom } from './facts.ts'
import type { Query, Services } from './graph/context.ts'
import { createTokens } from './graph/tokens.ts'
import { createDispatch } from './kernel/dispatch.ts'
import { createSeal } from './kernel/seal.ts'
import { noCompanyRegistry } from './port/company-registry.ts'
import type { Log } from './port/log.ts'
import { askedMails } from './process/account-mails.ts'
import { invitesOf, processesFrom } from './processes.ts'
import { audienceConsumer } from './worker/audience.ts'
import { reactorConsumer } from './worker/reactor.ts'
import { startWorker } from './worker/worker.ts'

export interface App {
  /** Where it listens; at a worker only `/health` and `/ready` answer. */
  port: number
  /** Ends in order: requests, subscriptions, worker, log, database. */
  stop: () => Promise<void>
}

/** Puts the parts together for a role and starts them. Whatever was started is stopped again when a later part fails. */
export async function compose(config: Config, secret: string, log: Log): Promise<App> {
  const stops: (() => Promise<unknown> | unknown)[] = []
  const stop = async () => {
    for (const one of stops.splice(0).reverse())
      await Promise.resolve(one()).catch(error => log.warn({ err: error }, 'a part did not stop'))
  }
  try {
    return { port: await start(config, secret, log, stops), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(config: Config, secret: string, log: Log, stops: (() => unknown)[]): Promise<number> {
  const warn = (error: unknown, message: string) => log.warn({ err: error }, message)
  const { database, functions, store, epoch } = await openStore(config, log, stops)
  const { pubsub, ephemeral } = await hintsFrom(config, log)
  stops.push(() => pubsub.close(), ephemeral.close)

  const key = (purpose: string) => Buffer.from(hkdfSync('sha256', secret, '', purpose, 32)).toString('base64')
  const ask = <Args, View>(query: Query<Args, View>, args: Args) => query(database.db as never, args)
  const onCommit = () => pubsub.publish('log')
  const dispatch = createDispatch({ store, domains, facts: factsFrom(ask), secret: key('receipts'), onCommit, warn })

  const { unusedFileHours } = config
  const files = diskFiles(config.filesDir, key('files'))
  const tasks = postgresTasks(database)
  const tokens = createTokens(key('tokens'), epoch)
  const accountTokens = postgresAccountTokens(database.db)
  const seal = createSeal(Buffer.from(key('seal'), 'base64'))
  let port = config.port
  const sessions = hinting(postgresSessions(database.db, config.refreshTokenDays), pubsub, ephemeral)
  const passwords = postgresPasswords(database.db, argon2)
  const throttle = await throttleFrom(config, database, key('limits'))
  stops.push(throttle.close)

  const mails = config.role === 'api' ? null : await mailerFrom(config, log)
  if (mails) {
    stops.push(mails.mailer.close)
    const { reactors, chores } = processesFrom({
      ...{ dispatch, ask, store, files, unusedFileHours, accountTokens, seal, throttle, derive: tokens.derive },
      erase: eraserFrom(database, functions, store),
      eraseEvent: postgresErasure(database).event,
      ...{ sessions, passwords, sweepLimits: sweepRateLimits(database.db), adminEmails: config.adminEmails, tasks },
      mailing: { mailer: mails.mailer, claims: postgresMailClaims(database), log },
      mailDelayMs: config.mailDelaySeconds * 1_000,
      appUrl: () => appUrlOf(config, port),
    })
    const worker = startWorker({
      store,
      domains,
      reactors,
      chores,
      tasks,
      follow: [audienceConsumer(domains, audienceTable), ...reactors.map(r => reactorConsumer(r, taskTable))],
      consumers: postgresConsumers(database, epoch),
      early: postgresEarlyRows(database, functions),
      letters: postgresDeadLetters(database),
      pubsub,
      log,
    })
    stops.push(worker.stop)
  }

  const auth = createAuth({ secret: key('access'), accessSeconds: config.accessTokenSeconds, sessions, tokens })
  const audience = postgresAudience(database)
  const live = createLive({
    store,
    audience,
    pubsub,
    log,
    membersAmong: (chatIds, userIds) => ask(membersAmong, { chatIds, userIds }),
    membershipsAmong: (companyIds, userIds) => ask(membershipsAmong, { companyIds, userIds }),
  })
  const sessionWatch = createSessionWatch({ sessions, pubsub, log, forget: auth.forget })
  stops.push(live.stop, sessionWatch.stop)

  const { dadataUrl, dadataToken } = config
  const companyRegistry = dadataToken
    ? (await import('./adapter/dadata/company-registry.ts')).dadataCompanyRegistry({
        url: dadataUrl,
        token: dadataToken,
        log,
      })
    : noCompanyRegistry
  const kept = { files, media: inspector() }
  const services: Services = {
    ask,
    dispatch,
    store,
    audience,
    tokens,
    sessions,
    passwords,
    accountTokens,
    accountMails: askedMails(tasks, seal, () => pubsub.publish('tasks')),
    companyRegistry,
    invites: invitesOf({ dispatch, ask, tasks, seal, wake: () => pubsub.publish('tasks') }),
    live,
    throttle,
    limits: limitsOf(config),
    ephemeral,
    ...kept,
    log,
    ...auth,
  }
  const placeOf = createPlaces(config.trustProxy, key('places'))
  const { corsOrigins, introspection, graphiql, publicUrl } = config
  const server = createHttpServer({
    ...createApi({ services, auth, sessionWatch, corsOrigins, introspection, placeOf, publicUrl }),
    fileDoor: createFileDoor({ files, find: id => fileToServe(ask, id), corsOrigins }),
    answers: config.role !== 'worker',
    auth,
    sessionWatch,
    log,
    corsOrigins,
    graphiql,
    devPages: mails?.mailbox ? createDevPages({ mails: mails.mailbox.list, host: config.host }) : null,
    admission: createAdmission({ patienceMs: config.busyMs }),
    slowReaderMs: config.slowReaderSeconds * 1_000,
    isReady: () => {
      const answered = database.pool.query('select 1').then(
        () => true,
        () => false,
      )
      return Promise.race([answered, pause(2_000, false)])
    },
  })
  stops.push(() => server.close(config.drainSeconds * 1_000, live.drain))
  port = await server.listen(config.host, config.port).catch(error => {
    throw new ConfigError(`HOST, PORT: cannot listen on ${config.host}:${config.port}: ${reasonOf(error)}`, {
      cause: error,
    })
  })
  return port
}
