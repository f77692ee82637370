import { Client, fetchExchange, subscriptionExchange } from '@urql/core'
import type { Connection } from './connection.ts'
import { type Keeping, type Kept, keep, type Way } from './keep.ts'
import { createCache } from './urql-cache.ts'

// urql with graphcache, a normalized cache that the feeds keep whole.

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

const wayOf = (client: Client): Way => ({
  client,
  async query(query, variables) {
    const { data, error } = await client.query(query, variables, { requestPolicy: 'network-only' }).toPromise()
    if (error || !data) throw error ?? new Error('no answer')
    return data
  },
  follow: (query, variables, { onEvent, onError }) =>
    client.subscription<Record<string, { event: never }>>(query, variables).subscribe(({ data, error }) => {
      if (error) return onError(error)
      onEvent(Object.values(data ?? {})[0]?.event ?? null)
    }).unsubscribe,
})

/** Keeps a chat in the cache: its participants, its messages from the newest `last` on, and what you may do in it. */
export const keepChat = (client: Client, id: string, more?: Keeping): Kept => keep(wayOf(client), 'chat', id, more)

/** Keeps a company in the cache: its people, its templates, the chats of it that you are in, and what you may do in it. */
export const keepCompany = (client: Client, id: string, more?: Keeping): Kept =>
  keep(wayOf(client), 'company', id, more)

/** Keeps the lists of chats, companies and notifications and the totals in the cache. */
export const keepInbox = (client: Client, more?: Keeping): Kept => keep(wayOf(client), 'inbox', null, more)
