// The limit of an API over HTTP: node:http that reads JSON and writes JSON.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './answer.ts'

const server = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', chunk => chunks.push(chunk))
  req.on('end', () => {
    const { variables } = JSON.parse(Buffer.concat(chunks).toString())
    const { chatId, content } = variables.input
    const node = { id: chatId, sequence: 7, body: content.text, createdAt: '2026-01-01T00:00:00.000Z' }
    const sendMessage = { __typename: 'SendMessagePayload', edge: { node }, commit: 'x'.repeat(90) }
    const body = JSON.stringify({ data: { sendMessage } })
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    res.end(body)
  })
})

answer({
  listen: () =>
    new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))),
})
