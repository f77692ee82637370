import type { IncomingMessage, Server } from 'node:http'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../port/log.ts'
import type { Auth } from './auth.ts'
import type { SessionWatch } from './session-watch.ts'
import { shut } from './socket-closing.ts'
import { createLines } from './socket-lines.ts'
import { type Enveloped, operationOf, refused, type Speaker } from './socket-operation.ts'
import type { Api } from './yoga.ts'

const limits = { messageBytes: 64 * 1024, subscriptions: 50, initMs: 5_000 } as const

export interface SocketOptions {
  api: Api
  auth: Auth
  sessionWatch: SessionWatch
  log: Log
  corsOrigins: readonly string[]
  /** How long a frame may wait for its reader. */
  slowReaderMs: number
}

export interface Sockets {
  /** Takes no more operations and closes each socket when its queries and mutations are answered. True: all are. */
  leave: () => boolean
  /** Says good-bye to all, and waits for none. */
  close: () => void
}

interface Extra extends Speaker {
  unwatch: () => void
}

/** graphql-ws on the server's `/graphql`, with limits, sessions that end, and readers that do not keep up. */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const { api, auth, sessionWatch } = options
  const lines = createLines(options)
  const wss = new WebSocketServer({ noServer: true, maxPayload: limits.messageBytes, handleProtocols })

  /** Takes a token; one that is not good closes the socket, and the code tells whether a fresh one would help. */
  async function signIn(extra: Extra, authorization: unknown): Promise<boolean> {
    const caller = await auth.authenticate(typeof authorization === 'string' ? authorization : null)
    if (extra.socket.readyState !== extra.socket.OPEN) return false // it closed meanwhile: nothing is left to watch
    const good = caller && !('problem' in caller)
    // What is subscribed goes on as who began it, so only a session of that account may keep the socket.
    if (extra.viewer && (!caller || (good && caller.userId !== extra.viewer.userId))) {
      shut(extra.socket, 'stranger')
      return false
    }
    extra.unwatch()
    extra.viewer = good ? caller : null
    extra.tokenProblem = caller && !good ? caller.problem : null
    extra.unwatch = good ? sessionWatch.watch(caller, why => shut(extra.socket, why)) : () => undefined
    if (caller && !good) shut(extra.socket, caller.renew ? 'expired' : 'ended')
    return good || caller === null
  }

  let leaving = false
  const busy = new Map<WebSocket, number>()

  /** A query or mutation on a socket; its answer is sent before what comes next in the event loop. */
  async function executed({ execute, socket }: Enveloped, args: ExecutionArgs): Promise<ExecutionResult> {
    busy.set(socket, (busy.get(socket) ?? 0) + 1)
    try {
      return (await execute(args)) as ExecutionResult
    } finally {
      setImmediate(() => {
        const rest = (busy.get(socket) ?? 1) - 1
        if (rest > 0) busy.set(socket, rest)
        else busy.delete(socket)
        if (leaving && !rest) shut(socket, 'goingAway')
      })
    }
  }

  const graphql = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: limits.initMs,
    async onConnect({ extra, connectionParams }) {
      const signedIn = await signIn(extra, connectionParams?.authorization ?? connectionParams?.Authorization)
      return signedIn || undefined // false would close with another code
    },
    /** A fresh token may come in a ping: then the socket lives on. */
    async onPing({ extra }, payload) {
      if (payload && 'authorization' in payload) await signIn(extra, payload.authorization)
    },
    async onSubscribe({ extra, subscriptions }, id, payload) {
      if (Object.keys(subscriptions).length > limits.subscriptions)
        return [refused(`A socket carries at most ${limits.subscriptions} operations at a time.`, 'LIMIT_EXCEEDED')]
      if (leaving) return [refused('The server is going away: ask again.', 'INTERNAL')]
      return operationOf(api, extra, id, payload)
    },
    execute: args => executed(args.rootValue as Enveloped, args),
    subscribe: args => (args.rootValue as Enveloped).subscribe(args),
  })

  server.on('upgrade', (request, socket, head) => {
    const origin = request.headers.origin
    const path = request.url?.split('?')[0]
    if (leaving) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    if (path !== '/graphql' || (origin && !allowed(origin, request, options.corsOrigins))) {
      socket.end(`HTTP/1.1 ${path === '/graphql' ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n`)
      return
    }
    wss.handleUpgrade(request, socket, head, client => {
      lines.carry(client, socket, line => {
        const nobody = { viewer: null, tokenProblem: null, unwatch: () => undefined }
        const extra: Extra = { socket: client, line, request, ...nobody }
        const closed = graphql.opened(line, extra)
        return (code, reason) => {
          extra.unwatch()
          return closed(code, reason)
        }
      })
    })
  })

  return {
    leave() {
      leaving = true
      for (const socket of wss.clients)
        if (!busy.has(socket) && socket.readyState === socket.OPEN) shut(socket, 'goingAway')
      return busy.size === 0
    },
    close() {
      lines.stop()
      for (const socket of wss.clients) shut(socket, 'goingAway')
    },
  }
}

/** Pages of other origins open no sockets; programs without an origin may. */
function allowed(origin: string, request: IncomingMessage, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === request.headers.host
}
