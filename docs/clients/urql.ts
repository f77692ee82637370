import { Client, fetchExchange, gql, subscriptionExchange } from '@urql/core'
import { type Cache, cacheExchange, type Resolver, type UpdateResolver } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import type { Connection } from './connection.ts'
import { type Feed, type Kept, keep } from './keep.ts'
import { belongs, type Change, changesOf, type Edge, type Fields, orderOf, parts, placeIn, relisting } from './lists.ts'
import { Chats, Follow, Inbox, Room } from './operations.ts'

// urql with graphcache, a normalized cache that the feeds keep whole.

interface Page extends Fields {
  edges: string[]
  pageInfo: Fields
}

/** A list of pages as one, which ends where its edges end; `by`: in descending order of this field of its nodes. */
function list(mergeMode: 'inwards' | 'outwards', by?: string): Resolver {
  const whole = relayPagination({ mergeMode })
  return (parent, args, cache, info) => {
    const page = whole(parent, args, cache, info) as Page | undefined
    if (!page) return page
    const rank = (edge: string) => {
      const node = cache.resolve(edge, 'node') as string
      return `${cache.resolve(node, by ?? '')} ${cache.resolve(node, 'id')}`
    }
    const edges = by ? page.edges.toSorted((one, other) => (rank(one) < rank(other) ? 1 : -1)) : page.edges
    const cursorOf = (edge?: string) => (edge ? cache.resolve(edge, 'cursor') : null) ?? null
    const ends = { startCursor: cursorOf(edges[0]), endCursor: cursorOf(edges.at(-1)) }
    return { ...page, edges, pageInfo: { ...page.pageInfo, ...ends } } as never
  }
}
const pages = list('inwards')
const latestFirst = list('inwards', 'lastActivityAt')

/** Edges are things of their own, by their cursors: one that an event brought would else be overwritten by the next event. */
const byCursor = ({ cursor }: Fields) => (cursor as string | undefined) ?? null
const edgeTypes = ['Chat', 'ChatParticipant', 'Company', 'CompanyInvitation', 'CompanyMember', 'File', 'Message']

/** `possibleTypes`: those of possibleTypes.json. */
const createCache = (possibleTypes: Record<string, string[]>, warn: (message: string) => void) =>
  cacheExchange({
    possibleTypes,
    // Without the whole schema it tries each fragment on each type as it writes, and tells of every field that is not there.
    logger: (level, message) => level === 'debug' || message.startsWith('Invalid undefined') || warn(message),
    keys: {
      ...Object.fromEntries(parts.map(part => [part, () => null])),
      ...Object.fromEntries(edgeTypes.map(type => [`${type}Edge`, byCursor])),
    },
    resolvers: {
      Chat: { messages: list('outwards'), participants: pages, pinnedMessages: pages, sharedFiles: pages },
      Message: { reactors: pages, readBy: pages, revisions: pages },
      Viewer: { chats: latestFirst, companies: pages, notifications: pages },
      Company: { chats: latestFirst, members: pages, invitations: pages, templates: pages },
    },
    updates: {
      Subscription: { chatEvents: absorbFrame, companyEvents: absorbFrame, inbox: absorbFrame },
      Mutation: Object.fromEntries(relisting.map(name => [name, absorbPayload])),
      // A position begins lists anew. Pages that stayed would leave a hole between them and the new ones.
      Chat: { position: dropLists('messages', 'participants', 'pinnedMessages') },
      Company: { position: dropLists('members', 'invitations', 'templates') },
      Viewer: { inboxPosition: dropLists('chats', 'companies', 'notifications') },
    },
  })

/** Select a position before the lists that it is beside: they are written after it. */
function dropLists(...fields: string[]): UpdateResolver {
  return (parent, _, cache) => {
    const entity = parent as { __typename: string; id: string }
    for (const { fieldName, arguments: args } of cache.inspectFields(entity)) {
      if (fields.includes(fieldName)) cache.invalidate(entity, fieldName, args)
    }
  }
}

/** Queries and mutations by the connection's `fetch`, subscriptions by its link that resumes. */
export const createUrql = (
  connection: Connection,
  possibleTypes: Record<string, string[]>,
  warn: (message: string) => void = () => undefined,
): Client =>
  new Client({
    url: connection.url,
    fetch: connection.fetch,
    preferGetMethod: false,
    exchanges: [
      createCache(possibleTypes, warn),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: observer => ({
            unsubscribe: connection.subscribe({ query, variables: { ...variables } }, observer as never),
          }),
        }),
      }),
    ],
  })

function absorbFrame(result: Fields, _: unknown, cache: Cache): void {
  const [frame] = Object.values(result) as { event?: Fields | null }[]
  absorb(cache, frame?.event ?? null)
}
function absorbPayload(result: Fields, _: unknown, cache: Cache): void {
  absorb(cache, Object.values(result)[0] as Fields | null)
}

/** Puts into the lists of the cache what an event or a payload adds, and forgets what it removes. */
function absorb(cache: Cache, it: Fields | null): void {
  if (!it) return
  const [__typename, id] = String(cache.resolve('Query', 'viewer') ?? '').split(':')
  const { lists, gone } = changesOf(it, id ? { __typename: String(__typename), id } : null)
  for (const change of lists) relist(cache, change)
  for (const entity of gone) cache.invalidate({ ...entity })
}

const edgeOf = (type: string) => gql`fragment Edge on ${type} { __typename cursor node { __typename id } }`

function relist(cache: Cache, change: Change): void {
  const { field, edge } = change
  const parent = { ...change.parent }
  const of = cache.keyOfEntity({ ...(change.edge ? change.edge.node : change.out) })
  for (const { fieldName, arguments: args } of cache.inspectFields(parent)) {
    const page = fieldName === field ? cache.resolve(parent, field, args) : null
    if (typeof page !== 'string') continue
    const edges = (cache.resolve(page, 'edges') ?? []) as string[]
    const others = edges.filter(edge => cache.resolve(edge, 'node') !== of)
    const fits = edge ? belongs(change, args, name => cache.resolve(of, name)) : false
    if (fits === null) cache.invalidate(parent, field, args)
    else if (!edge || !fits) cache.link(page, 'edges', others)
    else if (others.length === edges.length) put(cache, page, field, edges, edge)
  }
}

function put(cache: Cache, page: string, field: string, edges: string[], edge: Edge): void {
  const info = cache.resolve(page, 'pageInfo')
  const hasNextPage = typeof info === 'string' ? cache.resolve(info, 'hasNextPage') : undefined
  const rank = (other: string) => cache.resolve(cache.resolve(other, 'node') as string, orderOf(field))
  const at = placeIn(field, edges, edge, rank, hasNextPage)
  if (at < 0) return
  cache.writeFragment(edgeOf(edge.__typename), edge)
  cache.link(page, 'edges', edges.toSpliced(at, 0, cache.keyOfEntity({ ...edge, node: null }) as string))
}

type Keeping = Pick<Feed, 'onEnd' | 'waitMs'>

/** Keeps a chat in the cache: its participants, its messages from the newest `last` on, and what you may do in it. */
export const keepChat = (client: Client, id: string, { last = 50, ...more }: Keeping & { last?: number } = {}): Kept =>
  keep({
    ...more,
    query: async () => (await fetched<{ chat: Fields | null }>(client, Room, { id, last })).chat?.position as string,
    follow: follower(client, Follow, { id }),
  })

/** Keeps the list of chats and the totals in the cache. */
export const keepInbox = (client: Client, more: Keeping = {}): Kept =>
  keep({
    ...more,
    query: async () => (await fetched<{ viewer: Fields | null }>(client, Chats, {})).viewer?.inboxPosition as string,
    follow: follower(client, Inbox, {}),
  })

async function fetched<Data>(client: Client, query: string, variables: Fields): Promise<Data> {
  const { data, error } = await client.query<Data>(query, variables, { requestPolicy: 'network-only' }).toPromise()
  if (error || !data) throw error ?? new Error('no answer')
  return data
}

const follower =
  (client: Client, query: string, variables: Fields): Feed['follow'] =>
  (after, { onEvent, onError }) =>
    client
      .subscription<Record<string, { event: never }>>(query, { ...variables, after })
      .subscribe(({ data, error }) => {
        if (error) return onError(error)
        onEvent(Object.values(data ?? {})[0]?.event ?? null)
      }).unsubscribe
