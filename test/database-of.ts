import pg from 'pg'

type Query = <R extends object>(text: string, values?: unknown[]) => Promise<R[]>

/** Looks behind the program's back: a connection of its own to a house's database. */
export async function asDatabase<T>(url: string, work: (query: Query) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(async (text, values = []) => (await client.query(text, values)).rows)
  } finally {
    await client.end()
  }
}
