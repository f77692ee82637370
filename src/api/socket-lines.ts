import type { Duplex } from 'node:stream'
import type { WebSocket as GraphqlLine } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { Log } from '../port/log.ts'
import { close, shut } from './socket-closing.ts'

const pingEverySeconds = 25
const nothing = Buffer.alloc(0)
const { OPEN } = WebSocket

export interface Line extends GraphqlLine {
  /** Writes a frame that is ready. False, and nothing is written: what was said before has not left yet, or nobody hears. */
  tell: (frame: Buffer) => boolean
}

export interface Lines {
  /** Carries what is said on a socket over its stream. `opened` takes the line and gives what is called when it is closed. */
  carry: (socket: WebSocket, stream: Duplex, opened: (line: Line) => (code: number, reason: string) => unknown) => void
  stop: () => void
}

/** Lines of sockets: each frame leaves before the next is asked for, and readers that do not keep up are closed. */
export function createLines({ slowReaderMs, log }: { slowReaderMs: number; log: Log }): Lines {
  /** Since when a frame waits for its reader. */
  const waiting = new Map<WebSocket, number>()
  const watchSlow = setInterval(() => {
    const before = Date.now() - slowReaderMs
    for (const [socket, since] of waiting) if (since < before) shut(socket, 'slow')
  }, 500)

  // One timer for all: a second's share of them each second, so that thousands are not written to at once.
  const pings = Array.from({ length: pingEverySeconds }, () => new Set<() => void>())
  let [second, opened] = [0, 0]
  const pinging = setInterval(() => {
    for (const ping of pings[second++ % pingEverySeconds] ?? []) ping()
  }, 1_000)

  function lineOf(socket: WebSocket, stream: Duplex): Line {
    let pending = 0
    const left = () => {
      if (--pending === 0) waiting.delete(socket)
      else waiting.set(socket, Date.now())
    }
    const gone = new Promise<void>(resolve => socket.once('close', () => resolve()))
    return {
      protocol: socket.protocol,
      // Resolves when the frame has left this process: until then the subscription pulls no further one. A socket that
      // is being closed takes none: its subscriptions wait for their end, and read nothing meanwhile.
      send: data =>
        new Promise(resolve => {
          if (socket.readyState !== socket.OPEN) return resolve(gone)
          if (pending++ === 0) waiting.set(socket, Date.now())
          socket.send(data, () => {
            left()
            resolve()
          })
        }),
      // Between whole frames of the library, which neither compresses nor fragments, there is room for one of ours.
      tell(frame) {
        if (socket.readyState !== OPEN || stream.writableLength > 0) return false
        stream.write(frame)
        if (stream.writableLength === 0) return true // it has left, as nearly all do: nobody has to be told later
        if (pending++ === 0) waiting.set(socket, Date.now())
        stream.write(nothing, left)
        return true
      },
      close: (code, reason) => socket.close(code, reason),
      onMessage: onText =>
        socket.on('message', (data, isBinary) => {
          if (isBinary) return socket.close(close.binary.code, close.binary.reason)
          onText(String(data)).catch(error => {
            log.error({ error }, 'a WebSocket message failed')
            socket.close(4500, 'Internal server error')
          })
        }),
    }
  }

  return {
    carry(socket, stream, open) {
      let alive = true
      const closed = open(lineOf(socket, stream))
      const share = pings[opened++ % pingEverySeconds]
      const ping = () => {
        if (!alive) return socket.terminate()
        alive = waiting.has(socket) // a slow reader is not a dead one
        socket.ping()
      }
      share?.add(ping)
      socket.on('pong', () => {
        alive = true
      })
      socket.on('error', error => log.debug({ error: error.message }, 'a WebSocket broke'))
      socket.once('close', (code, reason) => {
        share?.delete(ping)
        waiting.delete(socket)
        void closed(code, String(reason))
      })
    },
    stop() {
      clearInterval(watchSlow)
      clearInterval(pinging)
    },
  }
}
