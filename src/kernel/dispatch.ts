import { createHmac } from 'node:crypto'
import type { z } from 'zod'
import { type AppendResult, type Commit, type EventStore, StoreUnavailable } from '../port/event-store.ts'
import { toAppend } from './decided.ts'
import type { AnyDecider, Facts } from './decider.ts'
import type { Domain } from './domain.ts'
import { newId } from './id.ts'
import type { AnyProjection } from './projection.ts'
import { type Issue, Rejection, reject } from './reject.ts'
import type { Request } from './request.ts'
import { createStates } from './states.ts'

export type Dispatch = (request: Request) => Promise<Commit | Rejection>

/** How facts are found: by name, from the command's input and its actor. */
export type FactProviders = {
  [K in keyof Facts]: (input: never, actor: string) => Promise<Facts[K]>
}

export interface DispatchOptions {
  store: EventStore
  domains: readonly Domain[]
  facts: FactProviders
  /** Keys the hash in receipts, so that they tell nothing about inputs. */
  secret: string
  /** Told of each commit, after it. */
  onCommit: (commit: Commit) => void
  warn: (error: unknown, message: string) => void
}

interface Route {
  of: AnyDecider
  projections: readonly AnyProjection[]
}
const patienceMs = 10_000

/**
 * The command bus: receipt -> facts -> load -> decide -> append, again on conflict. A refusal or an empty decision made
 * on a cached state is made once more on a fresh one; a stale state that decided something is found by the append.
 */
export function createDispatch(options: DispatchOptions): Dispatch {
  const { store } = options
  const routes = routesOf(options.domains)
  const providers: Record<string, (input: never, actor: string) => Promise<unknown>> = { ...options.facts }
  const states = createStates(store, options.warn)
  const queues = new Map<string, Promise<unknown>>()

  async function factsFor(names: readonly string[], input: unknown, actor: string): Promise<Record<string, unknown>> {
    const facts: Record<string, unknown> = {}
    for (const name of names) facts[name] = await providers[name]?.(input as never, actor)
    return facts
  }

  async function attempt(request: Request, command: string, hash: Buffer, fresh: boolean): Promise<Attempt> {
    const { of, projections } = routeTo(routes, request.type)
    const shape = of.commands[request.type]
    const parsed = shape?.input.safeParse(request.input)
    if (!shape || !parsed?.success)
      return { done: reject('INVALID_INPUT', 'The input is not valid.', { issues: issuesOf(parsed?.error) }) }
    const input = parsed.data
    const stream = shape.stream(input as never)
    // The facts are rows: as they are now, they hold what came up to `projected`.
    const expect = shape.exact?.(input as never) ? ((await store.heads([stream])).get(stream)?.projected ?? null) : null
    const facts = await factsFor(shape.facts ?? [], input, request.actor)
    const env = { now: new Date(), actor: request.actor, facts }
    const wasCached = states.has(stream)
    let loaded = await states.load(of, stream, fresh)
    const decide = () => of.decide[request.type]?.(loaded.state as never, input as never, env as never) ?? []
    let decision = decide()
    if (wasCached && !fresh && (decision instanceof Rejection || decision.length === 0)) {
      loaded = await states.load(of, stream, true)
      decision = decide()
    }
    if (decision instanceof Rejection) return { done: decision }
    const tenant = of.tenant?.(loaded.state as never, { stream, events: decision as readonly never[] }) ?? null
    const { guard } = loaded
    const append = toAppend(of, projections, request, { stream, command, hash, decision, tenant, expect, guard })
    return { stream, result: await store.append(append), after: commit => states.remember(of, loaded, append, commit) }
  }

  /** One after another for who lost a race, so that the losers do not race each other again and again. */
  function inTurn<T>(stream: string, run: () => Promise<T>): Promise<T> {
    const turn = (queues.get(stream) ?? Promise.resolve()).then(run, run)
    const tail = turn.catch(() => undefined).finally(() => queues.get(stream) === tail && queues.delete(stream))
    queues.set(stream, tail)
    return turn
  }

  async function receiptOf(request: Request, command: string, hash: Buffer): Promise<Commit | Rejection | null> {
    const found = await store.receipt(request.actor, command)
    if (!found) return null
    return found.hash.equals(hash) ? found.commit : keyReused()
  }

  return async request => {
    const command = request.key ?? newId()
    const hash = hashOf(options.secret, request)
    const deadline = Date.now() + patienceMs
    let retriedTaken = false
    let queueFor: string | null = null
    let mayBeThere = Boolean(request.key)
    let lost: unknown = null
    for (let tries = 0; tries === 0 || Date.now() < deadline; tries++) {
      try {
        // The append itself finds the receipt of a command that comes again; a later try and a refusal look for it.
        const known: Commit | Rejection | null = mayBeThere && tries ? await receiptOf(request, command, hash) : null
        if (known) return known
        const run: () => Promise<Attempt> = () => attempt(request, command, hash, tries > 0)
        const tried: Attempt = queueFor ? await inTurn(queueFor, run) : await run()
        if ('done' in tried) return (mayBeThere && (await receiptOf(request, command, hash))) || tried.done
        const { result } = tried
        if (result.status === 'reused') return keyReused()
        if (result.status === 'taken') {
          if (retriedTaken) return takenBy(result.kind)
          retriedTaken = true
        } else if (result.status === 'conflict') queueFor = tried.stream
        else {
          tried.after(result.commit)
          if (result.commit.first !== null && !result.commit.again) options.onCommit(result.commit)
          return result.commit
        }
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error
        lost = error
        mayBeThere = true
        await new Promise(resolve => setTimeout(resolve, Math.min(25 * 2 ** Math.min(tries, 4), 400)))
      }
    }
    throw lost ?? new StoreUnavailable(`the stream of ${request.type} kept moving for ${patienceMs / 1000} s`)
  }
}

type Attempt = { done: Rejection } | { stream: string; result: AppendResult; after: (commit: Commit) => void }

const keyReused = () => reject('IDEMPOTENCY_KEY_REUSED', 'This idempotency key was used before, with other input.')
const takenBy = (kind: string) =>
  reject('ALREADY_EXISTS', `This ${kind} is taken.`, {
    issues: [{ path: [kind], code: 'ALREADY_EXISTS', message: `This ${kind} is taken.` }],
  })

function routesOf(domains: readonly Domain[]): Map<string, Route> {
  const routes = new Map<string, Route>()
  for (const domain of domains)
    for (const of of domain.deciders) {
      const projections = domain.projections.filter(p => p.events === of.events)
      for (const type of Object.keys(of.commands)) routes.set(type, { of, projections })
    }
  return routes
}

function routeTo(routes: Map<string, Route>, type: string): Route {
  const route = routes.get(type)
  if (!route) throw new Error(`no domain has a command ${type}`)
  return route
}

function hashOf(secret: string, request: Request): Buffer {
  const what = JSON.stringify([request.type, request.fingerprint ?? request.input])
  return createHmac('sha256', secret).update(what).digest()
}

function issuesOf(error: z.ZodError | undefined): readonly Issue[] {
  return (error?.issues ?? []).map(issue => ({
    path: issue.path.map(String),
    code: 'INVALID_INPUT',
    message: issue.message,
  }))
}
