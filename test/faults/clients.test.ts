import { afterAll, beforeAll, expect, test } from 'vitest'
import { kinds } from '../clients/cached.ts'
import { tellStory } from '../clients/first-session.ts'
import { finish, type Server, seededRun, startServer } from '../fixtures/server.ts'
import { freshDatabase } from '../fresh.ts'

// The same story as test/clients/caches.test.ts tells, with a server that is killed as it is.

let databaseUrl: string
let drop: () => Promise<void>
let server: Server
beforeAll(async () => {
  const fresh = await freshDatabase()
  databaseUrl = fresh.url
  drop = fresh.drop
  server = await startServer({ DATABASE_URL: databaseUrl })
})
afterAll(async () => {
  await finish(server)
  await drop()
})

test.each(kinds)('%s: after kill -9 and a new start, the cache says what a fresh query says', async kind => {
  const { random } = seededRun()
  const { url } = server
  const middle = async () => {
    expect(await server.end('SIGKILL')).toBe('SIGKILL')
    server = await startServer({ DATABASE_URL: databaseUrl, PORT: new URL(url).port })
  }
  await tellStory({ kind, url, random, steps: 40, middle })
})
