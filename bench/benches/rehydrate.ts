import { eventColumns } from '../../src/adapter/postgres/event-rows.ts'
import { type Bench, ratioAtLeast } from '../bench.ts'
import { openHouse } from '../harness/house.ts'
import { chatAt, forAll, makeChat, makeUsers } from '../harness/people.ts'
import { pgbench } from '../harness/pgbench.ts'

const [clients, chats, people] = [8, 200, 99]

export const rehydrate: Bench = {
  goals: { rehydrate: ratioAtLeast(0.4) },
  unit: 'streams/s',
  method: `${clients} clients fold chats of 100 structural events that are neither cached nor snapshotted, against pgbench running the same SELECT with ${clients} clients; that a cached state reads nothing is asserted.`,
  async open(context) {
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, people)
    await forAll(chats, i => makeChat(house, i, [...Array(people).keys()]))
    await house.close()
    const ours = await context.program('programs/rehydrate.ts')
    const run = (seconds: number) => ours.ask<number>('run', { url, clients, chats, seconds })
    await run(context.warmUp)
    const script = `\\set chat random(0, ${chats - 1})
select ${eventColumns} from events where stream = 'chat-${chatAt(0).slice(0, 24)}' || lpad(:chat::text, 12, '0')
  and revision > -1 and bump order by revision limit 500;
`
    return async () => ({
      rehydrate: {
        reference: await pgbench(context, url, script, clients),
        ours: await run(context.seconds),
      },
    })
  },
}
