import {
  type ApolloCache,
  ApolloClient,
  ApolloLink,
  type FieldPolicy,
  gql,
  HttpLink,
  InMemoryCache,
  Observable,
  type Reference,
  type StoreObject,
} from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import { type DocumentNode, print } from 'graphql'
import type { Connection, Observer } from './connection.ts'
import { type Feed, type Kept, keep } from './keep.ts'
import { belongs, type Change, changesOf, type Entity, type Fields, orderOf, parts, placeIn } from './lists.ts'
import * as operations from './operations.ts'

// Apollo Client 4 with a normalized cache that the feeds keep whole.

interface List {
  edges: StoreObject[]
  pageInfo: Fields
}
const list = relayStylePagination()
const filtered = relayStylePagination(['filter'])

/** Chats move within their list: it is put in order, and rid of doubles, as it is read. */
const latestFirst: FieldPolicy = {
  ...filtered,
  read(existing, options) {
    const whole = (filtered.read as (existing: unknown, options: unknown) => List | undefined)(existing, options)
    if (!whole) return whole
    const of = (edge: StoreObject, name: string) =>
      String(options.readField(name, options.readField<Reference>('node', edge)))
    const ids = new Set<string>()
    const edges = whole.edges.filter(edge => !ids.has(of(edge, 'id')) && ids.add(of(edge, 'id')))
    const rank = (edge: StoreObject) => `${of(edge, 'lastActivityAt')} ${of(edge, 'id')}`
    return { ...whole, edges: edges.toSorted((one, other) => (rank(one) < rank(other) ? 1 : -1)) }
  },
}

/** `possibleTypes`: those of possibleTypes.json; without them fields behind `... on Error` and `... on Node` are dropped, silently. */
export const createCache = (possibleTypes: Record<string, string[]>): InMemoryCache =>
  new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Chat: {
        fields: {
          messages: relayStylePagination(['around']),
          participants: filtered,
          pinnedMessages: list,
          sharedFiles: list,
        },
      },
      Message: { fields: { reactors: relayStylePagination(['emoji']), readBy: list, revisions: list } },
      Viewer: { fields: { chats: latestFirst, companies: list, notifications: filtered } },
      Company: { fields: { chats: latestFirst, members: filtered, invitations: list, templates: list } },
      ...Object.fromEntries(parts.map(part => [part, { merge: true }])),
    },
  })

/** Queries and mutations by the connection's `fetch`, subscriptions by its link that resumes. */
export function createApollo(connection: Connection, cache: InMemoryCache): ApolloClient {
  const feeds = new ApolloLink(
    ({ query, variables }) =>
      new Observable(observer => connection.subscribe({ query: print(query), variables }, observer as Observer)),
  )
  const http = new HttpLink({ uri: connection.url, fetch: connection.fetch })
  return new ApolloClient({
    cache,
    link: ApolloLink.split(({ operationType }) => operationType === 'subscription', feeds, http),
    defaultOptions: {
      mutate: {
        // The nodes of a payload are written already; this is what it adds to lists, and removes.
        update(cache, { data }) {
          for (const it of Object.values(data ?? {})) absorb(cache, it as Fields | null)
        },
      },
    },
  })
}

/** Puts into the lists of the cache what an event or a payload adds, and evicts what it removes. */
export function absorb(cache: ApolloCache, it: Fields | null): void {
  if (!it) return
  const { lists, gone } = changesOf(it, cache.readQuery<{ viewer: Entity }>({ query: who })?.viewer ?? null)
  cache.batch({
    update(cache) {
      for (const change of lists) relist(cache, change)
      for (const entity of gone) cache.evict({ id: idIn(cache, entity) })
    },
  })
}
const who = gql`query Who { viewer { __typename id } }`
const idIn = (cache: ApolloCache, entity: Entity): string => cache.identify({ ...entity }) ?? ''

function relist(cache: ApolloCache, change: Change): void {
  const { parent, field, edge } = change
  const of = idIn(cache, change.edge ? change.edge.node : change.out)
  cache.modify<Record<string, List>>({
    id: idIn(cache, parent),
    fields: {
      [field]: (stored, { readField, storeFieldName, toReference, DELETE }) => {
        const { edges, pageInfo } = stored as List
        const nodeOf = (edge: StoreObject) => readField<Reference>('node', edge)
        const others = edges.filter(edge => nodeOf(edge)?.__ref !== of)
        const args = JSON.parse(/{.*$/.exec(storeFieldName)?.[0] ?? '{}') as Fields
        const fits = edge ? belongs(change, args, name => readField(name, toReference(of))) : false
        if (fits === null) return DELETE
        const withEdges = (edges: StoreObject[]) => {
          const ends = { startCursor: edges[0]?.cursor ?? null, endCursor: edges.at(-1)?.cursor ?? null }
          return { ...stored, edges, pageInfo: { ...pageInfo, ...ends } }
        }
        if (!edge || !fits) return withEdges(others)
        if (others.length < edges.length) return stored // sent by oneself: the answer and the event say the same
        const at = placeIn(field, edges, edge, other => readField(orderOf(field), nodeOf(other)), pageInfo?.hasNextPage)
        return at < 0
          ? stored
          : withEdges(edges.toSpliced(at, 0, { ...edge, node: toReference(of, true) } as StoreObject))
      },
    },
  })
}

const documents = {
  Room: gql(operations.Room),
  Follow: gql(operations.Follow),
  Chats: gql(operations.Chats),
  Inbox: gql(operations.Inbox),
}

type Keeping = Pick<Feed, 'onEnd' | 'waitMs'>

/** Keeps a chat in the cache: its participants, its messages from the newest `last` on, and what you may do in it. */
export const keepChat = (
  client: ApolloClient,
  id: string,
  { last = 50, ...more }: Keeping & { last?: number } = {},
): Kept =>
  keep({
    ...more,
    query: async () =>
      (await fetched<{ chat: Fields | null }>(client, documents.Room, { id, last })).chat?.position as string,
    follow: follower(client, documents.Follow, { id }),
  })

/** Keeps the list of chats and the totals in the cache. */
export const keepInbox = (client: ApolloClient, more: Keeping = {}): Kept =>
  keep({
    ...more,
    query: async () =>
      (await fetched<{ viewer: Fields | null }>(client, documents.Chats, {})).viewer?.inboxPosition as string,
    follow: follower(client, documents.Inbox, {}),
  })

async function fetched<Data>(client: ApolloClient, query: DocumentNode, variables: Fields): Promise<Data> {
  const { data } = await client.query<Data>({ query, variables, fetchPolicy: 'network-only' })
  if (!data) throw new Error('no answer')
  return data
}

const follower =
  (client: ApolloClient, query: DocumentNode, variables: Fields): Feed['follow'] =>
  (after, { onEvent, onError }) => {
    const feed = client.subscribe<Record<string, { event: never }>>({ query, variables: { ...variables, after } })
    const subscription = feed.subscribe(({ data, error }) => {
      if (error) return onError(error)
      const event = Object.values(data ?? {})[0]?.event ?? null
      absorb(client.cache, event)
      onEvent(event)
    })
    return () => subscription.unsubscribe()
  }
