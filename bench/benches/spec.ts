import { type Bench, ratioAtMost } from '../bench.ts'
import { mustHold } from '../harness/crowd.ts'
import { openHouse } from '../harness/house.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { following, sending, sent } from '../harness/operations.ts'
import { forAll, makeChat, makeUsers, signIn } from '../harness/people.ts'
import { startOurs } from '../harness/server.ts'

const inChat = 10
const tenth = ratioAtMost(0.1)

export const spec: Bench = {
  goals: { 'spec.p50': tenth, 'spec.p95': tenth, 'spec.p99': tenth },
  unit: 'ms',
  method: `1,000 messages a second to 1,000 chats of ten people, each of whom listens on a socket (10,000 in all, one process, ROLE=all): how long a message takes from when it is due to its answer, against the 50, 200 and 500 ms that are asked for.`,
  async open(context) {
    const sockets = context.quick ? 1_000 : 10_000
    const [chats, rate] = [sockets / inChat, sockets / 10]
    mustHold(sockets)
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, sockets)
    await forAll(chats, i =>
      makeChat(
        house,
        i,
        Array.from({ length: inChat }, (_, j) => i * inChat + j),
      ),
    )
    const tokens = await signIn(house, sockets)
    await house.close()

    const { port } = await startOurs(context, url, { ROLE: 'all' })
    const holder = await context.program('programs/sockets.ts')
    const greetings = tokens.map((token, i) => following(Math.floor(i / inChat), token))
    await holder.ask('open', { port, greetings })
    const load = await context.program('programs/load.ts')
    const connections = tokens.slice(0, 200).map((token, i) => [sending(Math.floor(i / inChat), token)])
    const run = async (seconds: number) => load.ask<Loaded>('run', { port, connections, seconds, expect: [sent], rate })
    await run(context.warmUp) // a process that has just begun may refuse some of so many
    return async () => {
      const { p50, p95, p99 } = allGood(await run(context.seconds))
      return {
        'spec.p50': { ours: p50, reference: 50 },
        'spec.p95': { ours: p95, reference: 200 },
        'spec.p99': { ours: p99, reference: 500 },
      }
    }
  },
}
