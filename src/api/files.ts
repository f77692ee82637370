import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { AlreadyStored, keyOf, type ServedFiles, type Signed, StorageFull, WrongSize } from '../port/files.ts'
import { headersOf, rangeOf } from './file-headers.ts'

/** What has to be known of a file to take or to give its bytes. */
export interface FileFacts {
  state: 'PENDING' | 'READY' | 'REJECTED'
  name: string
  contentType: string
  size: number
}

export interface FileDoorOptions {
  files: ServedFiles
  /** The file, if it is to be had now: null for one that is deleted, or that only deleted messages held. */
  find: (id: string) => Promise<FileFacts | null>
  corsOrigins: readonly string[]
  /** How long somebody who sends a file may pause, in ms; default: a minute. */
  idleMs?: number
}

/** Answers at `/files/…`, where the store has no server of its own. */
export type FileDoor = (req: IncomingMessage, res: ServerResponse) => Promise<void>

export function createFileDoor({ files, find, corsOrigins, idleMs = 60_000 }: FileDoorOptions): FileDoor {
  return async (req, res) => {
    allow(res, req.headers.origin, corsOrigins)
    const { method } = req
    if (method === 'OPTIONS') return void res.writeHead(204, { allow: methods }).end()
    const signed = files.signed(req.url ?? '')
    if (!signed) return refuse(req, res, 403, 'This is not an address that was given out here, or it was changed.')
    const right = signed.what === 'upload' ? method === 'PUT' : method === 'GET' || method === 'HEAD'
    if (!right)
      return refuse(req, res, 405, `This address is for ${signed.what === 'upload' ? 'PUT' : 'GET and HEAD'}.`)
    if (signed.expiresAt.getTime() <= Date.now())
      return refuse(req, res, 410, 'This address has expired: ask for a new one.')
    const file = await find(signed.id)
    if (!file) return refuse(req, res, 404, 'There is no such file.')
    return signed.what === 'upload' ? take(req, res, signed, file) : give(req, res, signed, file)
  }

  /** Takes the bytes of a file: as many as were announced, once. */
  async function take(
    req: IncomingMessage,
    res: ServerResponse,
    { id, size }: Signed & { what: 'upload' },
    file: FileFacts,
  ): Promise<void> {
    const length = req.headers['content-length']
    if (file.state !== 'PENDING' || (await files.stat(id)))
      return refuse(req, res, 409, 'The bytes of this file are here already.')
    if (req.headers['content-range'] || req.headers['content-encoding'])
      return refuse(req, res, 400, 'Send the whole file, as it is.')
    if (length !== undefined && Number(length) !== size)
      return refuse(req, res, Number(length) > size ? 413 : 400, `${size} bytes were announced, not ${length}.`)
    req.setTimeout(idleMs, () => req.destroy())
    try {
      await files.put(id, req.iterator({ destroyOnReturn: false }), size) // what is too much is refused in words
    } catch (error) {
      if (req.destroyed && !req.complete) return void res.destroy() // its client went away: nobody is there to be told
      if (error instanceof WrongSize)
        return refuse(req, res, 400, `${size} bytes were announced, and ${error.message}.`)
      if (error instanceof AlreadyStored) return refuse(req, res, 409, 'The bytes of this file are here already.')
      if (error instanceof StorageFull) return refuse(req, res, 507, 'There is no room for more files here.')
      throw error
    }
    text(res, 201, 'They are here: call completeFileUpload.')
  }

  async function give(
    req: IncomingMessage,
    res: ServerResponse,
    { id, variant }: Signed & { what: 'download' },
    file: FileFacts,
  ): Promise<void> {
    const key = keyOf(id, variant)
    const stored = file.state === 'READY' ? await files.stat(key) : null
    if (!stored) return refuse(req, res, 404, 'There is no such file.')
    const etag = `"${key}"` // its bytes never change
    res.setHeaders(new Map(Object.entries(headersOf(file, variant, etag))))
    if (req.headers['if-none-match']?.split(/\s*,\s*/).some(tag => tag === '*' || tag.replace(/^W\//, '') === etag))
      return void res.writeHead(304).end()
    const whole = req.headers['if-range'] !== undefined && req.headers['if-range'] !== etag
    const range = whole ? null : rangeOf(req.headers.range, stored.size)
    if (range === 'beyond') {
      res.setHeader('content-range', `bytes */${stored.size}`)
      return refuse(req, res, 416, `There are ${stored.size} bytes.`)
    }
    const { from, to } = range ?? { from: 0, to: stored.size - 1 }
    res.setHeader('content-length', to - from + 1)
    if (range) res.setHeader('content-range', `bytes ${from}-${to}/${stored.size}`)
    res.statusCode = range ? 206 : 200
    if (req.method === 'HEAD') return void res.end()
    // Who goes away in the middle is nobody's fault, and so is a file that is swept in the middle: the line is cut.
    await pipeline(files.read(key, { from, to }), res).catch(() => res.destroy())
  }
}

const methods = 'GET, HEAD, PUT, OPTIONS'

/** Pages of other origins: those that may call the API. */
function allow(res: ServerResponse, origin: string | undefined, origins: readonly string[]): void {
  res.setHeader('vary', 'origin')
  if (origin === undefined || !origins.includes(origin)) return
  res.setHeader('access-control-allow-origin', origin)
  res.setHeader('access-control-allow-methods', methods)
  res.setHeader('access-control-allow-headers', 'content-type, range, if-range, if-none-match')
  res.setHeader('access-control-expose-headers', 'content-disposition, content-length, content-range, etag')
  res.setHeader('access-control-max-age', '86400')
}

function text(res: ServerResponse, status: number, body: string): void {
  for (const name of ['content-disposition', 'content-length', 'etag', 'accept-ranges']) res.removeHeader(name)
  res.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
  res.end(`${body}\n`)
}

const patience = 20 * 1024 * 1024

/**
 * Says why not. What is being sent is read on for a while and forgotten: a client that is cut off while it sends does not
 * get to read why.
 */
async function refuse(req: IncomingMessage, res: ServerResponse, status: number, why: string): Promise<void> {
  if (req.method === 'PUT' && Number(req.headers['content-length'] ?? 0) <= patience) {
    let size = 0
    try {
      for await (const chunk of req as AsyncIterable<Buffer>) {
        size += chunk.length
        if (size > patience) break
      }
    } catch {
      return void res.destroy()
    }
  }
  if (req.method === 'PUT') res.setHeader('connection', 'close')
  text(res, status, why)
}
