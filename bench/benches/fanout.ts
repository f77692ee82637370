import { type Bench, oursAtMost, ratioAtLeast, ratioAtMost } from '../bench.ts'
import type { Program } from '../harness/child.ts'
import type { Context } from '../harness/context.ts'
import { mustHold } from '../harness/crowd.ts'
import { openHouse } from '../harness/house.ts'
import { body } from '../harness/message.ts'
import { following, sending, sent } from '../harness/operations.ts'
import { makeChat, makeUsers, signIn } from '../harness/people.ts'
import { type Server, startOurs, startServer } from '../harness/server.ts'
import type { Telling } from '../programs/sockets.ts'

interface Crowd {
  name: string
  sockets: number
  /** A chat has at most 5,000 people: some have two sockets. */
  people: number
  /** Messages a second. */
  rate: number
  /** Messages for each CPU second, against a bare `ws` server. */
  atLeast: number
}
interface Told {
  heard: number
  missing: number
  bytes: number
  p99: number
}

const gcFlags = { NODE_FLAGS: '--expose-gc' }

/** Opens the sockets of a server; gives what holds them, and how many KiB the server needs for each. */
async function crowdAt(context: Context, server: Server, greetings: readonly (readonly string[])[]) {
  const holder = await context.program('programs/sockets.ts')
  const rss = async () => {
    await server.ask('gc')
    return server.rss()
  }
  await holder.ask('open', { port: server.port, greetings: greetings.slice(0, 200) })
  await holder.ask('close')
  const before = await rss()
  await holder.ask('open', { port: server.port, greetings })
  return { holder, kib: ((await rss()) - before) / 1_024 / greetings.length }
}

/** Sends messages; gives what was heard for each CPU second of the server, and the time to the last listener. */
async function told(context: Context, server: Server, holder: Program, telling: Omit<Telling, 'port'>) {
  const cpu = server.cpu()
  const { heard, missing, bytes, p99 } = await holder.ask<Told>('tell', { port: server.port, ...telling })
  if (missing) context.say(`  ${missing} of ${heard + missing} did not come`)
  return { perCpu: heard / (server.cpu() - cpu), bytes, p99 }
}

const fanoutOf = ({ name, sockets, people, rate, atLeast }: Crowd): Bench => ({
  goals: {
    [`fanout.${name}`]: ratioAtLeast(atLeast),
    [`deliver.${name}`]: ratioAtMost(1.2, 'ms'),
    ...(sockets < 10_000 ? {} : { idle: oursAtMost(10, 'KiB/socket') }),
  },
  unit: 'messages/CPU s',
  method: `${rate} messages a second to a chat with ${sockets} subscribed sockets of ${people} people, against a \`ws\` server that sends a ready frame of the same size: what arrives for each CPU second of the server's process (ROLE=api, without the database), and p99 from sending to the last socket${sockets < 10_000 ? '' : '; memory of the process for each subscribed socket'}.`,
  async open(context) {
    mustHold(sockets)
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, people)
    await makeChat(house, 0, [...Array(people).keys()])
    const tokens = await signIn(house, people)
    await house.close()

    const ours = await startOurs(context, url, gcFlags)
    const raw = await startServer(context, 'programs/raw-ws.ts', gcFlags)
    const greetings = Array.from({ length: sockets }, (_, i) => following(0, tokens[i % people] ?? ''))
    const mine = await crowdAt(context, ours, greetings)
    const theirs = await crowdAt(
      context,
      raw,
      greetings.map(() => []),
    )
    const requests = [sending(0, tokens[0] ?? '', `m000000 ${body}`)]
    const { quick, seconds } = context
    const pace = quick ? Math.max(1, rate / 5) : rate
    const first = await told(context, ours, mine.holder, { requests, expect: sent, rate: pace, seconds: 1 })
    await raw.ask('size', first.bytes)
    return async () => {
      const reference = await told(context, raw, theirs.holder, { requests, expect: 'ok', rate: pace, seconds })
      const measured = await told(context, ours, mine.holder, { requests, expect: sent, rate: pace, seconds })
      return {
        [`fanout.${name}`]: { ours: measured.perCpu, reference: reference.perCpu },
        [`deliver.${name}`]: { ours: measured.p99, reference: reference.p99 },
        idle: { ours: mine.kib, reference: theirs.kib },
      }
    }
  },
})

export const fanoutBenches: readonly Bench[] = [
  fanoutOf({ name: '1k', sockets: 1_000, people: 1_000, rate: 50, atLeast: 1.1 }),
  fanoutOf({ name: '10k', sockets: 10_000, people: 5_000, rate: 2, atLeast: 0.9 }),
]
