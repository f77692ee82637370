// The limit of a fan-out: a server that sends a ready frame to all its sockets, with the library that we use.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { answer } from './answer.ts'

let size = 500
const server = createServer((req, res) => {
  let body = ''
  req.on('data', chunk => (body += chunk))
  req.on('end', () => {
    const { text } = JSON.parse(body).variables.input.content
    const start = `{"text":"${text}`
    const frame = Buffer.from(start.padEnd(size - 2, 'x').concat('"}'))
    for (const client of wss.clients) client.send(frame, { binary: false })
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': 13 })
    res.end('{"data":"ok"}')
  })
})
const wss = new WebSocketServer({ server, handleProtocols: ([first]) => first ?? false })

answer({
  listen: () =>
    new Promise(resolve => server.listen(0, '127.0.0.1', 8_192, () => resolve((server.address() as AddressInfo).port))),
  /** How many bytes a frame has. */
  size: (bytes: number) => {
    size = bytes
  },
  gc: () => globalThis.gc?.(),
})
