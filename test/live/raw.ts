import WebSocket from 'ws'
import { eventually, type Loose, type Person } from '../client.ts'

/** A socket that speaks graphql-ws by hand: what comes on it is what the server sent. */
export interface Raw {
  socket: WebSocket
  messages: Loose[]
  /** How it was closed; null while it is open. */
  closed: () => { code: number; reason: string } | null
  send: (message: object) => void
  subscribe: (id: string, query: string, variables?: object) => void
  /** Frames of one subscription. */
  frames: (id: string) => Loose[]
}

/** Opens a socket and, for a person, signs in. */
export async function openRaw(url: string, person: Person | null): Promise<Raw> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws')
  const messages: Loose[] = []
  let closed: ReturnType<Raw['closed']> = null
  socket.on('message', data => messages.push(JSON.parse(String(data))))
  socket.on('error', () => undefined)
  socket.on('close', (code, reason) => {
    closed = { code, reason: String(reason) }
  })
  await eventually(() => closed || socket.readyState === socket.OPEN, 10_000, 'an open socket')
  const send = (message: object) => socket.send(JSON.stringify(message))
  if (person) {
    send({ type: 'connection_init', payload: { authorization: `Bearer ${person.accessToken}` } })
    await eventually(() => closed || messages.some(m => m.type === 'connection_ack'), 10_000, 'the acknowledgment')
  }
  return {
    socket,
    messages,
    closed: () => closed,
    send,
    subscribe: (id, query, variables = {}) => send({ id, type: 'subscribe', payload: { query, variables } }),
    frames: id =>
      messages
        .filter(m => m.type === 'next' && m.id === id)
        .map(m => m.payload.data && Object.values(m.payload.data)[0]),
  }
}
