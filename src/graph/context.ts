import DataLoader from 'dataloader'
import { GraphQLError } from 'graphql'
import { oncePer } from '../kernel/once.ts'
import { Rejection } from '../kernel/reject.ts'
import type { Request } from '../kernel/request.ts'
import type { AccountMails, AccountTokens } from '../port/account-mails.ts'
import type { AudienceIndex } from '../port/audience.ts'
import type { CompanyRegistry } from '../port/company-registry.ts'
import type { Ephemeral } from '../port/ephemeral.ts'
import type { Commit, EventStore } from '../port/event-store.ts'
import type { Files } from '../port/files.ts'
import type { Invites } from '../port/invites.ts'
import type { Log } from '../port/log.ts'
import type { Media } from '../port/media.ts'
import type { Passwords, Sessions } from '../port/sessions.ts'
import type { Throttle } from '../port/throttle.ts'
import type { LiveFeeds } from './feed.ts'
import type { Tokens } from './tokens.ts'

/** Who asks: an account, by one of its sessions. */
export interface Viewer {
  userId: string
  sessionId: string
  /** When the access token runs out. */
  expiresAt: Date
}

/** A query of a domain: only its own module knows the database. */
export type Query<Args, View> = (db: never, args: Args) => Promise<View>
/** Loads many things of a kind at once: one view a key, in the order of the keys. */
export type Batch<Key, View> = (ctx: Context, keys: readonly Key[]) => Promise<readonly View[]>

/** What the API is made of; the same for all requests. */
export interface Services {
  ask: <Args, View>(query: Query<Args, View>, args: Args) => Promise<View>
  dispatch: (request: Request) => Promise<Commit | Rejection>
  store: EventStore
  audience: AudienceIndex
  tokens: Tokens
  sessions: Sessions
  passwords: Passwords
  accountMails: AccountMails
  accountTokens: AccountTokens
  companyRegistry: CompanyRegistry
  invites: Invites
  live: LiveFeeds
  throttle: Throttle
  /** What the settings LOGIN_LIMIT, REGISTER_LIMIT, LOOKUP_LIMIT and INVITE_LIMIT say. */
  limits: { login: number; register: number; lookup: number; invite: number }
  ephemeral: Ephemeral
  files: Files
  media: Media
  log: Log
  /** Answers with signed tokens for a session: the one place that makes them. */
  issue: (session: { id: string; userId: string; generation: number; expiresAt: Date }) => Promise<AuthTokens>
  /** The session of a refresh token, after it moved on; null when the token is not good (any more). */
  refresh: (token: string) => Promise<{ userId: string; sessionId: string; tokens: AuthTokens } | null>
}

export interface AuthTokens {
  accessToken: string
  accessTokenExpiresAt: Date
  refreshToken: string
  refreshTokenExpiresAt: Date
}

export interface Context extends Services {
  requestId: string
  /** Where the request comes from: a keyed hash of the client's address (of its /64 network for IPv6). */
  place: string
  /** Where this client reaches the server, without a slash at the end: what addresses begin with. */
  baseUrl: string
  /** Do not read it: `viewerOf(ctx)` does, and says that one has to sign in. */
  viewer: Viewer | null
  /** Why a token that was sent is not good, in words; null when it is, or when none was sent. */
  tokenProblem: string | null
  /** Aborted when a subscription is over: its client went away, or its session ended. */
  over: AbortController
  /** Whether the operation asks where a feed is: for any other no view has a position. */
  asksPosition: boolean
  loaders: Map<unknown, unknown>
}

/** Who asks. Throws UNAUTHENTICATED. Only for root fields and fields marked with `viewerField`. */
export function viewerOf(ctx: Context): Viewer {
  if (ctx.viewer) return ctx.viewer
  throw unauthenticated(ctx.tokenProblem ?? 'Sign in first: send an access token as `Authorization: Bearer …`.')
}
export const unauthenticated = (problem: string): GraphQLError =>
  new GraphQLError(problem, { extensions: { code: 'UNAUTHENTICATED' } })

/** What a context knows of one request, and of nobody else's. */
type OfOneRequest = Exclude<keyof Context, keyof Services | 'baseUrl' | 'loaders' | 'asksPosition'>
const ofOneRequest: Record<OfOneRequest, true> = {
  ...{ requestId: true, place: true, viewer: true, tokenProblem: true, over: true },
}

/**
 * A context for what is made once for many. It is of no request: whatever asks it for something of one fails, and `isPersonal`
 * says so from then on. What was made with it is then thrown away.
 */
export function sharedContext(
  services: Services,
  baseUrl: string,
  loaders: Context['loaders'] = new Map(),
): { ctx: Context; isPersonal: () => boolean } {
  const noted = { personal: false }
  const ctx = Object.assign(Object.create(ofNobody(services)), {
    baseUrl,
    loaders,
    noted,
    asksPosition: true,
  }) as Context
  return { ctx, isPersonal: () => noted.personal }
}

/** What all shared contexts inherit: they are made for each frame. */
const ofNobody = oncePer((services: Services) => {
  const all = { ...services }
  const get = function (this: { noted: { personal: boolean } }) {
    this.noted.personal = true
    throw new Error('this depends on who asks')
  }
  for (const name of Object.keys(ofOneRequest)) Object.defineProperty(all, name, { get })
  return all
})

/** A refusal on its way to the mutation's result. */
export class Refused extends Error {
  readonly rejection: Rejection
  constructor(rejection: Rejection) {
    super(rejection.message)
    this.rejection = rejection
  }
}

/** Loads by key, with all that is asked for in the same turn in one query. */
export function load<Key extends string, View>(ctx: Context, batch: Batch<Key, View>, key: Key): Promise<View> {
  return loaderOf(ctx, batch).load(key)
}

/** What `load` gives for a key from now on: what is known already, and must not be another one meanwhile. */
export function prime<Key extends string, View>(ctx: Context, batch: Batch<Key, View>, key: Key, view: View): void {
  loaderOf(ctx, batch).clear(key).prime(key, view)
}

function loaderOf<Key extends string, View>(ctx: Context, batch: Batch<Key, View>): DataLoader<Key, View> {
  const existing = ctx.loaders.get(batch) as DataLoader<Key, View> | undefined
  const loader = existing ?? new DataLoader<Key, View>(async keys => batch(ctx, keys), { maxBatchSize: 500 })
  if (!existing) ctx.loaders.set(batch, loader)
  return loader
}

/**
 * Carries a command out. Throws Refused; answers COMMIT_PENDING when the rows do not show it within two seconds.
 * `stored` runs as soon as the command is: what must happen even if its rows are late.
 */
export async function carryOut(ctx: Context, request: Request, stored?: () => Promise<void>): Promise<Commit> {
  const outcome = await ctx.dispatch(request)
  if (outcome instanceof Rejection) throw new Refused(outcome)
  await stored?.()
  ctx.loaders.clear() // what was loaded before the write is old now
  if (!outcome.projected) await untilProjected(ctx, outcome)
  return outcome
}

const patienceMs = 2_000

/** Waits until the rows of a stream show a commit. Throws COMMIT_PENDING, with the commit to come back with. */
export async function untilProjected(ctx: Context, commit: Commit): Promise<void> {
  const { stream, last } = commit
  if (last === null) return
  const deadline = Date.now() + patienceMs
  for (;;) {
    const head = (await ctx.store.heads([stream])).get(stream)
    if (!head || head.projected >= last) return
    if (Date.now() > deadline || (await ctx.store.halted(stream))) break
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  throw new GraphQLError('It is stored, but not shown yet: ask again with this commit.', {
    extensions: { code: 'COMMIT_PENDING', commit: signCommit(ctx.tokens, commit) },
  })
}

export const signCommit = (tokens: Tokens, commit: Commit): string =>
  tokens.sign('commit', [tokens.epoch, commit.stream, commit.last ?? -1])

/** The commit of a token that a client brought back; null when it is not one of this log. */
export function openCommit(tokens: Tokens, token: string): Commit | null {
  const [epoch, stream, last] = tokens.open('commit', token) ?? []
  if (epoch !== tokens.epoch || typeof stream !== 'string') return null
  return { stream, first: null, last: Number(last), position: null, projected: false, again: true }
}
