import pg from 'pg'
import { eventColumns } from '../../src/adapter/postgres/event-rows.ts'
import { listen } from '../harness/frames.ts'
import { answer } from './answer.ts'

interface Asked {
  port: number
  greetings: readonly string[]
  /** How many messages were missed. */
  missed: number
}

answer({
  /** Subscribes over one socket, and gives how many messages a second it is told until it has them all. */
  async subscribe({ port, greetings, missed }: Asked) {
    let [heard, said] = [0, 0]
    let began = 0
    await new Promise<void>((resolve, reject) => {
      const hear = (buffer: Buffer, from: number, to: number) => {
        const at = buffer.indexOf('"MessageSent"', from)
        if (at > 0 && at < to && ++heard === missed) resolve()
        else if (said < greetings.length) next()
        else if (heard === 0 && buffer.indexOf('"error"', from) > 0)
          reject(new Error(buffer.toString('utf8', from, to)))
      }
      let socket: Awaited<ReturnType<typeof listen>> | null = null
      const next = () => {
        began = performance.now()
        socket?.say(greetings[said++] ?? '')
      }
      listen(port, hear, () => reject(new Error(`the socket was closed after ${heard} of ${missed}`))).then(opened => {
        socket = opened
        next()
      }, reject)
    })
    return missed / ((performance.now() - began) / 1_000)
  },

  /** Reads the events of a stream with the same driver, and gives how many a second. */
  async page({ url, stream, pageSize }: { url: string; stream: string; pageSize: number }) {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    const text = `select ${eventColumns} from events where stream = $1 and revision > $2 order by revision limit $3`
    const began = performance.now()
    let [read, after] = [0, -1]
    for (;;) {
      const { rows } = await client.query({ name: 'page', text, values: [stream, after, pageSize] })
      read += rows.length
      after = Number(rows.at(-1)?.revision)
      if (rows.length < pageSize) break
    }
    const rate = read / ((performance.now() - began) / 1_000)
    await client.end()
    return rate
  },
})
