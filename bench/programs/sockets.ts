// Holds many WebSockets, sends messages over HTTP, and sees how each gets to all who listen.
import { type Listening, listen } from '../harness/frames.ts'
import { type Line, open } from '../harness/line.ts'
import { quantile } from '../harness/numbers.ts'
import { answer } from './answer.ts'

export interface Opening {
  port: number
  /** What each says first, in turn: a socket waits for an answer to the one before it says the next. None: nothing to say. */
  greetings: readonly (readonly string[])[]
}
export interface Telling {
  port: number
  /** Any of these, with `m000000` in it, which becomes the message's number. */
  requests: readonly string[]
  expect: string
  /** Messages a second. */
  rate: number
  seconds: number
}

interface Message {
  sentAt: number
  lastAt: number
  heard: number
}
const sockets: Listening[] = []
/** By number, which goes on from one telling to the next: what is late must not count as the next one's. */
const messages = new Map<number, Message>()
let told = 0
let [heard, lastAt, bytes, closed] = [0, 0, 0, 0]
/** What was said before the first message, for when there is none. */
let last = ''

async function openOne(port: number, greetings: readonly string[]): Promise<void> {
  let next: (() => void) | null = null
  const hear = (buffer: Buffer, from: number, to: number) => {
    if (heard === 0) last = buffer.toString('utf8', from, to)
    if (next) return next()
    const at = buffer.indexOf('"m0', from)
    if (at < 0 || at > to) return
    const message = messages.get(Number(buffer.toString('latin1', at + 2, at + 8)))
    if (!message) return
    heard++
    lastAt = message.lastAt = performance.now()
    bytes = to - from
    message.heard++
  }
  const socket = await listen(port, hear, () => closed++)
  for (const greeting of greetings) {
    const answered = new Promise<void>(resolve => {
      next = resolve
    })
    socket.say(greeting)
    await answered
    if (last.includes('"type":"error"')) throw new Error(last)
  }
  next = null
  sockets.push(socket)
}

/** Waits until all is heard, or nothing has come for half a minute; for as long as this at most. */
const patienceMs = 120_000
async function settled(all: number): Promise<void> {
  const until = performance.now() + patienceMs
  while (heard < all && performance.now() < Math.min(until, lastAt + 30_000))
    await new Promise(resolve => setTimeout(resolve, 20))
}

async function tell({ port, requests, expect, rate, seconds }: Telling) {
  const lines: Line[] = await Promise.all(Array.from({ length: 16 }, () => open(port)))
  const total = Math.round(rate * seconds)
  messages.clear()
  heard = 0
  const began = performance.now()
  let sent = 0
  const client = async (line: Line) => {
    for (let i = sent++; i < total; i = sent++) {
      const due = began + (i * 1_000) / rate
      const early = due - performance.now()
      if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
      const number = told++
      messages.set(number, { sentAt: due, lastAt: 0, heard: 0 })
      const text = requests[i % requests.length] ?? ''
      const { text: said } = await line.send(text.replace('m000000', `m${String(number).padStart(6, '0')}`))
      if (!said.includes(expect)) throw new Error(said)
    }
  }
  await Promise.all(lines.map(client))
  lastAt = performance.now()
  await settled(total * sockets.length)
  for (const line of lines) line.close()
  if (closed || !heard) throw new Error(`${closed} sockets were closed, ${heard} messages heard; the last was ${last}`)
  const over = lastAt
  const took = [...messages.values()].map(of => (of.heard < sockets.length ? over : of.lastAt) - of.sentAt)
  return { heard, missing: total * sockets.length - heard, bytes, p50: quantile(took, 0.5), p99: quantile(took, 0.99) }
}

answer({
  /** Opens one socket for each greeting. */
  async open({ port, greetings }: Opening) {
    let next = 0
    const lane = async () => {
      for (let i = next++; i < greetings.length; i = next++) await openOne(port, greetings[i] ?? [])
    }
    await Promise.all(Array.from({ length: 100 }, lane))
    return sockets.length
  },
  tell,
  close() {
    for (const socket of sockets.splice(0)) socket.close()
  },
})
