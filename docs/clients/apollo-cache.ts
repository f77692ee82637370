import {
  type ApolloCache,
  type FieldMergeFunction,
  type FieldPolicy,
  gql,
  InMemoryCache,
  type Reference,
  type StoreObject,
} from '@apollo/client'
import { relayStylePagination } from '@apollo/client/utilities'
import {
  belongs,
  type Change,
  changesOf,
  compare,
  type Entity,
  type Fields,
  orderOf,
  parts,
  placeIn,
  wholes,
} from './lists.ts'

// The normalized cache of Apollo Client 4, and what events and payloads change in its lists.

interface List {
  edges: StoreObject[]
  pageInfo: Fields
}
const list = relayStylePagination()
const filtered = relayStylePagination(['filter'])

/** Null for who may not invite; `relayStylePagination` would make it an empty list. */
const invitations: FieldPolicy = {
  ...list,
  merge: (existing, incoming, options) =>
    incoming && (list.merge as FieldMergeFunction)(existing ?? undefined, incoming, options),
}
/** Chats and templates move within their lists: these are put in order, and rid of doubles, as they are read. */
const ordered = (field: string): FieldPolicy => ({
  ...filtered,
  read(existing, options) {
    const whole = (filtered.read as (existing: unknown, options: unknown) => List | undefined)(existing, options)
    if (!whole) return whole
    const of = (edge: StoreObject) => (name: string) =>
      options.readField(name, options.readField<Reference>('node', edge))
    const ids = new Set<unknown>()
    const edges = whole.edges.filter(edge => !ids.has(of(edge)('id')) && ids.add(of(edge)('id')))
    return { ...whole, edges: edges.toSorted((one, other) => compare(field, of(one), of(other))) }
  },
})
/** Apollo warns of data that is lost where such a list becomes shorter, unless it is told that this is meant. */
const replaced = (type: keyof typeof wholes) =>
  Object.fromEntries((wholes[type] ?? []).map(field => [field, { merge: false }]))
/** What was evicted is not there any more for those that point at it. */
const orNull: FieldPolicy = {
  read: (existing, { canRead }) => (existing && !canRead(existing) ? null : existing),
}

/** `possibleTypes`: those of possibleTypes.json; without them fields behind `... on Error` and `... on Node` are dropped, silently. */
export const createCache = (possibleTypes: Record<string, string[]>): InMemoryCache =>
  new InMemoryCache({
    possibleTypes,
    typePolicies: {
      Chat: {
        fields: {
          company: orNull,
          messages: relayStylePagination(['around']),
          participants: filtered,
          pinnedMessages: list,
          sharedFiles: list,
        },
      },
      Message: {
        fields: {
          ...replaced('Message'),
          reactors: relayStylePagination(['emoji']),
          readBy: list,
          revisions: list,
        },
      },
      MessageTemplate: { fields: replaced('MessageTemplate') },
      Viewer: {
        fields: { ...replaced('Viewer'), chats: ordered('chats'), companies: list, notifications: filtered },
      },
      Company: {
        fields: {
          chats: ordered('chats'),
          members: filtered,
          invitations,
          templates: ordered('templates'),
        },
      },
      ...Object.fromEntries(parts.map(part => [part, { merge: true }])),
    },
  })

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
  const node = edge ? edge.node : change.out
  const of = node && idIn(cache, node)
  cache.modify<Record<string, List>>({
    id: idIn(cache, parent),
    fields: {
      [field]: (stored, { readField, storeFieldName, toReference, DELETE }) => {
        if (!of || !stored) return DELETE
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
        const at = placeIn(
          field,
          edges,
          edge,
          other => readField(orderOf(field).by, nodeOf(other)),
          pageInfo?.hasNextPage,
        )
        return at < 0
          ? stored
          : withEdges(edges.toSpliced(at, 0, { ...edge, node: toReference(of, true) } as StoreObject))
      },
    },
  })
}
