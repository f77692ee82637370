import { afterAll, beforeAll, expect, test } from 'vitest'
import { innerId } from './admin.ts'
import { create, remove, room, say } from './chatting.ts'
import { type Person, register } from './client.ts'
import * as c from './company-people.ts'
import { asDatabase } from './database-of.ts'
import { upload } from './filing.ts'
import { type House, openHouse } from './house.ts'

// Whose an event is: what belongs to a company says so in the log.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** The tenants of a stream's events, and of how many. */
const tenantsOf = (stream: string) =>
  asDatabase(house.databaseUrl, query =>
    query<{ tenant: string | null; n: number }>(
      'select tenant, count(*)::int n from events where stream = $1 group by tenant',
      [stream],
    ),
  )

test('events of a company, of its chats and its templates have it as their tenant; all others have none', async () => {
  const [ann, bob] = (await Promise.all(['Ann', 'Bob'].map(name => register(house.url, name)))) as [Person, Person]
  const id = await c.companyIdOf(ann)
  const tenant = innerId({ id })
  await c.join(ann, id, bob)
  await c.updateCompany(ann, id, { name: 'Other Freight' })
  const { edge } = await create(ann, { kind: 'COMPANY', title: 'Room', companyId: id, participantIds: [bob.id] })
  const chat = edge.node.id as string
  await say(bob, chat, 'hello')
  await remove(ann, chat)
  const template = await c.templateIdOf(ann, id)
  await c.updateTemplate(ann, template, { name: 'Departure' })
  await c.deleteTemplate(ann, template)
  const group = await room(ann, { MEMBER: [bob] })
  await say(ann, group, 'hello')
  const file = await upload(ann, 'text')

  expect(await tenantsOf(`company-${tenant}`)).toEqual([{ tenant, n: 4 }])
  expect(await tenantsOf(`chat-${innerId({ id: chat })}`)).toEqual([{ tenant, n: 5 }])
  expect(await tenantsOf(`messageTemplate-${innerId({ id: template })}`)).toEqual([{ tenant, n: 3 }])
  for (const [category, one] of Object.entries({ chat: group, userAccount: ann.id, file: file.id }))
    expect((await tenantsOf(`${category}-${innerId({ id: one })}`)).map(row => row.tenant)).toEqual([null])
})
