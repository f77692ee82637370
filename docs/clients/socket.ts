import { type Client, type ClientOptions, createClient } from 'graphql-ws'
import type { Attempt } from './resuming-link.ts'

// The feeds over WebSocket, by graphql-ws: give its `attempt` to `createLink`.

/** All feeds over one socket. `renew` gives the open socket a fresh token before the old one expires, so that it lives on. */
export function overSocket(url: string, options: Pick<ClientOptions, 'webSocketImpl'> = {}) {
  let authorization = ''
  let socket: { send: (text: string) => void } | null = null
  const client: Client = createClient({
    ...options,
    url,
    retryAttempts: 0, // graphql-ws would send the first `after` again, and give up after five times
    connectionParams: () => ({ authorization }),
    on: {
      opened: opened => {
        socket = opened as typeof socket
      },
      closed: () => {
        socket = null
      },
    },
  })
  const attempt: Attempt = ({ query, variables }, token, { next, over }) => {
    authorization = `Bearer ${token}`
    return client.subscribe(
      { query, variables: variables ?? null },
      {
        next: next as never,
        complete: () => over({}),
        error: reason =>
          over(Array.isArray(reason) ? { errors: reason } : { code: (reason as { code?: number }).code ?? 0 }),
      },
    )
  }
  return {
    attempt,
    renew: (token: string) => {
      authorization = `Bearer ${token}`
      socket?.send(JSON.stringify({ type: 'ping', payload: { authorization } }))
    },
    close: () => client.dispose(),
  }
}
