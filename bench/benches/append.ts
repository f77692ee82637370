import { type Bench, type Measured, ratioAtLeast } from '../bench.ts'
import { appendScript } from '../harness/append-script.ts'
import { type Appending, chatsToWriteTo, writing } from '../harness/appending.ts'
import { pgbench } from '../harness/pgbench.ts'
import { asked } from '../harness/postgres.ts'

// The whole append: receipt, guard, claims, event and early rows, by our writer.

const counts = [1, 32, 64] as const
type Goals = Record<(typeof counts)[number], number>
type Script = (of: Appending) => Promise<string>

/** So many clients of our writer against as many of pgbench with a script. */
const beside = (name: string, goals: Goals, method: string, kind: 'slow' | undefined, script: Script): Bench => ({
  goals: Object.fromEntries(counts.map(clients => [`${name}.c${clients}`, ratioAtLeast(goals[clients])])),
  unit: 'appends/s',
  method,
  async open(context) {
    const of = await chatsToWriteTo(context, kind)
    const ours = await writing(context, of)
    const text = await script(of)
    return async () => {
      const measured: Record<string, Measured> = {}
      for (const clients of counts) {
        const reference = await pgbench(context, of.url, text, clients)
        measured[`${name}.c${clients}`] = { reference, ours: (await ours(clients)).rate }
      }
      return measured
    }
  },
})

const whole = beside(
  'append',
  { 1: 0.8, 32: 15, 64: 20 },
  '1, 32 and 64 clients of our writer append messages of 300 bytes to 200 chats, each waiting for its own, against pgbench calling the same function with as many clients, one command a transaction.',
  undefined,
  appendScript,
)

const bare = beside(
  'append.bare',
  { 1: 0.7, 32: 1, 64: 1 },
  'The same whole append where each fsync takes 1 ms more, against pgbench inserting 300 bytes into a table with a serial key and nothing else.',
  'slow',
  bareInsert,
)

async function bareInsert({ url }: Appending): Promise<string> {
  await asked(url, 'create table bare (id bigserial primary key, stream text, data text)')
  return `\\set chat random(1, 200)\ninsert into bare (stream, data) values ('chat-' || :chat, '${'x'.repeat(300)}');\n`
}

const two: Bench = {
  goals: { 'append.two': ratioAtLeast(1) },
  unit: 'appends/s',
  method: 'Two processes with 32 clients each over their own writers, against one process with 64.',
  async open(context) {
    const of = await chatsToWriteTo(context)
    const [one, other] = [await writing(context, of), await writing(context, of)]
    return async () => {
      const reference = (await one(64)).rate
      const both = await Promise.all([one(32), other(32)])
      return { 'append.two': { reference, ours: both.reduce((sum, { rate }) => sum + rate, 0) } }
    }
  },
}

const vsEmmett: Bench = {
  goals: { 'append.vsEmmett': ratioAtLeast(8) },
  unit: 'appends/s',
  method:
    '32 clients of our writer, against 32 clients that append events of the same size to 200 streams with appendToStream of emmett-postgresql.',
  async open(context) {
    const of = await chatsToWriteTo(context)
    const ours = await writing(context, of)
    const connectionString = await context.database()
    const emmett = await context.program('peers/emmett.js')
    const { seconds } = context
    await emmett.ask('open', { connectionString })
    return async () => ({
      'append.vsEmmett': { reference: await emmett.ask('run', { clients: 32, seconds }), ours: (await ours(32)).rate },
    })
  },
}

export const appendBenches: readonly Bench[] = [whole, bare, two, vsEmmett]
