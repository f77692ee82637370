import { changesOf, type Fields } from './lists.ts'
import { Chats, Company, Follow, FollowCompany, Inbox, Room } from './operations.ts'

// Query, follow from the position of that answer, and begin anew when the feed cannot go on: the same for all feeds, and for
// any client with a cache.

const feeds = {
  chat: { query: Room, follow: Follow, at: ({ chat }: Data) => chat?.position },
  company: { query: Company, follow: FollowCompany, at: ({ company }: Data) => company?.position },
  inbox: { query: Chats, follow: Inbox, at: ({ viewer }: Data) => viewer?.inboxPosition },
}
type Data = Record<string, Fields | null>

/** How a client with a cache goes about it. */
export interface Way {
  /** Whose cache it is. */
  client: object
  /** Queries over the network, never from the cache. */
  query: (query: string, variables: Fields) => Promise<Data>
  /** Subscribes, puts what events change into the lists of the cache and tells of each then; returns the way out. */
  follow: (query: string, variables: Fields, handlers: FeedHandlers) => () => void
}
export interface Keeping {
  /** How many of the newest messages of a chat to begin with. */
  last?: number
  /** It is over for good: `ACCESS_REVOKED`, `DELETED`, `NOT_FOUND`, or the error that ended it. */
  onEnd?: ((why: string | Error) => void) | undefined
  /** How long to wait before another try of the query, in ms; the first is 0. */
  waitMs?: (tries: number) => number
}
export interface FeedHandlers {
  onEvent: (event: (Fields & { __typename: string; reason?: string }) | null) => void
  onError: (error: Error) => void
}
export interface Kept {
  stop: () => void
  /** Queries anew, and follows from there. A list that is refetched without its feed loses what came meanwhile. */
  refetch: () => void
}

const patience = (tries: number) => Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random() / 2)

/** What is followed in each cache; `evicted`: since its query another feed took it out. */
const followed = new WeakMap<object, Set<{ id: string | null; evicted: boolean; refetch: () => void }>>()

/** Keeps a chat or a company, by `id`, or the inbox in a cache. */
export function keep(
  way: Way,
  feed: keyof typeof feeds,
  id: string | null,
  { last, onEnd, waitMs = patience }: Keeping = {},
): Kept {
  const { query, follow, at } = feeds[feed]
  const open = followed.get(way.client) ?? new Set()
  followed.set(way.client, open)
  const own = { id, evicted: false, refetch }
  let turn = 0
  let leave: () => void = () => undefined

  function stop(): void {
    turn++
    leave()
    leave = () => undefined
    open.delete(own)
  }
  function end(why: string | Error): void {
    stop()
    onEnd?.(why)
  }
  function refetch(): void {
    stop()
    own.evicted = false
    open.add(own)
    void go(turn)
  }
  async function go(mine: number, tries = 0): Promise<void> {
    const position = await way.query(query, { id, last }).then(at, (error: Error) => error)
    if (mine !== turn) return
    if (position == null) return end('NOT_FOUND')
    if (position instanceof Error) {
      if (isFinal(position)) return end(position)
      const again = setTimeout(() => void go(mine, tries + 1), waitMs(tries))
      leave = () => clearTimeout(again)
      return
    }
    leave = way.follow(
      follow,
      { id, after: position },
      {
        onError: error => mine === turn && end(error),
        onEvent(event) {
          if (mine !== turn || !event) return
          restore(event)
          if (event.__typename === 'StreamReset') refetch()
          if (event.__typename === 'StreamClosed') end(String(event.reason))
        },
      },
    )
  }
  /** Who was out of a chat for a moment, and noticed nothing, still has its feed. But the inbox has evicted what it keeps. */
  function restore(event: Fields): void {
    const gone = changesOf(event, null).gone.map(node => node.id)
    const back = (event.edge as { node?: { id?: string } } | undefined)?.node?.id
    for (const one of [...open]) {
      if (one.id !== null && gone.includes(one.id)) one.evicted = true
      else if (one.evicted && one.id === back) one.refetch()
    }
  }
  refetch()
  return { stop, refetch }
}

/** The server answered, and would say the same again; as Apollo and as urql tell it. */
function isFinal(error: Error): boolean {
  const { errors, graphQLErrors } = error as { errors?: unknown; graphQLErrors?: unknown }
  const problems = (errors ?? graphQLErrors ?? []) as { extensions?: { code?: string } }[]
  return problems.length > 0 && problems.every(({ extensions }) => extensions?.code !== 'INTERNAL')
}
