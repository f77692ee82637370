import { type Bench, oursAtMost, ratioAtMost } from '../bench.ts'
import { allGood } from '../harness/http.ts'
import { mixed } from '../harness/mixed.ts'
import { asked } from '../harness/postgres.ts'

export const overload: Bench = {
  goals: {
    'overload.p99': ratioAtMost(3),
    'overload.after': ratioAtMost(1.5),
    'overload.bad': oursAtMost(0, 'answers'),
  },
  unit: 'ms',
  method:
    'Three times the requests that the program (ROLE=all) can answer, over 600 connections: p99 of those that it takes against p99 at two thirds of the most; the same p99 again from two seconds after; answers that are neither good nor a polite refusal (RATE_LIMITED, or 503 with Retry-After).',
  async open(context) {
    const { run, url } = await mixed(context)
    await run(64, { seconds: context.warmUp })
    const most = allGood(await run(64, { seconds: context.seconds })).rate
    return async () => {
      const { seconds } = context
      const usual = allGood(await run(64, { seconds, rate: (most * 2) / 3 }))
      const [before] = await asked<{ n: string }>(url, 'select count(*) n from messages')
      const flood = await run(600, { seconds, rate: most * 3 })
      const [after] = await asked<{ n: string }>(url, 'select count(*) n from messages')
      await new Promise(resolve => setTimeout(resolve, 2_000))
      const again = await run(64, { seconds, rate: (most * 2) / 3 })
      context.say(
        `  ${most.toFixed(0)}/s; of the flood ${flood.good} answered, ${flood.shed} refused, ${flood.failed} bad`,
      )
      if (Number(after?.n) - Number(before?.n) < flood.sent)
        throw new Error('messages that were accepted are not stored')
      return {
        'overload.p99': { ours: flood.p99, reference: usual.p99 },
        'overload.after': { ours: again.p99, reference: usual.p99 },
        'overload.bad': { ours: flood.failed + again.failed, reference: 1 },
      }
    }
  },
}
