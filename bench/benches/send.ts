import { type Bench, ratioAtLeast, ratioAtMost } from '../bench.ts'
import { writing } from '../harness/appending.ts'
import { openHouse } from '../harness/house.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { sending, sent } from '../harness/operations.ts'
import { chatAt, forAll, makeChat, makeUsers, signIn } from '../harness/people.ts'
import { startOurs, startServer } from '../harness/server.ts'
import { spending } from '../harness/spent.ts'

const [clients, chats, people] = [64, 200, 8]
/** Each of the 64 is in 25 chats of eight people. */
const peopleOf = (chat: number) => Array.from({ length: people }, (_, i) => ((chat % people) * people + i) % clients)
const chatsOf = (user: number) => [...Array(chats).keys()].filter(chat => peopleOf(chat).includes(user))

export const send: Bench = {
  goals: { send: ratioAtLeast(0.6), 'send.p99': ratioAtMost(2.5, 'ms') },
  unit: 'requests/s',
  method: `sendMessage from ${clients} connections to ${chats} chats, from the HTTP request to the answer with the durable message (ROLE=api), against 1 / (1/a + 1/b), where a is node:http that reads and writes the same JSON and b our append with as many clients; its p99 against that of the append.`,
  async open(context) {
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, clients)
    await forAll(chats, i => makeChat(house, i, peopleOf(i)))
    const tokens = await signIn(house, clients)
    const stream = `chat-${chatAt(0)}`
    const guard = (await house.store.heads([stream])).get(stream)?.guard ?? -1
    await house.close()

    const connections = tokens.map((token, user) => chatsOf(user).map(chat => sending(chat, token)))
    const load = await context.program('programs/load.ts')
    const ours = await startOurs(context, url)
    const raw = await startServer(context, 'programs/raw-http.ts')
    const append = await writing(context, { url, chats, guard })
    const run = async (port: number, seconds: number) =>
      allGood(await load.ask<Loaded>('run', { port, connections, seconds, expect: [sent] }))
    await run(ours.port, context.warmUp)
    await run(raw.port, context.warmUp)
    return async () => {
      const http = await run(raw.port, context.seconds)
      const appended = await append(clients)
      const { rate, p99 } = await spending(context, ours, () => run(ours.port, context.seconds))
      return {
        send: { ours: rate, reference: 1 / (1 / http.rate + 1 / appended.rate) },
        'send.p99': { ours: p99, reference: appended.p99 },
      }
    }
  },
}
