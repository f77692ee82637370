import type { WebSocket as Line } from 'graphql-ws'
import type { WebSocket } from 'ws'
import type { Log } from '../port/log.ts'
import { close, shut } from './socket-closing.ts'

const pingMs = 25_000

export interface Lines {
  /** Carries what is said on a socket. `opened` takes the line and gives what is called when it is closed. */
  carry: (socket: WebSocket, opened: (line: Line) => (code: number, reason: string) => unknown) => void
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

  function lineOf(socket: WebSocket): Line {
    let pending = 0
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
    }
  }

  return {
    carry(socket, opened) {
      let alive = true
      const closed = opened(lineOf(socket))
      const ping = setInterval(() => {
        if (!alive) return socket.terminate()
        alive = waiting.has(socket) // a slow reader is not a dead one
        socket.ping()
      }, pingMs)
      socket.on('pong', () => {
        alive = true
      })
      socket.on('error', error => log.debug({ error: error.message }, 'a WebSocket broke'))
      socket.once('close', (code, reason) => {
        clearInterval(ping)
        waiting.delete(socket)
        void closed(code, String(reason))
      })
    },
    stop: () => clearInterval(watchSlow),
  }
}
