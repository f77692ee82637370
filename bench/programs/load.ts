// Sends HTTP requests over keep-alive connections and looks at the answers, at half of the CPU that a general tool takes.
import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { freshUuid, type Load, type Loaded } from '../harness/http.ts'
import { quantile } from '../harness/numbers.ts'
import { answer } from './answer.ts'

interface Answer {
  status: number
  /** Head and body. */
  text: string
}

/** One request at a time over one connection. */
async function open(port: number): Promise<{ send: (text: string) => Promise<Answer>; close: () => void }> {
  const socket: Socket = connect(port, '127.0.0.1').setNoDelay(true)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  let text = ''
  let done: (answer: Answer) => void = () => undefined
  let broken: (error: Error) => void = () => undefined
  socket.setEncoding('latin1')
  socket.on('data', (chunk: string) => {
    text += chunk
    const head = text.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
    const whole = length === undefined ? text.endsWith('\r\n0\r\n\r\n') : text.length >= head + 4 + Number(length)
    if (!whole) return
    const all = text
    text = ''
    done({ status: Number(all.slice(9, 12)), text: all })
  })
  socket.on('error', error => broken(error))
  socket.on('close', () => broken(new Error('the connection was closed')))
  return {
    close: () => socket.destroy(),
    send: request =>
      new Promise((resolve, reject) => {
        ;[done, broken] = [resolve, reject]
        socket.write(request.includes(freshUuid) ? request.replace(freshUuid, randomUUID()) : request)
      }),
  }
}

const isShed = ({ status, text }: Answer) =>
  text.includes('RATE_LIMITED') || (status === 503 && /\r\nretry-after:/i.test(text))

async function run({ port, connections, seconds, expect, rate }: Load): Promise<Loaded> {
  const took: number[] = []
  const counts = { shed: 0, failed: 0 }
  let sample: string | null = null
  const lines = await Promise.all(connections.map(() => open(port)))
  const cpu = process.cpuUsage()
  const began = performance.now()
  const end = began + seconds * 1_000
  let turns = 0
  /** When the next request is due; at once where there is no rate. */
  const turn = () => (rate === undefined ? performance.now() : began + (turns++ * 1_000) / rate)

  async function client(i: number): Promise<void> {
    const requests = connections[i] ?? []
    for (let at = turn(); at < end; at = turn()) {
      const early = at - performance.now()
      if (early > 0) await new Promise(resolve => setTimeout(resolve, early))
      const text = requests[Math.floor(Math.random() * requests.length)] ?? ''
      const answered = await lines[i]?.send(text).catch(error => ({ status: 0, text: String(error) }))
      if (!answered) return
      if (answered.status === 200 && answered.text.includes(expect)) took.push(performance.now() - at)
      else {
        counts[isShed(answered) ? 'shed' : 'failed']++
        sample ??= answered.text
        if (answered.status === 0) lines[i] = await open(port)
      }
    }
  }
  await Promise.all(connections.map((_, i) => client(i)))
  const passed = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  for (const line of lines) line.close()
  const [p50, p95, p99] = [quantile(took, 0.5), quantile(took, 0.95), quantile(took, 0.99)]
  return { rate: took.length / passed, p50, p95, p99, ...counts, sample, cpu: (user + system) / 1e6 / passed }
}

answer({ run })
