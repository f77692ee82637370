import { type Bench, median, ratioAtMost } from '../bench.ts'
import { allGood } from '../harness/http.ts'
import { mixed } from '../harness/mixed.ts'

const slices = 15

export const soak: Bench = {
  goals: { 'soak.p99': ratioAtMost(1.3), 'soak.rss': ratioAtMost(1.1, 'MiB') },
  unit: 'ms',
  rounds: 1,
  method:
    'Fifteen minutes of sending, opening and listing chats at half of the most that the program (ROLE=all) can do: p99 and memory of the last five minutes against the first five after a warm-up; one bad answer fails it.',
  async open(context) {
    const { run, server } = await mixed(context)
    await run(64, { seconds: context.warmUp })
    const { rate } = allGood(await run(64, { seconds: context.seconds }))
    return async () => {
      const seen: { p99: number; mib: number }[] = []
      for (let i = 0; i < slices; i++) {
        const { p99 } = allGood(await run(64, { seconds: context.quick ? 1 : 60, rate: rate / 2 }))
        seen.push({ p99, mib: server.rss() / 2 ** 20 })
      }
      const of = (part: typeof seen, what: 'p99' | 'mib') => median(part.map(slice => slice[what]))
      const [first, last] = [seen.slice(0, slices / 3), seen.slice(-slices / 3)]
      return {
        'soak.p99': { ours: of(last, 'p99'), reference: of(first, 'p99') },
        'soak.rss': { ours: of(last, 'mib'), reference: of(first, 'mib') },
      }
    }
  },
}
