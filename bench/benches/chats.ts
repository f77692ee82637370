import { type Bench, ratioAtLeast } from '../bench.ts'
import type { Program } from '../harness/child.ts'
import { talk } from '../harness/history.ts'
import { openHouse } from '../harness/house.ts'
import { allGood, type Loaded } from '../harness/http.ts'
import { listed, listing } from '../harness/operations.ts'
import { forAll, makeChat, makeUsers, signIn, userAt } from '../harness/people.ts'
import { pgbench } from '../harness/pgbench.ts'
import { type Server, startOurs } from '../harness/server.ts'
import { spending } from '../harness/spent.ts'

const [clients, many] = [32, 500]
const people = [...Array(clients).keys()]

/** The newest 20 chats of a person first, then for each of these what its line shows: one statement, by indexes. */
const bestSql = `\\set person random(0, ${clients - 1})
with mine as materialized (
  select c.id, c.kind, c.title, c.last_activity_at, p.joined_sequence, p.user_id
  from participants p join chats c on c.id = p.chat_id
  where p.user_id = ('${userAt(0).slice(0, 24)}' || lpad(:person::text, 12, '0'))::uuid
    and p.left_at is null and c.deleted_at is null and c.archived_at is null
  order by c.last_activity_at desc, c.id desc limit 21)
select mine.*, last.*, (select count(*) from messages m where m.chat_id = mine.id and m.deleted_at is null
  and m.author_id <> mine.user_id and m.sequence > greatest(mine.joined_sequence,
    (select r.sequence from read_markers r where r.chat_id = mine.id and r.user_id = mine.user_id))) unread
from mine, lateral (select m.id, m.body, m.created_at, u.id, u.handle, u.display_name from messages m
  left join user_accounts u on u.id = m.author_id where m.chat_id = mine.id order by m.sequence desc limit 1) last;
`

export const chats: Bench = {
  goals: { chats: ratioAtLeast(0.4) },
  unit: 'requests/s',
  method: `The first 20 chats of ${clients} people with ${many} chats each, with the last message and what is unread, over HTTP, against pgbench running one statement that gives the same rows, with as many clients; that their number does not change the number of statements is asserted.`,
  async open(context) {
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, clients)
    await forAll(many, i => makeChat(house, i, people))
    await talk(house, { from: 0, count: many, people: () => people }, 20)
    const tokens = await signIn(house, clients)
    await house.close()

    const load = await context.program('programs/load.ts')
    const ours = await startOurs(context, url)
    const run = async (first: number, seconds: number) => {
      const connections = tokens.map(token => [listing(first, token)])
      return allGood(await load.ask<Loaded>('run', { port: ours.port, connections, seconds, expect: [listed] }))
    }
    await run(20, context.warmUp)
    const [few, more, most] = [
      await statementsFor(ours, load, listing(5, tokens[0] ?? '')),
      await statementsFor(ours, load, listing(20, tokens[0] ?? '')),
      await statementsFor(ours, load, listing(100, tokens[0] ?? '')),
    ]
    if (few !== more || more !== most)
      throw new Error(`5, 20 and 100 chats take ${few}, ${more} and ${most} statements`)
    return async () => ({
      chats: {
        reference: await pgbench(context, url, bestSql, clients),
        ours: (await spending(context, ours, () => run(20, context.seconds))).rate,
      },
    })
  },
}

/** How many statements one request takes; of several tries the fewest, since the session is looked at now and then. */
async function statementsFor(ours: Server, load: Program, text: string): Promise<number> {
  let fewest = Number.POSITIVE_INFINITY
  for (let i = 0; i < 5; i++) {
    const before = await ours.ask<number>('statements')
    const answered = await load.ask<string>('once', { port: ours.port, text })
    if (!answered.includes(listed)) throw new Error(answered)
    fewest = Math.min(fewest, (await ours.ask<number>('statements')) - before)
  }
  return fewest
}
