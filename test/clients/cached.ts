import { gql } from '@apollo/client'
import WebSocket from 'ws'
import * as forApollo from '../../docs/clients/apollo.ts'
import { absorb } from '../../docs/clients/apollo-cache.ts'
import { type Connection, createConnection } from '../../docs/clients/connection.ts'
import type { Keeping, Kept } from '../../docs/clients/keep.ts'
import { Chats, Company, Invitations, Room } from '../../docs/clients/operations.ts'
import { createSession, type Session, type Tokens } from '../../docs/clients/session.ts'
import * as forUrql from '../../docs/clients/urql.ts'
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
  /** Subscribes as `keepChat` does, without its query. */
  follow: (query: string, variables: object) => () => void
  /** What the cache alone says; null when it lacks something. */
  read: (query: string, variables?: object) => Loose
  keepChat: (id: string, more?: Keeping) => Kept
  keepCompany: (id: string, more?: Keeping) => Kept
  keepInbox: (more?: Keeping) => Kept
  close: () => Promise<void>
}
export const kinds = ['Apollo Client', 'urql with graphcache'] as const
export type Kind = (typeof kinds)[number]

/** Opens one at a server, with the tokens of somebody or none. */
export function openCached(kind: Kind, url: string, tokens: Tokens | null = null): Cached {
  const session = createSession(`${url}/graphql`, tokens)
  const connection = createConnection({ url: `${url}/graphql`, session, webSocketImpl: WebSocket, waitMs: () => 10 })
  return { session, connection, ...ways[kind](connection) }
}

const waitMs = () => 10

type Way = Omit<Cached, 'session' | 'connection'>
const ways: Record<Kind, (connection: Connection) => Way> = {
  'Apollo Client'(connection) {
    const cache = forApollo.createCache(possibleTypes)
    const client = forApollo.createApollo(connection, cache)
    const kept: Kept[] = []
    return {
      mutate: async (query, input) => only((await client.mutate({ mutation: gql(query), variables: { input } })).data),
      fetch: async (query, variables = {}) =>
        (await client.query({ query: gql(query), variables, fetchPolicy: 'network-only' })).data,
      subscribe(query, variables) {
        const subscription = client.subscribe({ query: gql(query), variables }).subscribe(() => undefined)
        return () => subscription.unsubscribe()
      },
      follow(query, variables) {
        const feed = client.subscribe<Loose>({ query: gql(query), variables })
        const subscription = feed.subscribe(({ data }) => absorb(cache, only(data).event))
        return () => subscription.unsubscribe()
      },
      read: (query, variables = {}) => cache.readQuery({ query: gql(query), variables }),
      keepChat: (id, more) => also(kept, forApollo.keepChat(client, id, { ...more, waitMs })),
      keepCompany: (id, more) => also(kept, forApollo.keepCompany(client, id, { ...more, waitMs })),
      keepInbox: more => also(kept, forApollo.keepInbox(client, { ...more, waitMs })),
      async close() {
        for (const one of kept) one.stop()
        client.stop()
        await connection.close()
      },
    }
  },

  'urql with graphcache'(connection) {
    const client = forUrql.createUrql(connection, possibleTypes, message => console.warn(message))
    const kept: Kept[] = []
    const answer = ({ data, error }: Loose) => {
      if (error) throw error
      return data
    }
    return {
      mutate: async (query, input) => only(answer(await client.mutation(query, { input }).toPromise())),
      fetch: async (query, variables = {}) =>
        answer(await client.query(query, variables, { requestPolicy: 'network-only' }).toPromise()),
      subscribe: (query, variables) => client.subscription(query, variables).subscribe(() => undefined).unsubscribe,
      follow: (query, variables) => client.subscription(query, variables).subscribe(() => undefined).unsubscribe,
      read: (query, variables = {}) =>
        client.readQuery(query, variables, { requestPolicy: 'cache-only' })?.data ?? null,
      keepChat: (id, more) => also(kept, forUrql.keepChat(client, id, { ...more, waitMs })),
      keepCompany: (id, more) => also(kept, forUrql.keepCompany(client, id, { ...more, waitMs })),
      keepInbox: more => also(kept, forUrql.keepInbox(client, { ...more, waitMs })),
      async close() {
        for (const one of kept) one.stop()
        await connection.close()
      },
    }
  },
}
const also = (kept: Kept[], one: Kept): Kept => {
  kept.push(one)
  return one
}
const only = (data: Loose): Loose => Object.values(data)[0]

/** What a cache says of its owner's lists, of some of the chats and of all companies in them, without what is a place and not content. */
export function whole({ read }: Pick<Cached, 'read'>, chats: readonly string[]): Loose {
  const lists = read(Chats)
  const there = idsIn(lists, 'chats').filter(id => chats.includes(id))
  const rooms = there.sort().map(id => without(read(Room, { id }), ['position']))
  const companies = idsIn(lists, 'companies').map(id => [read(Company, { id }), read(Invitations, { id })])
  return { lists: withoutPlaces(lists), rooms, companies: withoutPlaces(companies) }
}

/** The same from the network, into a cache of its own. */
export async function fresh(kind: Kind, url: string, tokens: Tokens, chats: readonly string[]): Promise<Loose> {
  const client = openCached(kind, url, tokens)
  const lists = await client.fetch(Chats)
  for (const id of idsIn(lists, 'chats')) if (chats.includes(id)) await client.fetch(Room, { id })
  for (const id of idsIn(lists, 'companies')) {
    await client.fetch(Company, { id })
    await client.fetch(Invitations, { id })
  }
  const all = whole(client, chats)
  await client.close()
  return all
}

/** Queries the invitations that the cache has dropped, as a page that shows them would. */
export async function lookAtInvitations({ read, fetch }: Pick<Cached, 'read' | 'fetch'>): Promise<void> {
  for (const id of idsIn(read(Chats), 'companies')) if (!read(Invitations, { id })) await fetch(Invitations, { id })
}

export const idsIn = (lists: Loose, field: 'chats' | 'companies'): string[] =>
  lists?.viewer[field].edges.map((edge: Loose) => edge.node.id) ?? []
/** Chats and templates move in their lists, so the cursors of their edges do as well. */
const withoutPlaces = (lists: Loose) =>
  without(lists, ['position', 'inboxPosition', 'cursor', 'startCursor', 'endCursor'])
const without = (value: Loose, names: readonly string[]): Loose =>
  JSON.parse(JSON.stringify(value ?? null, (name, inner) => (names.includes(name) ? undefined : inner)))
