import { openDatabase } from '../../src/adapter/postgres/db.ts'
import { tableInfo } from '../../src/adapter/postgres/rows.ts'
import { withTools } from '../../src/cli/toolbox.ts'
import { rebuild } from '../../src/worker/rebuild.ts'
import { answer } from './answer.ts'

answer({
  /** Makes every table that follows from the log anew; gives the seconds that it took, and which tables they are. */
  async run({ url }: { url: string }) {
    const database = openDatabase(url, 8, error => console.error(error))
    let [seconds, tables] = [0, [] as string[]]
    await withTools(database, async ({ derived, rebuilds }) => {
      const began = performance.now()
      for (const of of derived) await rebuild({ of, rebuilds })
      seconds = (performance.now() - began) / 1_000
      tables = derived.flatMap(of => of.tables.map(table => tableInfo(table).name))
    })
    await database.close()
    return { seconds, tables }
  },
})
