import type { IncomingMessage, Server } from 'node:http'
import { type DocumentNode, type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST } from 'graphql'
import { handleProtocols, makeServer } from 'graphql-ws'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Viewer } from '../graph/context.ts'
import type { Log } from '../port/log.ts'
import type { Auth } from './auth.ts'
import type { SessionWatch } from './session-watch.ts'
import type { Api } from './yoga.ts'

/** How a socket is closed: graphql-ws clients try again after 4403 and 1013, and stop after 4401. */
export const close = {
  ended: { code: 4401, reason: 'The session has ended' },
  expired: { code: 4403, reason: 'The token has expired' },
  slow: { code: 1013, reason: 'Too slow: come back' },
  stranger: { code: 4400, reason: 'Only a token of the same account keeps a socket' },
  binary: { code: 4400, reason: 'Text messages only' },
  goingAway: { code: 1001, reason: 'The server is going away' },
} as const

export const socketLimits = { messageBytes: 64 * 1024, subscriptions: 50, initMs: 5_000, pingMs: 25_000 } as const

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

interface Extra {
  socket: WebSocket
  request: IncomingMessage
  viewer: Viewer | null
  tokenProblem: string | null
  unwatch: () => void
}

/** graphql-ws on the server's `/graphql`, with limits, sessions that end, and readers that do not keep up. */
export function attachSockets(server: Server, options: SocketOptions): Sockets {
  const { api, auth, sessionWatch, log } = options
  const wss = new WebSocketServer({ noServer: true, maxPayload: socketLimits.messageBytes, handleProtocols })

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
    connectionInitWaitTimeout: socketLimits.initMs,
    async onConnect({ extra, connectionParams }) {
      const signedIn = await signIn(extra, connectionParams?.authorization ?? connectionParams?.Authorization)
      return signedIn || undefined // false would close with another code
    },
    /** A fresh token may come in a ping: then the socket lives on. */
    async onPing({ extra }, payload) {
      if (payload && 'authorization' in payload) await signIn(extra, payload.authorization)
    },
    async onSubscribe({ extra, subscriptions }, _id, payload) {
      if (Object.keys(subscriptions).length > socketLimits.subscriptions)
        return [
          refused(`A socket carries at most ${socketLimits.subscriptions} operations at a time.`, 'LIMIT_EXCEEDED'),
        ]
      if (leaving) return [refused('The server is going away: ask again.', 'INTERNAL')]
      const { viewer, tokenProblem, request } = extra
      const { schema, parse, validate, execute, subscribe, contextFactory } = api.getEnveloped({
        req: request,
        requestId: crypto.randomUUID(),
        socket: { viewer, tokenProblem },
        params: payload,
      })
      const document = parsed(() => parse(payload.query) as DocumentNode)
      if (document instanceof GraphQLError) return [told(document)]
      const errors = validate(schema, document)
      if (errors.length) return errors.map(told)
      const { operationName, variables } = payload
      if (!getOperationAST(document, operationName))
        return [refused('Could not determine what operation to execute.', 'OPERATION_RESOLUTION_FAILURE')]
      const contextValue = await contextFactory()
      return {
        schema,
        document,
        contextValue,
        rootValue: { execute, subscribe, socket: extra.socket },
        ...(operationName == null ? {} : { operationName }),
        ...(variables == null ? {} : { variableValues: variables }),
      }
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
    wss.handleUpgrade(request, socket, head, client => open(client, request))
  })

  const waiting = new Map<WebSocket, number>()

  function open(socket: WebSocket, request: IncomingMessage): void {
    const extra: Extra = { socket, request, viewer: null, tokenProblem: null, unwatch: () => undefined }
    let pending = 0
    let alive = true
    const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
    const closed = graphql.opened(
      {
        protocol: socket.protocol,
        // Resolves when the frame has left this process: until then the subscription pulls no further one. A socket that
        // is being closed takes none: its subscriptions wait for their end, and read nothing meanwhile.
        send: data =>
          new Promise(resolve => {
            if (socket.readyState !== socket.OPEN) return resolve(gone)
            if (pending++ === 0) waiting.set(socket, Date.now())
            socket.send(data, () => {
              if (--pending === 0) waiting.delete(socket)
              else waiting.set(socket, Date.now())
              resolve()
            })
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: onText =>
          socket.on('message', (data, isBinary) => {
            if (isBinary) return socket.close(close.binary.code, close.binary.reason)
            onText(String(data)).catch(error => {
              log.error({ error }, 'a WebSocket message failed')
              socket.close(4500, 'Internal server error')
            })
          }),
      },
      extra,
    )
    const ping = setInterval(() => {
      if (!alive) return socket.terminate()
      alive = waiting.has(socket) // a slow reader is not a dead one
      socket.ping()
    }, socketLimits.pingMs)
    socket.on('pong', () => {
      alive = true
    })
    socket.on('error', error => log.debug({ error: error.message }, 'a WebSocket broke'))
    socket.once('close', (code, reason) => {
      clearInterval(ping)
      waiting.delete(socket)
      extra.unwatch()
      void closed(code, String(reason))
    })
  }

  const watchSlow = setInterval(() => {
    const before = Date.now() - options.slowReaderMs
    for (const [socket, since] of waiting) if (since < before) shut(socket, 'slow')
  }, 500)

  return {
    leave() {
      leaving = true
      for (const socket of wss.clients)
        if (!busy.has(socket) && socket.readyState === socket.OPEN) shut(socket, 'goingAway')
      return busy.size === 0
    },
    close() {
      clearInterval(watchSlow)
      for (const socket of wss.clients) shut(socket, 'goingAway')
    },
  }
}

interface Enveloped {
  socket: WebSocket
  execute: ReturnType<Api['getEnveloped']>['execute']
  subscribe: ReturnType<Api['getEnveloped']>['subscribe']
}

/** Closes, and cuts the line soon after: who does not read never sees the close and would stay for ever. */
function shut(socket: WebSocket, why: keyof typeof close): void {
  socket.close(close[why].code, close[why].reason)
  setTimeout(() => socket.terminate(), 5_000).unref()
}

/** A syntax error is an answer to its operation; thrown, it would end the socket with all the others on it. */
function parsed(parse: () => DocumentNode): DocumentNode | GraphQLError {
  try {
    return parse()
  } catch (error) {
    if (error instanceof GraphQLError) return error
    throw error
  }
}

/** As HTTP tells it: with a code, and without what is meant for HTTP's status. */
const told = ({ message, nodes, source, positions, extensions: { code = 'GRAPHQL_PARSE_FAILED' } }: GraphQLError) =>
  new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    extensions: { code },
  })

const refused = (message: string, code: string) => new GraphQLError(message, { extensions: { code } })

/** Pages of other origins open no sockets; programs without an origin may. */
function allowed(origin: string, request: IncomingMessage, origins: readonly string[]): boolean {
  if (origins.includes(origin)) return true
  return URL.canParse(origin) && new URL(origin).host === request.headers.host
}
