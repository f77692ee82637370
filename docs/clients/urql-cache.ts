import { gql } from '@urql/core'
import { type Cache, cacheExchange, type Resolver, type UpdateResolver } from '@urql/exchange-graphcache'
import { relayPagination } from '@urql/exchange-graphcache/extras'
import {
  belongs,
  type Change,
  changesOf,
  compare,
  type Edge,
  type Fields,
  orderOf,
  parts,
  placeIn,
  relisting,
} from './lists.ts'

// The normalized cache of urql, graphcache, and what events and payloads change in its lists.

interface Page extends Fields {
  edges: string[]
  pageInfo: Fields
}

/**
 * A list of pages as one, which ends where its edges end, without what was evicted; `ordered`: chats and templates move within
 * their lists, which are put in order as they are read.
 */
function list(mergeMode: 'inwards' | 'outwards', ordered = false): Resolver {
  const whole = relayPagination({ mergeMode })
  return (parent, args, cache, info) => {
    const page = whole(parent, args, cache, info) as Page | undefined
    if (!page) return page
    const of = (edge: string) => (name: string) => cache.resolve(cache.resolve(edge, 'node') as string, name)
    const edges = page.edges.filter(edge => of(edge)('id') != null)
    if (ordered) edges.sort((one, other) => compare(info.fieldName, of(one), of(other)))
    const cursorOf = (edge?: string) => (edge ? cache.resolve(edge, 'cursor') : null) ?? null
    const ends = { startCursor: cursorOf(edges[0]), endCursor: cursorOf(edges.at(-1)) }
    return { ...page, edges, pageInfo: { ...page.pageInfo, ...ends } } as never
  }
}
const pages = list('inwards')
const ordered = list('inwards', true)
/** Null for who may not invite: no page, but not missing either. */
const invitations: Resolver = (parent, args, cache, info) =>
  cache.resolve(info.parentKey, info.fieldName, args) === null ? null : pages(parent, args, cache, info)
/** What was evicted is not there any more for those that point at it. */
const orNull: Resolver = (_parent, _, cache, { parentKey, fieldName }) => {
  const key = cache.resolve(parentKey, fieldName)
  return typeof key === 'string' && cache.resolve(key, 'id') == null ? null : key
}

/** Edges are things of their own, by their cursors: one that an event brought would else be overwritten by the next event. */
const byCursor = ({ cursor }: Fields) => (cursor as string | undefined) ?? null
const edgeTypes = [
  ...['Chat', 'ChatParticipant', 'Company', 'CompanyInvitation', 'CompanyMember', 'File', 'Message', 'MessageTemplate'],
  'Notification',
]

/** `possibleTypes`: those of possibleTypes.json. */
export const createCache = (possibleTypes: Record<string, string[]>, warn: (message: string) => void) =>
  cacheExchange({
    possibleTypes,
    // Without the whole schema it tries each fragment on each type as it writes, and tells of every field that is not there.
    logger: (level, message) => level === 'debug' || message.startsWith('Invalid undefined') || warn(message),
    keys: {
      ...Object.fromEntries(parts.map(part => [part, () => null])),
      ...Object.fromEntries(edgeTypes.map(type => [`${type}Edge`, byCursor])),
    },
    resolvers: {
      Chat: {
        company: orNull,
        messages: list('outwards'),
        participants: pages,
        pinnedMessages: pages,
        sharedFiles: pages,
      },
      Message: { reactors: pages, readBy: pages, revisions: pages },
      Viewer: { chats: ordered, companies: pages, notifications: pages },
      Company: { chats: ordered, members: pages, invitations, templates: ordered },
    },
    updates: {
      Subscription: { chatEvents: absorbFrame, companyEvents: absorbFrame, inbox: absorbFrame },
      Mutation: Object.fromEntries(relisting.map(name => [name, absorbPayload])),
      // A position begins lists anew. Pages that stayed would leave a hole between them and the new ones.
      Chat: { position: dropLists('messages', 'participants', 'pinnedMessages') },
      Company: { position: dropLists('members', 'templates', 'chats') },
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
  const node = edge ? edge.node : change.out
  const of = node && cache.keyOfEntity({ ...node })
  for (const { fieldName, arguments: args } of cache.inspectFields(parent)) {
    if (fieldName !== field) continue
    const page = cache.resolve(parent, field, args)
    if (!of || typeof page !== 'string') {
      cache.invalidate(parent, field, args)
      continue
    }
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
  const rank = (other: string) => cache.resolve(cache.resolve(other, 'node') as string, orderOf(field).by)
  const at = placeIn(field, edges, edge, rank, hasNextPage)
  if (at < 0) return
  cache.writeFragment(edgeOf(edge.__typename), edge)
  cache.link(page, 'edges', edges.toSpliced(at, 0, cache.keyOfEntity({ ...edge, node: null }) as string))
}
