import { ApolloClient, ApolloLink, gql, HttpLink, type InMemoryCache, Observable } from '@apollo/client'
import { print } from 'graphql'
import { absorb } from './apollo-cache.ts'
import type { Connection, Observer } from './connection.ts'
import { type Keeping, type Kept, keep, type Way } from './keep.ts'
import type { Fields } from './lists.ts'

// Apollo Client 4 with a normalized cache that the feeds keep whole.

export { createCache } from './apollo-cache.ts'

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

const wayOf = (client: ApolloClient): Way => ({
  client,
  async query(query, variables) {
    const answer = await client.query<Record<string, Fields>>({
      query: gql(query),
      variables,
      fetchPolicy: 'network-only',
    })
    if (!answer.data) throw new Error('no answer')
    return answer.data
  },
  follow(query, variables, { onEvent, onError }) {
    const feed = client.subscribe<Record<string, { event: never }>>({ query: gql(query), variables })
    const subscription = feed.subscribe(({ data, error }) => {
      if (error) return onError(error)
      const event = Object.values(data ?? {})[0]?.event ?? null
      absorb(client.cache, event)
      onEvent(event)
    })
    return () => subscription.unsubscribe()
  },
})

/** Keeps a chat in the cache: its participants, its messages from the newest `last` on, and what you may do in it. */
export const keepChat = (client: ApolloClient, id: string, more?: Keeping): Kept =>
  keep(wayOf(client), 'chat', id, more)

/** Keeps a company in the cache: its people, its templates, the chats of it that you are in, and what you may do in it. */
export const keepCompany = (client: ApolloClient, id: string, more?: Keeping): Kept =>
  keep(wayOf(client), 'company', id, more)

/** Keeps the lists of chats, companies and notifications and the totals in the cache. */
export const keepInbox = (client: ApolloClient, more?: Keeping): Kept => keep(wayOf(client), 'inbox', null, more)
