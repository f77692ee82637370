import { connect, type Socket } from 'node:net'

// As little of WebSocket (RFC 6455) as it takes to hear a lot for little CPU: text both ways, pings answered.

const opcode = { text: 1, close: 8, ping: 9, pong: 10 } as const

export interface Listening {
  say: (text: string) => void
  close: () => void
}

/** Opens a WebSocket; `hear` gets each text message as the part of a buffer that it stands in. */
export function listen(
  port: number,
  hear: (buffer: Buffer, from: number, to: number) => void,
  gone: () => void,
): Promise<Listening> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true)
  const handshake = [
    'GET /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'upgrade: websocket',
    'connection: Upgrade',
    'sec-websocket-version: 13',
    'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==',
    'sec-websocket-protocol: graphql-transport-ws',
  ]
  socket.write(`${handshake.join('\r\n')}\r\n\r\n`)
  let rest: Buffer | null = null
  let upgraded: (() => void) | null = null

  function read(buffer: Buffer): Buffer | null {
    let at = 0
    while (buffer.length - at >= 2) {
      const short = (buffer[at + 1] ?? 0) & 127
      const head = short === 126 ? 4 : short === 127 ? 10 : 2
      if (buffer.length - at < head) break
      const length =
        short === 126 ? buffer.readUInt16BE(at + 2) : short === 127 ? Number(buffer.readBigUInt64BE(at + 2)) : short
      const end = at + head + length
      if (buffer.length < end) break
      const kind = (buffer[at] ?? 0) & 15
      if (kind === opcode.text) hear(buffer, at + head, end)
      else if (kind === opcode.ping) socket.write(frame(opcode.pong, buffer.subarray(at + head, end)))
      at = end
    }
    return at === buffer.length ? null : buffer.subarray(at)
  }

  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    const lost = () => {
      reject(new Error('the socket was closed while it was opened'))
      gone()
    }
    socket.on('close', lost)
    upgraded = () =>
      resolve({
        say: text => socket.write(frame(opcode.text, Buffer.from(text))),
        close: () => socket.off('close', lost).destroy(),
      })
    socket.on('data', chunk => {
      let buffer = rest ? Buffer.concat([rest, chunk]) : chunk
      rest = null
      if (upgraded) {
        const end = buffer.indexOf('\r\n\r\n')
        if (end < 0) {
          rest = buffer
          return
        }
        if (!buffer.toString('latin1', 0, 12).endsWith(' 101')) return void socket.destroy()
        upgraded()
        upgraded = null
        buffer = buffer.subarray(end + 4)
      }
      rest = read(buffer)
    })
  })
}

/** What a client sends is masked; with zeros it stays as it is. */
function frame(kind: number, payload: Buffer): Buffer {
  const long = payload.length > 125
  const head = Buffer.alloc(long ? 8 : 6)
  head[0] = 0x80 | kind
  head[1] = 0x80 | (long ? 126 : payload.length)
  if (long) head.writeUInt16BE(payload.length, 2)
  return Buffer.concat([head, payload])
}
