import { createTokens, signPosition } from '../../src/graph/tokens.ts'
import { type Bench, median, ratioAtLeast } from '../bench.ts'
import type { Program } from '../harness/child.ts'
import type { Context } from '../harness/context.ts'
import { talk } from '../harness/history.ts'
import { keyFor, openHouse } from '../harness/house.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { following, opened, opening, sending, sent } from '../harness/operations.ts'
import { chatAt, forAll, makeChat, makeUsers, signIn } from '../harness/people.ts'
import { startOurs } from '../harness/server.ts'
import { createStops } from '../harness/stops.ts'

const people = [...Array(10).keys()]
const missed = 5_000
const flat = ratioAtLeast(0.77)

interface Size {
  chats: number
  /** In each chat. */
  messages: number
}
const sizes: readonly Size[] = [
  { chats: 1, messages: 10_000 },
  { chats: 1, messages: 100_000 },
  { chats: 1, messages: 1_000_000 },
  { chats: 10_000, messages: 100 },
]
const small: readonly Size[] = [
  { chats: 1, messages: 6_000 },
  { chats: 1, messages: 20_000 },
  { chats: 200, messages: 100 },
]

/** Sends, queries and resumed events a second, in a database of that size. */
async function ratesAt(context: Context, load: Program, reader: Program, { chats, messages }: Size) {
  const stops = createStops()
  context.stops.add(stops.run)
  const url = await (await context.postgres()).database(stops)
  const house = await openHouse(url)
  await makeUsers(house, people.length)
  await forAll(chats, i => makeChat(house, i, people))
  await talk(house, { from: 0, count: chats, people: () => people }, messages)
  // The first chat is long enough to miss something in, whatever the others are.
  if (messages < missed) await talk(house, { from: 0, count: 1, people: () => people }, missed)
  const tokens = await signIn(house, people.length)
  const stream = `chat-${chatAt(0)}`
  const head = (await house.store.heads([stream])).get(stream)?.revision ?? 0
  const position = { feed: `chat:${chatAt(0)}`, at: BigInt(head - missed), mark: 0n }
  const after = signPosition(createTokens(keyFor('tokens'), house.epoch), position)
  await house.close()

  const server = await startOurs(context, url)
  stops.add(server.stop)
  const { port } = server
  const any = (request: (chat: number, token: string) => string) =>
    tokens.map(token =>
      Array.from({ length: Math.min(chats, 200) }, (_, i) => request(Math.floor((i * chats) / 200) % chats, token)),
    )
  const run = async (connections: string[][], expect: string, seconds: number) =>
    allGood(await load.ask<Loaded>('run', { port, connections, seconds, expect: [expect] })).rate
  const rate = async (request: (chat: number, token: string) => string, expect: string) => {
    await run(any(request), expect, context.warmUp)
    return run(any(request), expect, context.seconds)
  }
  const greetings = following(0, tokens[0] ?? '', after)
  const resume = () => reader.ask<number>('subscribe', { port, greetings, missed })
  const rates = {
    'growth.resume': median([await resume(), await resume(), await resume()]), // each takes less than a second
    'growth.query': await rate(opening, opened),
    'growth.send': await rate(sending, sent),
  }
  context.say(
    `  ${chats} x ${messages}: ${Object.entries(rates)
      .map(([name, n]) => `${name} ${n.toFixed(0)}`)
      .join(', ')}`,
  )
  await stops.run()
  return rates
}

export const growth: Bench = {
  goals: { 'growth.send': flat, 'growth.query': flat, 'growth.resume': flat },
  unit: '/s',
  rounds: 1,
  method:
    'sendMessage, the newest 50 messages of a chat, and going on after 5,000 missed messages, each in a database with 10,000, 100,000 and a million messages in one chat, and with a million over 10,000 chats: the slowest of the four against the first.',
  async open(context) {
    const load = await context.program('programs/load.ts')
    const reader = await context.program('programs/resume.ts')
    return async () => {
      const all: Awaited<ReturnType<typeof ratesAt>>[] = []
      for (const size of context.quick ? small : sizes) all.push(await ratesAt(context, load, reader, size))
      const names = ['growth.send', 'growth.query', 'growth.resume'] as const
      return Object.fromEntries(
        names.map(name => {
          const rates = all.map(rate => rate[name])
          return [name, { ours: Math.min(...rates), reference: rates[0] ?? Number.NaN }]
        }),
      )
    }
  },
}
