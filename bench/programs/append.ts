// Appends as fast as so many clients can, each waiting for its own: the product's writer, and what the kernel hands to it.
import { createWriter } from '../../src/adapter/postgres/writer.ts'
import type { Appending } from '../harness/appending.ts'
import { functions } from '../harness/house.ts'
import { sendingTo } from '../harness/message.ts'
import { quantile } from '../harness/numbers.ts'
import { answer } from './answer.ts'

interface Asked extends Appending {
  clients: number
  seconds: number
}

answer({
  async run({ url, clients, seconds, chats, guard }: Asked) {
    const writer = createWriter(url, functions.append, error => console.error(error))
    const took: number[] = []
    const cpu = process.cpuUsage()
    const began = performance.now()
    const end = began + seconds * 1_000
    const client = async () => {
      for (let now = performance.now(); now < end; ) {
        const { status } = await writer.append(sendingTo(Math.floor(Math.random() * chats), guard))
        if (status !== 'ok') throw new Error(`an append was answered with ${status}`)
        const then = performance.now()
        took.push(then - now)
        now = then
      }
    }
    await Promise.all(Array.from({ length: clients }, client))
    const passed = (performance.now() - began) / 1_000
    const { user, system } = process.cpuUsage(cpu)
    await writer.close()
    return { rate: took.length / passed, p99: quantile(took, 0.99), cpu: (user + system) / 1e6 / passed }
  },
})
