import type { ClientOptions } from 'graphql-ws'
import { createFetch, type FetchOptions } from './fetch.ts'
import { keepNewest } from './newest.ts'
import { createLink, type LinkOptions, type Operation } from './resuming-link.ts'
import type { Session } from './session.ts'
import { overSocket } from './socket.ts'

// One server, as a client with a cache needs it: a `fetch` for queries and mutations, and feeds that resume. What comes
// in over either is settled first: nothing older is written over what is newer.

export interface ConnectionOptions extends Pick<FetchOptions, 'waitMs'>, Pick<LinkOptions, 'silenceMs'> {
  /** Such as `https://chat.example.org/graphql`. */
  url: string
  session: Session
  /** For Node before 22: the WebSocket of the package `ws`. */
  webSocketImpl?: ClientOptions['webSocketImpl']
}

export interface Observer {
  next: (result: { data: object }) => void
  /** The operation was refused, or the session has ended. */
  error: (error: Error) => void
  /** The feed is over: its last frame says why. */
  complete: () => void
}

export function createConnection({ url, session, webSocketImpl, ...patience }: ConnectionOptions) {
  const newest = keepNewest()
  const socket = overSocket(url.replace(/^http/, 'ws'), { webSocketImpl })
  const link = createLink({ attempt: socket.attempt, token: session.token, ...patience })
  return {
    url,
    fetch: createFetch({ session, settle: newest.settle, ...patience }),
    /** Follows a feed; returns the way out. */
    subscribe: (operation: Operation, observer: Observer): (() => void) =>
      link.subscribe<{ __typename: string }>(operation, {
        onFrame({ event }, data) {
          if (event?.__typename === 'StreamReset') newest.forget()
          observer.next({ data: newest.settle(data) })
        },
        onEnd(end) {
          if (end.why === 'refused') observer.error(new Error(end.errors.map(({ message }) => message).join(' ')))
          else if (end.why === 'signed out') observer.error(new Error('The session has ended: sign in.'))
          else observer.complete()
        },
      }),
    /** Gives open feeds a fresh token before the old one expires. */
    renew: socket.renew,
    close: socket.close,
  }
}
export type Connection = ReturnType<typeof createConnection>
