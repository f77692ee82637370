import { memoryPubSub } from '../src/adapter/memory/pubsub.ts'
import { postgresConsumers } from '../src/adapter/postgres/consumers.ts'
import { openDatabase } from '../src/adapter/postgres/db.ts'
import { postgresDeadLetters } from '../src/adapter/postgres/dead-letters.ts'
import { postgresEarlyRows } from '../src/adapter/postgres/early-rows.ts'
import { postgresEventStore } from '../src/adapter/postgres/event-store.ts'
import { functionsFor } from '../src/adapter/postgres/functions.ts'
import { postgresRebuilds } from '../src/adapter/postgres/rebuild.ts'
import { audience, tasks as taskTable } from '../src/adapter/postgres/schema.ts'
import { postgresPasswords, postgresSessions } from '../src/adapter/postgres/sessions.ts'
import { postgresTasks } from '../src/adapter/postgres/tasks.ts'
import { postgresVerify } from '../src/adapter/postgres/verify.ts'
import { createWriter } from '../src/adapter/postgres/writer.ts'
import { domains as allDomains } from '../src/domains.ts'
import { factsFrom } from '../src/facts.ts'
import type { Query } from '../src/graph/context.ts'
import type { Chore } from '../src/kernel/chore.ts'
import type { Consumer } from '../src/kernel/consume.ts'
import { createDispatch } from '../src/kernel/dispatch.ts'
import type { Domain } from '../src/kernel/domain.ts'
import { newId } from '../src/kernel/id.ts'
import type { Reactor } from '../src/kernel/reactor.ts'
import { Rejection } from '../src/kernel/reject.ts'
import type { Commit } from '../src/port/event-store.ts'
import type { Log } from '../src/port/log.ts'
import { audienceConsumer } from '../src/worker/audience.ts'
import { reactorConsumer } from '../src/worker/reactor.ts'
import { derivedOf } from '../src/worker/rebuild.ts'
import { earlyRowsOf } from '../src/worker/rows.ts'
import { startWorker, type Worker, type WorkerOptions } from '../src/worker/worker.ts'

export type Workshop = ReturnType<typeof openWorkshop>

/** The write side and the worker over one database, without the API. `lines` is what the worker logged. */
export function openWorkshop(url: string, epoch = 'test') {
  const silent = () => undefined
  const functions = functionsFor(allDomains.flatMap(d => d.projections.flatMap(p => p.tables)))
  const database = openDatabase(url, 12, silent)
  const writer = createWriter(url, functions.append, silent)
  const store = postgresEventStore(database, writer, epoch)
  const consumers = postgresConsumers(database, epoch)
  const letters = postgresDeadLetters(database)
  const early = postgresEarlyRows(database, functions)
  const pubsub = memoryPubSub(silent)
  const inbox = audienceConsumer(allDomains, audience)
  const derived = derivedOf(allDomains, [inbox])
  const lines: string[] = []
  const line = (_: object, message: string) => void lines.push(message)
  const log: Log = { debug: silent, info: line, warn: line, error: line }
  const tasks = postgresTasks(database)
  const workers: Worker[] = []
  const verify = postgresVerify(database)
  const ask = <Args, View>(query: Query<Args, View>, args: Args) => query(database.db as never, args)

  const dispatcherOf = (domains: readonly Domain[]) => {
    const onCommit = () => pubsub.publish('log')
    return createDispatch({ store, domains, facts: factsFrom(ask), secret: 'test', onCommit, warn: silent })
  }
  const dispatchOf = (domains: readonly Domain[]) => {
    const dispatch = dispatcherOf(domains)
    return (type: string, input: object, actor: string) => dispatch({ type, input, actor })
  }

  const start = (what: Pick<WorkerOptions, 'domains' | 'follow' | 'reactors' | 'chores'>): Worker => {
    const worker = startWorker({ ...what, store, consumers, early, letters, tasks, pubsub, log })
    workers.push(worker)
    return worker
  }

  return {
    ...{ database, store, consumers, letters, pubsub, inbox, derived, lines, dispatchOf, tasks, ask },
    /** Of who signs in: what processes need besides. */
    needs: {
      adminEmails: [],
      erase: async () => undefined,
      eraseEvent: async () => undefined,
      sweepLimits: async () => false,
      sessions: postgresSessions(database.db, 30),
      passwords: postgresPasswords(database.db, {
        hash: async word => word,
        verify: async (hash, word) => hash === word,
      }),
    },
    /** With keys, as processes use it. */
    carry: dispatcherOf(allDomains),
    dispatch: dispatchOf(allDomains),
    rebuilds: postgresRebuilds(database, epoch, 100),
    healing: { store, rows: early, letters, handle: earlyRowsOf(allDomains), log },
    work(domains: readonly Domain[] = allDomains, follow: readonly Consumer[] = [inbox]): Worker {
      return start({ domains, follow, reactors: [], chores: [] })
    },
    /** A worker for processes alone. */
    react(reactors: readonly Reactor[], chores: readonly Chore[] = []): Worker {
      return start({ domains: allDomains, follow: reactors.map(r => reactorConsumer(r, taskTable)), reactors, chores })
    },
    query: async <R extends object>(text: string, values: unknown[] = []): Promise<R[]> =>
      (await database.pool.query(text, values)).rows,
    /** Tables that are not what the log says. */
    differences: async () => (await verify(derived)).filter(check => check.difference),
    hashes: async () => (await verify(derived)).map(({ table, hash }) => `${table} ${hash}`),
    async close() {
      await Promise.all(workers.map(worker => worker.stop()))
      await writer.close()
      await database.close()
    },
  }
}

type Tell = Workshop['dispatch']

/** Carries a command out; fails when it is refused. */
export async function done(result: Promise<Commit | Rejection>): Promise<Commit> {
  const commit = await result
  if (commit instanceof Rejection) throw new Error(`refused: ${commit.code} ${commit.message}`)
  return commit
}

export async function newUser(tell: Tell, name = `u${newId().slice(-12)}`): Promise<string> {
  const userId = newId()
  const input = { userId, email: `${name}@example.org`, handle: name, displayName: name }
  await done(tell('CreateUserAccount', input, userId))
  return userId
}

export async function newGroup(tell: Tell, owner: string, others: readonly string[] = []): Promise<string> {
  const chatId = newId()
  await done(tell('CreateChat', { chatId, kind: 'GROUP', title: 'A group', participantIds: [...others] }, owner))
  return chatId
}

export async function say(
  tell: Tell,
  chatId: string,
  author: string,
  text: string,
): Promise<Commit & { messageId: string }> {
  const messageId = newId()
  const commit = await done(tell('SendMessage', { chatId, messageId, text, replyToId: null }, author))
  return { ...commit, messageId }
}
