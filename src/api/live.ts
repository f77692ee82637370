import { setMaxListeners } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import type { LiveFeeds, Wake } from '../graph/feed.ts'
import { batchedOne } from '../kernel/batched.ts'
import type { AudienceIndex } from '../port/audience.ts'
import type { EventStore, Head, StreamPage } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'
import type { PubSub } from '../port/pubsub.ts'

export interface LiveOptions {
  store: EventStore
  audience: AudienceIndex
  pubsub: PubSub
  log: Log
  /** Of some people, those who are in one of some chats. */
  membersAmong: (chatIds: readonly string[], userIds: readonly string[]) => Promise<readonly string[]>
  /** Of some people and some companies, who is in which. */
  membershipsAmong: (
    companyIds: readonly string[],
    userIds: readonly string[],
  ) => Promise<readonly { companyId: string; userId: string }[]>
}

export interface Live extends LiveFeeds {
  /** Ends all subscriptions in an orderly way. */
  drain: () => void
  stop: () => void
}

const lookEveryMs = 1_000

/**
 * One look at the log a process, for all its subscribers: which streams moved since the last look, and who follows them.
 * Hints make it look at once; without any it looks every second. A subscriber then pages by itself.
 */
export function createLive(options: LiveOptions): Live {
  const { store, audience } = options
  const watchers: Record<string, Map<string, Set<Wake>>> = { chat: new Map(), user: new Map(), company: new Map() }
  const draining = new AbortController()
  setMaxListeners(0, draining.signal) // one for each subscription
  /** `audience`: null while nobody follows what it tells of. */
  let seen: { log: bigint; low: bigint; audience: bigint | null } | null = null

  const watched = (kind: string) => [...(watchers[kind]?.keys() ?? [])]
  const wake = (kind: string, id: string, state = true) => {
    for (const one of watchers[kind]?.get(id) ?? []) one(state)
  }
  const wakeAll = (kind: string) => {
    for (const id of watched(kind)) wake(kind, id)
  }

  async function look(): Promise<void> {
    const indexed = watched('user').length + watched('company').length > 0
    if (!indexed && !watched('chat').length) {
      seen = null // nobody follows: start at the head when somebody does
      return
    }
    const before = seen
    const since = before?.audience ?? null
    const audienceHead = indexed ? await audience.lowWater() : null
    const moved = before && (await store.movedSince(before.log))
    const news = since !== null && audienceHead !== null && audienceHead > since
    const audiences = news ? await audience.movedSince(since) : []
    // After the log: an event that is beyond it has its rows still to come, and whoever follows is woken again then.
    const low = await store.lowWater()
    // Whoever is here already reads from a position of their own: they are all woken once.
    if (!before || !moved || (before.low < before.log && low > before.low)) Object.keys(watchers).forEach(wakeAll)
    else if (since === null) for (const kind of ['user', 'company']) wakeAll(kind)
    if (!before || !moved) {
      seen = { log: low, low, audience: audienceHead }
      return
    }
    const { chats, marked, users, companies, profiles } = concerned(moved.streams, audiences)
    for (const id of chats) wake('chat', id, marked.has(id))
    const here = watched('user') // after the log was read: whoever comes now reads it from here on
    for (const id of await options.membersAmong([...chats], here)) users.add(id)
    for (const { userId } of await options.membershipsAmong([...companies], here)) users.add(userId)
    for (const { companyId } of await options.membershipsAmong(watched('company'), [...profiles]))
      companies.add(companyId)
    for (const id of users) wake('user', id)
    for (const id of companies) wake('company', id)
    seen = { log: moved.head, low, audience: audienceHead } // at the end: a look that failed is made again
  }

  const lookSoon = soon(look, error => options.log.warn({ error }, 'the log could not be looked at'))
  const unsubscribe = [options.pubsub.subscribe('log', lookSoon), options.pubsub.subscribe('audience', lookSoon)]
  const timer = setInterval(lookSoon, lookEveryMs)

  const heads = batchedOne<Head | null>(async keys => {
    const found = await store.heads(keys)
    return new Map(keys.map(key => [key, found.get(key) ?? null]))
  })
  const pages = batchedOne<StreamPage>(async keys => {
    const places = keys.map(key => {
      const [stream = '', after, limit] = key.split('@')
      return { stream, after: Number(after), limit: Number(limit) }
    })
    const found = await store.readStreams(places)
    return new Map(keys.map((key, i) => [key, found[i] ?? { events: [], head: null }]))
  })

  return {
    watch(feed, onWake) {
      const at = feed.indexOf(':')
      const [kind, id] = [feed.slice(0, at), feed.slice(at + 1)]
      const feeds = watchers[kind] ?? new Map<string, Set<Wake>>()
      const set = feeds.get(id) ?? new Set()
      watchers[kind] = feeds
      feeds.set(id, set.add(onWake))
      if (!seen) lookSoon()
      return () => {
        set.delete(onWake)
        if (!set.size && feeds.get(id) === set) feeds.delete(id)
      }
    },
    head: heads,
    page: (stream, after, limit) => pages(`${stream}@${after}@${limit}`),
    async audiencePosition() {
      const mark = await store.lowWater()
      const index = await audience.lowWater()
      const ahead = index > mark // of the rows: what they do not show yet is still to be told
      return { at: ahead ? mark : index, mark }
    },
    draining: draining.signal,
    drain: () => draining.abort(),
    stop() {
      clearInterval(timer)
      for (const stop of unsubscribe) stop()
    },
  }
}

/** Whom streams that moved and entries of the audience index concern. */
function concerned(streams: readonly string[], audiences: readonly string[]) {
  const chats = new Set<string>()
  const marked = new Set<string>()
  const users = new Set<string>()
  const companies = new Set<string>()
  const profiles = new Set<string>()
  const kinds: Record<string, Set<string>> = { chat: chats, user: users, company: companies, profile: profiles }
  for (const stream of streams) {
    // `chat-<id>` concerns a chat; `readMarker-<chat>.<user>` a chat and one person, `chatMute-<chat>.<user>` that person.
    const [category = '', ...rest] = stream.split('-')
    const [id, userId] = rest.join('-').split('.')
    if (id && category === 'readMarker') marked.add(id)
    if (id) (category === 'readMarker' ? chats : kinds[category])?.add(id)
    if (userId) users.add(userId)
  }
  for (const audience of audiences) {
    const [kind = '', id = ''] = audience.split(':')
    kinds[kind]?.add(id)
  }
  return { chats, marked, users, companies, profiles }
}

const restMs = 3

/** Runs once for any number of calls that come while it runs or rests, and once more after them. Never throws. */
function soon(run: () => Promise<void>, failed: (error: unknown) => void): () => void {
  let running = false
  let again = false
  return function call() {
    again = true
    if (running) return
    running = true
    void (async () => {
      while (again) {
        again = false
        await run().catch(failed)
        if (again) await pause(restMs)
      }
      running = false
    })()
  }
}
