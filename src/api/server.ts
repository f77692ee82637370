import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../port/log.ts'
import type { Admission } from './admission.ts'
import type { DevPages } from './dev-pages.ts'
import type { FileDoor } from './files.ts'
import { graphiqlPageGzip } from './graphiql.ts'
import { attachSockets, type SocketOptions } from './sockets.ts'
import { watchStreams } from './streams.ts'
import type { Api } from './yoga.ts'

export interface ServerOptions extends SocketOptions, Api {
  admission: Admission
  graphiql: boolean
  /** False for a worker: only `/health` and `/ready` answer. */
  answers: boolean
  /** Pages under `/dev/`, in development. */
  devPages: DevPages | null
  /** What is at `/files/…`; null where the store of files has a server of its own. */
  fileDoor: FileDoor | null
  log: Log
  /** Whether the process can answer now. */
  isReady: () => Promise<boolean>
}

export interface HttpServer {
  /** Resolves with the port that it listens on. */
  listen: (host: string, port: number) => Promise<number>
  /**
   * Takes no more requests, answers what is under way, `ms` at most, and says good-bye to sockets. `endStreams` is called
   * when these are gone: a subscription on a socket goes on elsewhere, so it must not hear that it is complete.
   */
  close: (ms: number, endStreams: () => void) => Promise<void>
}

const maxBody = 1024 * 1024

/** `/graphql`, `/files/…`, `/health` and `/ready`, and `/dev/` where there are pages for development. Nothing else answers. */
export function createHttpServer(options: ServerOptions): HttpServer {
  const { api, log } = options
  let closing = false

  async function answer(req: IncomingMessage, res: ServerResponse, requestId: string): Promise<void> {
    const path = req.url?.split('?')[0]
    if (path === '/health') return text(res, 200, 'ok')
    if (path === '/ready')
      return !closing && (await options.isReady()) ? text(res, 200, 'ready') : text(res, 503, 'not ready')
    if (options.devPages?.(req, res)) return
    if (path?.startsWith('/files/') && options.answers && options.fileDoor) {
      if (closing) return text(res, 503, 'The server is going away: send it again.')
      streams.add(res, Date.now())
      return options.fileDoor(req, res)
    }
    if (path !== '/graphql' || !options.answers) return text(res, 404, 'There is nothing here. The API is at /graphql.')
    if (closing) return refuse(res, 503, 'The server is going away: send it again.', 'INTERNAL')
    if (options.graphiql && req.method === 'GET' && req.headers.accept?.includes('text/html')) return page(res)
    if (req.method === 'GET' && !paramsAreJson(req.url ?? ''))
      return refuse(res, 400, '`variables` and `extensions` are JSON.')
    if (req.method === 'POST') {
      if (!/^application\/json\b/i.test(req.headers['content-type'] ?? ''))
        return refuse(res, 415, 'Send the request as application/json.')
      const body = await readBody(req)
      if (body === null) return refuse(res, 413, `A request has at most ${maxBody} bytes.`)
      const leave = await options.admission.enter()
      if (!leave) return busy(res)
      try {
        if (!underWay.has(res)) return // whoever asked did not wait for their turn
        streams.add(res, Date.now())
        const answered = options.post(req, res, requestId, body)
        if (answered !== null) return await answered
      } finally {
        leave()
      }
      Object.assign(req, { body }) // Yoga takes it from here: reading the stream itself is several times slower
    } else streams.add(res, Date.now())
    await api(req, res, { req, requestId })
  }

  const streams = watchStreams(options.slowReaderMs)
  const underWay = new Map<ServerResponse, number>()
  const slow = setInterval(() => {
    streams.look(Date.now())
    cutLate(underWay)
  }, 500)

  const server: Server = createServer({ requestTimeout: 3_600_000 }, (req, res) => {
    const began = performance.now()
    underWay.set(res, began)
    if (closing) res.setHeader('connection', 'close')
    const requestId = crypto.randomUUID()
    res.setHeader('x-request-id', requestId)
    res.once('close', () => {
      underWay.delete(res)
      const ms = Math.round(performance.now() - began)
      log.debug({ requestId, method: req.method, status: res.statusCode, ms }, 'answered')
    })
    answer(req, res, requestId).catch(error => {
      log.error({ error, requestId }, 'a request failed')
      if (res.headersSent) res.destroy()
      else refuse(res, 500, 'Something went wrong on our side.', 'INTERNAL')
    })
  })
  const sockets = attachSockets(server, options)

  return {
    listen: (host, port) =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
      }),
    async close(ms, endStreams) {
      const deadline = Date.now() + ms
      const until = async (done: () => boolean) => {
        while (!done() && Date.now() < deadline) await pause(20)
      }
      closing = true // and it listens on, so that /ready can say so
      for (const res of underWay.keys()) if (!res.headersSent) res.setHeader('connection', 'close')
      await until(sockets.leave)
      sockets.close()
      endStreams()
      await until(() => underWay.size === 0)
      clearInterval(slow)
      server.close()
      server.closeAllConnections()
    },
  }
}

function text(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  res.end(`${body}\n`)
}

function refuse(res: ServerResponse, status: number, message: string, code = 'INVALID_INPUT'): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
  res.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }))
}

/** Said before anything of the request was done. */
function busy(res: ServerResponse): void {
  const retryAt = new Date(Date.now() + 1_000).toISOString()
  const errors = [{ message: 'The server is busy: send it again.', extensions: { code: 'RATE_LIMITED', retryAt } }]
  res.writeHead(503, { 'content-type': 'application/json; charset=utf-8', 'retry-after': '1' })
  res.end(JSON.stringify({ errors }))
}

async function page(res: ServerResponse): Promise<void> {
  const body = await graphiqlPageGzip()
  res.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-encoding': 'gzip',
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}

/** A large file on a thin line takes its time; any other request has five minutes to be sent. */
function cutLate(underWay: ReadonlyMap<ServerResponse, number>): void {
  const before = performance.now() - 300_000
  for (const [{ req }, began] of underWay)
    if (began < before && !req.complete && !req.url?.startsWith('/files/')) req.destroy()
}

/** Yoga takes a GET that is not for a fault of ours. */
function paramsAreJson(url: string): boolean {
  const { searchParams } = new URL(url, 'http://localhost')
  try {
    for (const name of ['variables', 'extensions']) JSON.parse(searchParams.get(name) || 'null')
    return true
  } catch {
    return false
  }
}

/**
 * The whole body as text; null when it is too large. What is too much is read on and forgotten: a client that is cut off
 * while it sends does not get to read why. Nobody sends that much by mistake: far beyond the limit the line is cut.
 */
function readBody(req: IncomingMessage): Promise<string | null> {
  const patience = 20 * maxBody
  if (Number(req.headers['content-length'] ?? 0) > patience) return Promise.resolve(null)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBody) chunks.length = 0
      else chunks.push(chunk)
      if (size > patience) {
        resolve(null)
        req.destroy()
      }
    })
    req.once('end', () => resolve(size > maxBody ? null : Buffer.concat(chunks).toString()))
    req.once('error', reject)
  })
}
