import type { IncomingMessage, Server } from 'node:http'
import type { ExecutionArgs, ExecutionResult } from 'graphql'
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '../port/log.ts'
import type { Auth } from './auth.ts'
import type { SessionWatch } from './session-watch.ts'
import { shut } from './socket-closing.ts'
import { createLines, Line } from './socket-lines.ts'
import { type Host, Talk } from './socket-talk.ts'
import type { Api } from './yoga.ts'

const limits = { messageBytes: 64 * 1024, initMs: 5_000 } as const

export interface SocketOptions extends Pick<Api, 'onSockets' | 'originOf'> {
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

/** graphql-transport-ws on the server's `/graphql`, with limits, sessions that end, and readers that do not keep up. */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const { onSockets, originOf, auth, sessionWatch } = options
  const lines = createLines(options)
  const wss = new WebSocketServer({
    ...{ noServer: true, maxPayload: limits.messageBytes, handleProtocols, WebSocket: Line },
  })

  /** Who has not said yet who they are. */
  const silent = new Set<Talk>()
  const watchSilent = setInterval(() => {
    const before = Date.now() - limits.initMs
    for (const talk of silent) {
      if (talk.openedAt > before) return // they are in order
      silent.delete(talk)
      talk.line.close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout')
    }
  }, 500)

  /** Takes a token; one that is not good closes the socket, and the code tells whether a fresh one would help. */
  async function signIn(talk: Talk, authorization: unknown): Promise<boolean> {
    const { line } = talk
    const caller = await auth.authenticate(typeof authorization === 'string' ? authorization : null)
    if (line.readyState !== line.OPEN) return false // it closed meanwhile: nothing is left to watch
    const good = caller && !('problem' in caller)
    // What is subscribed goes on as who began it, so only a session of that account may keep the socket.
    if (talk.viewer && (!caller || (good && caller.userId !== talk.viewer.userId))) {
      shut(line, 'stranger')
      return false
    }
    sessionWatch.unwatch(talk)
    talk.viewer = good ? caller : null
    talk.tokenProblem = caller && !good ? caller.problem : null
    if (good) sessionWatch.watch(talk)
    if (caller && !good) shut(line, caller.renew ? 'expired' : 'ended')
    return good || caller === null
  }

  let leaving = false
  const busy = new Map<WebSocket, number>()

  /** A query or mutation on a socket; its answer is sent before what comes next in the event loop. */
  async function execute(line: Line, args: ExecutionArgs): Promise<ExecutionResult> {
    busy.set(line, (busy.get(line) ?? 0) + 1)
    try {
      return await onSockets.execute(args)
    } finally {
      setImmediate(() => {
        const rest = (busy.get(line) ?? 1) - 1
        if (rest > 0) busy.set(line, rest)
        else busy.delete(line)
        if (leaving && !rest) shut(line, 'goingAway')
      })
    }
  }
  const host: Host = {
    ...{ execution: onSockets, execute, signIn, isLeaving: () => leaving },
    spoke: talk => silent.delete(talk),
    closed(talk) {
      silent.delete(talk)
      sessionWatch.unwatch(talk)
    },
  }

  server.on('upgrade', (request, socket, head) => {
    const origin = request.headers.origin
    const path = request.url?.split('?')[0]
    if (leaving) return void socket.end('HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n\r\n')
    if (path !== '/graphql' || (origin && !allowed(origin, request, options.corsOrigins))) {
      socket.end(`HTTP/1.1 ${path === '/graphql' ? '403 Forbidden' : '404 Not Found'}\r\nConnection: close\r\n\r\n`)
      return
    }
    wss.handleUpgrade(request, socket, head, line => {
      const talk = new Talk(host, line, originOf(request))
      lines.carry(line, socket, talk)
      if (line.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL)
        line.close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable')
      else silent.add(talk)
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
      clearInterval(watchSilent)
      for (const socket of wss.clients) shut(socket, 'goingAway')
    },
  }
}

/** Pages of other origins open no sockets; programs without an origin may. */
function allowed(origin: string, request: IncomingMessage, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === request.headers.host
}
