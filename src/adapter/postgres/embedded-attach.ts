import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import pg from 'pg'

/**
 * The address of the embedded PostgreSQL that another process has running in a data folder; null when none answers there.
 * Its password is in the folder, so that only who may read the folder can connect.
 */
export async function runningEmbedded(dataDir: string): Promise<string | null> {
  const read = (name: string) => readFile(join(resolve(dataDir), name), 'utf8').catch(() => '')
  const [noted, secret] = [await read('postgres/postmaster.pid'), (await read('postgres.secret')).trim()]
  const port = Number(noted.split('\n')[3])
  if (!port || !secret) return null
  const url = `postgres://wellwon:${secret}@127.0.0.1:${port}/wellwon`
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined) // the file was stale, and the port is somebody else's
  try {
    await client.connect()
    return url
  } catch {
    return null
  } finally {
    void client.end().catch(() => undefined)
  }
}
