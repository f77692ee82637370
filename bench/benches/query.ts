import { type Bench, ratioAtLeast } from '../bench.ts'
import { talk } from '../harness/history.ts'
import { openHouse } from '../harness/house.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { opened, opening } from '../harness/operations.ts'
import { chatAt, forAll, makeChat, makeUsers, signIn, userAt } from '../harness/people.ts'
import { pgbench } from '../harness/pgbench.ts'
import { startOurs } from '../harness/server.ts'
import { spending } from '../harness/spent.ts'

const [clients, chats] = [32, 100]
const people = [...Array(clients).keys()]

/** All that the answer holds, in one statement: the membership, the messages and their authors. */
const bestSql = `\\set chat random(0, ${chats - 1})
\\set person random(0, ${clients - 1})
select m.id, m.sequence, m.body, m.created_at, m.edited_at, m.deleted_at, u.id, u.handle, u.display_name
from messages m join user_accounts u on u.id = m.author_id
where m.chat_id = ('${chatAt(0).slice(0, 24)}' || lpad(:chat::text, 12, '0'))::uuid
  and exists (select from participants p where p.chat_id = m.chat_id and p.left_at is null
    and p.user_id = ('${userAt(0).slice(0, 24)}' || lpad(:person::text, 12, '0'))::uuid)
order by m.sequence desc limit 50;
`

export const query: Bench = {
  goals: { query: ratioAtLeast(0.5) },
  unit: 'requests/s',
  method: `The newest 50 messages of a chat with their authors, for ${clients} people over HTTP, against pgbench running one statement that gives the same rows, with as many clients.`,
  async open(context) {
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, clients)
    await forAll(chats, i => makeChat(house, i, people))
    await talk(house, { from: 0, count: chats, people: () => people }, context.quick ? 60 : 200)
    const tokens = await signIn(house, clients)
    await house.close()

    const connections = tokens.map(token => [...Array(chats).keys()].map(chat => opening(chat, token)))
    const load = await context.program('programs/load.ts')
    const ours = await startOurs(context, url)
    const run = async (seconds: number) =>
      allGood(await load.ask<Loaded>('run', { port: ours.port, connections, seconds, expect: [opened] }))
    await run(context.warmUp)
    return async () => ({
      query: {
        reference: await pgbench(context, url, bestSql, clients),
        ours: (await spending(context, ours, () => run(context.seconds))).rate,
      },
    })
  },
}
