import { type Bench, oursAtMost } from '../bench.ts'
import { chatsToWriteTo } from '../harness/appending.ts'

const rate = 1_000

export const lag: Bench = {
  goals: { lag: oursAtMost(50) },
  unit: 'ms',
  method: `${rate} events a second, each of which becomes a row of the index of inboxes, which is written later: p99 from the answer of the append to the commit of that row, with all that follows the log in the same process, against the 100 ms that are asked for.`,
  async open(context) {
    const { url, chats } = await chatsToWriteTo(context)
    const program = await context.program('programs/lag.ts')
    const run = (seconds: number) => program.ask<number>('run', { url, chats, rate, seconds })
    await run(context.warmUp)
    return async () => ({ lag: { ours: await run(context.seconds), reference: 100 } })
  },
}
