import { gql } from '@apollo/client'
import WebSocket from 'ws'
import { createApollo, createCache, keepChat, keepInbox } from '../../docs/clients/apollo.ts'
import { type Connection, createConnection } from '../../docs/clients/connection.ts'
import type { Feed, Kept } from '../../docs/clients/keep.ts'
import { Chats, Room } from '../../docs/clients/operations.ts'
import { createSession, type Session, type Tokens } from '../../docs/clients/session.ts'
import possibleTypes from '../../possibleTypes.json' with { type: 'json' }
import type { Loose } from '../client.ts'

// Apollo Client and urql, as docs/clients sets them up, behind one face: the same stories are told of both.

/** A signed-in program with a normalized cache. */
export interface Cached {
  session: Session
  connection: Connection
  /** Carries a mutation out as a user interface would; gives its result. */
  mutate: (query: string, input: object) => Promise<Loose>
  /** From the network; what it gives has been through the cache. */
  fetch: (query: string, variables?: object) => Promise<Loose>
  /** Subscribes without putting anything into lists: what the cache does by itself. Returns the way out. */
  subscribe: (query: string, variables: object) => () => void
  /** What the cache alone says; null when it lacks something. */
  read: (query: string, variables?: object) => Loose
  keepChat: (id: string, more?: Pick<Feed, 'onEnd'> & { last?: number }) => Kept
  keepInbox: (more?: Pick<Feed, 'onEnd'>) => Kept
  close: () => Promise<void>
}
export type Kind = 'Apollo Client' | 'urql with graphcache'

/** Opens one at a server, with the tokens of somebody or none. */
export function openCached(kind: Kind, url: string, tokens: Tokens | null = null): Cached {
  const session = createSession(`${url}/graphql`, tokens)
  const connection = createConnection({ url: `${url}/graphql`, session, webSocketImpl: WebSocket, waitMs: () => 10 })
  return { session, connection, ...(ways[kind] as typeof apollo)(connection) }
}

const ways: Record<string, (connection: Connection) => Omit<Cached, 'session' | 'connection'>> = {
  'Apollo Client': apollo,
}

const waitMs = () => 10

function apollo(connection: Connection): Omit<Cached, 'session' | 'connection'> {
  const cache = createCache(possibleTypes)
  const client = createApollo(connection, cache)
  const kept: Kept[] = []
  const keeping = (one: Kept) => {
    kept.push(one)
    return one
  }
  return {
    mutate: async (query, input) => only((await client.mutate({ mutation: gql(query), variables: { input } })).data),
    fetch: async (query, variables = {}) =>
      (await client.query({ query: gql(query), variables, fetchPolicy: 'network-only' })).data,
    subscribe(query, variables) {
      const subscription = client.subscribe({ query: gql(query), variables }).subscribe(() => undefined)
      return () => subscription.unsubscribe()
    },
    read: (query, variables = {}) => cache.readQuery({ query: gql(query), variables }),
    keepChat: (id, more) => keeping(keepChat(client, id, { ...more, waitMs })),
    keepInbox: more => keeping(keepInbox(client, { ...more, waitMs })),
    async close() {
      for (const one of kept) one.stop()
      client.stop()
      await connection.close()
    },
  }
}

const only = (data: Loose): Loose => Object.values(data)[0]

/** What a cache says of its owner's list and of some of the chats in it, without what is a place and not content. */
export function whole({ read }: Pick<Cached, 'read'>, chats: readonly string[]): Loose {
  const list = read(Chats)
  const there = idsIn(list).filter(id => chats.includes(id))
  const rooms = there.sort().map(id => without(read(Room, { id }), ['position']))
  return { list: withoutPlaces(list), rooms }
}

/** The same from the network, into a cache of its own. */
export async function fresh(kind: Kind, url: string, tokens: Tokens, chats: readonly string[]): Promise<Loose> {
  const client = openCached(kind, url, tokens)
  for (const id of idsIn(await client.fetch(Chats))) if (chats.includes(id)) await client.fetch(Room, { id })
  const all = whole(client, chats)
  await client.close()
  return all
}

const idsIn = (list: Loose): string[] => list?.viewer.chats.edges.map((edge: Loose) => edge.node.id) ?? []
/** Chats move in their list, so the cursors of its edges do as well. */
const withoutPlaces = (list: Loose) => without(list, ['inboxPosition', 'cursor', 'startCursor', 'endCursor'])
const without = (value: Loose, names: readonly string[]): Loose =>
  JSON.parse(JSON.stringify(value ?? null, (name, inner) => (names.includes(name) ? undefined : inner)))
