import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { creating } from '../../docs/clients/fetch.ts'
import { Send } from '../../docs/clients/writes.ts'
import { eventually, openGroup, type Person, register } from '../client.ts'
import { asDatabase } from '../database-of.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { kinds, openCached } from './cached.ts'

// What is stored but not shown yet. The worker does not run until it is let in.

let house: House
let ann: Person
beforeAll(async () => {
  house = await openHouse({ ROLE: 'api' })
  ann = await register(house.url, 'Ann')
})
afterAll(() => house.close())

const sql = (text: string, values: unknown[] = []) => asDatabase(house.databaseUrl, query => query(text, values))

test.each(kinds)(
  '%s: COMMIT_PENDING is waited out with the same key and the commit; a send without a key is told of it',
  async kind => {
    const { id: chatId } = await openGroup(ann, [])
    const client = openCached(kind, house.url, ann)
    const asked: { variables: { input: { idempotencyKey?: string } }; extensions: { commit?: string } }[] = []
    const whole = globalThis.fetch
    vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
      asked.push(JSON.parse(String(init?.body)))
      return whole(url, init)
    })
    await sql(`alter table messages add constraint refused check (body <> 'poison') not valid`)
    const input = { chatId, content: { text: 'poison' } }
    await expect(client.mutate(Send, input)).rejects.toThrow('stored, but not shown yet')
    expect(asked.length).toBe(1)

    const idempotencyKey = crypto.randomUUID()
    const sending = client.mutate(Send, { ...input, idempotencyKey })
    await eventually(() => asked.length > 3)
    const [first, ...again] = asked.slice(1)
    for (const one of again) {
      expect(one.variables).toEqual(first?.variables)
      expect(one.extensions.commit).toEqual(expect.any(String))
    }
    await sql('alter table messages drop constraint refused')
    const worker = await openDoor(house.databaseUrl, { ROLE: 'worker' })
    expect((await sending).edge.node).toMatchObject({ body: 'poison', idempotencyKey })
    await worker.stop()
    expect(await sql('select from events where command = $1', [idempotencyKey])).toHaveLength(1)
    vi.restoreAllMocks()
    await client.close()
  },
)

test('every mutation that takes a key is known to create', () => {
  const inputs = readFileSync('schema.graphql', 'utf8').matchAll(/^input (\w)(\w+)Input \{([^}]*)\}/gm)
  const keyed = [...inputs].flatMap(([, first = '', rest = '', fields = '']) =>
    fields.includes(' idempotencyKey:') ? [first.toLowerCase() + rest] : [],
  )
  expect(keyed).toContain('sendMessage')
  expect(keyed.filter(name => !creating.test(name))).toEqual([])
})
