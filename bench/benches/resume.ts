import { createTokens, signPosition } from '../../src/graph/tokens.ts'
import { type Bench, ratioAtLeast, ratioAtMost } from '../bench.ts'
import { talk } from '../harness/history.ts'
import { keyFor, openHouse } from '../harness/house.ts'
import { memoryDuring } from '../harness/memory.ts'
import { following } from '../harness/operations.ts'
import { chatAt, makeChat, makeUsers, signIn } from '../harness/people.ts'
import { startOurs } from '../harness/server.ts'

export const resume: Bench = {
  goals: { resume: ratioAtLeast(0.5), 'resume.nodes': null, 'resume.rss': ratioAtMost(1.2, 'MiB') },
  unit: 'events/s',
  method:
    'One socket goes on after 100,000 messages that it missed, asking for position and type, against the same driver reading the same events by pages of 1,000; `resume.nodes` asks for the messages and their authors too; `resume.rss` is the most memory of the process against that after a fifth of the way.',
  async open(context) {
    const missed = context.quick ? 10_000 : 100_000
    const url = await context.database()
    const house = await openHouse(url)
    const people = [...Array(10).keys()]
    await makeUsers(house, people.length)
    await makeChat(house, 0, people)
    await talk(house, { from: 0, count: 1, people: () => people }, missed)
    const [token = ''] = await signIn(house, 1)
    const [feed, stream] = [`chat:${chatAt(0)}`, `chat-${chatAt(0)}`]
    const head = (await house.store.heads([stream])).get(stream)
    const at = BigInt((head?.revision ?? 0) - missed)
    const after = signPosition(createTokens(keyFor('tokens'), house.epoch), { feed, at, mark: 0n })
    await house.close()

    const ours = await startOurs(context, url)
    const reader = await context.program('programs/resume.ts')
    const go = (greetings: string[], missed: number) =>
      reader.ask<number>('subscribe', { port: ours.port, greetings, missed })
    const plain = following(0, token, after, '{ __typename }')
    const whole = following(0, token, after)
    await go(plain, missed / 10)
    return async () => {
      const reference = await reader.ask<number>('page', { url, stream, pageSize: 1_000 })
      const { value, early, most } = await memoryDuring(ours, () => go(plain, missed))
      return {
        resume: { ours: value, reference },
        'resume.nodes': { ours: await go(whole, missed), reference },
        'resume.rss': { ours: most / 2 ** 20, reference: early / 2 ** 20 },
      }
    }
  },
}
