import { type Bench, type Goal, type Measured, ratioAtLeast } from '../bench.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { sending, sent } from '../harness/operations.ts'

const clients = 64
const peers = {
  mutation: { path: 'programs/raw-http.ts', goal: ratioAtLeast(0.5) },
  'mutation.vsYoga': { path: 'peers/yoga.js', goal: ratioAtLeast(2) },
  'mutation.vsApollo': { path: 'peers/apollo.js', goal: ratioAtLeast(1) },
  'mutation.vsMercurius': { path: 'peers/mercurius.js', goal: ratioAtLeast(1) },
}

export const mutation: Bench = {
  goals: Object.fromEntries(Object.entries(peers).map(([name, { goal }]): [string, Goal] => [name, goal])),
  unit: 'requests/s',
  method: `sendMessage from ${clients} connections, authenticated and with all limits, its command answered without being carried out, against node:http that reads and writes the same JSON, and against stock Yoga, Apollo Server and Mercurius with JIT that serve the same schema.`,
  async open(context) {
    const load = await context.program('programs/load.ts')
    const ours = await context.program('programs/without-database.ts')
    const tokens = await Promise.all(Array.from({ length: clients }, (_, i) => ours.ask<string>('token', i)))
    const connections = tokens.map(token => [sending(0, token)])
    const rate = async (port: number, seconds: number) =>
      allGood(await load.ask<Loaded>('run', { port, connections, seconds, expect: [sent] })).rate

    const ports: Record<string, number> = { ours: await ours.ask('listen') }
    for (const [name, { path }] of Object.entries(peers))
      ports[name] = await (await context.program(path)).ask<number>('listen')
    for (const port of Object.values(ports)) await rate(port, context.warmUp)

    return async () => {
      const rates: Record<string, number> = {}
      for (const [name, port] of Object.entries(ports)) rates[name] = await rate(port, context.seconds)
      const measured = (name: string): Measured => ({ ours: rates.ours ?? 0, reference: rates[name] ?? 0 })
      return Object.fromEntries(Object.keys(peers).map(name => [name, measured(name)]))
    }
  },
}
