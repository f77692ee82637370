import { join } from 'node:path'
import { type Bench, ratioAtLeast, ratioAtMost } from '../bench.ts'
import { talk } from '../harness/history.ts'
import { openHouse } from '../harness/house.ts'
import { memoryDuring } from '../harness/memory.ts'
import { forAll, makeChat, makeUsers } from '../harness/people.ts'
import { asked } from '../harness/postgres.ts'

const chats = 100
const people = [...Array(20).keys()]

/** Seconds that it takes to copy the rows of tables, written to a file before, into empty tables with the same indexes. */
async function copied(url: string, folder: string, tables: readonly string[]): Promise<number> {
  let seconds = 0
  for (const table of tables) {
    const file = join(folder, `${table}.copy`)
    await asked(url, `copy "${table}" to '${file}'`)
    await asked(url, `create table copied (like "${table}" including all)`)
    const began = performance.now()
    await asked(url, `copy copied from '${file}'`)
    seconds += (performance.now() - began) / 1_000
    await asked(url, 'drop table copied')
  }
  return seconds
}

export const rebuildBench: Bench = {
  goals: { rebuild: ratioAtLeast(0.3), 'rebuild.rss': ratioAtMost(1.2, 'MiB') },
  unit: 'rows/s',
  rounds: 1,
  method: `Every projection, and the index of inboxes, is made anew from a million events in ${chats} chats, against COPY of the same rows into tables with the same indexes; \`rebuild.rss\` is the most memory of the process against that after a fifth of the time.`,
  async open(context) {
    const messages = context.quick ? 100 : 10_000
    const url = await context.database()
    const house = await openHouse(url)
    await makeUsers(house, people.length)
    await forAll(chats, i => makeChat(house, i, people))
    await talk(house, { from: 0, count: chats, people: () => people }, messages)
    await house.close()
    const program = await context.program('programs/rebuild.ts')
    return async () => {
      const made = await memoryDuring(program, () => program.ask<{ seconds: number; tables: string[] }>('run', { url }))
      const { seconds, tables } = made.value
      const reference = await copied(url, context.exchange, tables)
      const rows = await countOf(url, tables)
      return {
        rebuild: { ours: rows / seconds, reference: rows / reference },
        'rebuild.rss': { ours: made.most / 2 ** 20, reference: made.early / 2 ** 20 },
      }
    }
  },
}

async function countOf(url: string, tables: readonly string[]): Promise<number> {
  const counts = tables.map(table => `(select count(*) from "${table}")`)
  const [row] = await asked<{ rows: string }>(url, `select ${counts.join(' + ')} rows`)
  return Number(row?.rows)
}
