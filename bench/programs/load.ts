// Sends HTTP requests over keep-alive connections and looks at the answers, at half of the CPU that a general tool takes.
import type { Load, Loaded } from '../harness/http.ts'
import { type Answer, open } from '../harness/line.ts'
import { quantile } from '../harness/numbers.ts'
import { sent } from '../harness/operations.ts'
import { answer } from './answer.ts'

const isShed = ({ status, text }: Answer) =>
  text.includes('RATE_LIMITED') || (status === 503 && /\r\nretry-after:/i.test(text))

async function run({ port, connections, seconds, expect, rate }: Load): Promise<Loaded> {
  const took: number[] = []
  const counts = { sent: 0, shed: 0, failed: 0 }
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
      if (answered.status === 200 && expect.some(word => answered.text.includes(word))) {
        took.push(performance.now() - at)
        if (answered.text.includes(sent)) counts.sent++
      } else {
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
  const good = took.length
  return { good, rate: good / passed, p50, p95, p99, ...counts, sample, cpu: (user + system) / 1e6 / passed }
}

answer({
  run,
  /** Sends one request and gives the answer, head and body. */
  async once({ port, text }: { port: number; text: string }) {
    const line = await open(port)
    const answered = await line.send(text)
    line.close()
    return answered.text
  },
})
