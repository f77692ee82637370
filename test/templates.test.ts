import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { newId } from '../src/kernel/id.ts'
import { type Loose, openGroup, type Person, register } from './client.ts'
import * as c from './company-people.ts'
import { type House, openHouse } from './house.ts'
import { follow, heard } from './live/subscribing.ts'

// Templates over the real API: kept by a company, filled in for a message.

let house: House
let ann: Person
let bob: Person
let eve: Person
let companyId: string
let chatId: string
beforeAll(async () => {
  house = await openHouse()
  ;[ann, bob, eve] = (await Promise.all(['Ann', 'Bob', 'Eve'].map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
  ]
})
afterAll(() => house.close())
beforeEach(async () => {
  companyId = await c.companyIdOf(ann)
  await c.join(ann, companyId, bob)
  chatId = (await openGroup(bob, [eve])).id
})

const listed = async (by: Person, args = ''): Promise<Loose> =>
  (
    await c.companySeen(
      by,
      { id: companyId },
      `templates${args} { edges { cursor node { name } } pageInfo { hasNextPage } }`,
    )
  ).templates
const names = (list: Loose) => list.edges.map((e: Loose) => e.node.name)

test('is made, listed by name in pages, changed and taken away', async () => {
  const { edge } = await c.createTemplate(ann, companyId)
  expect(edge.node).toEqual({
    ...{ id: expect.any(String), version: 0, name: 'Arrival', variables: ['number', 'port'] },
    ...{ body: 'Container {{number}} is in {{port}}.', company: { id: companyId } },
  })
  for (const name of ['Invoice', 'Delay']) await c.createTemplate(ann, companyId, { name, body: 'x' })
  const first = await listed(bob, '(first: 2)')
  expect([names(first), first.pageInfo.hasNextPage]).toEqual([['Arrival', 'Delay'], true])
  const next = await listed(bob, `(first: 2, after: "${first.edges[1].cursor}")`)
  expect([names(next), next.pageInfo.hasNextPage]).toEqual([['Invoice'], false])

  const changed = await c.updateTemplate(ann, edge.node.id, { body: '{{ship}} is late.', expectedVersion: 0 })
  expect(changed.template).toMatchObject({ name: 'Arrival', variables: ['ship'], version: 1 })
  expect(await c.updateTemplate(ann, edge.node.id, { name: 'Late', expectedVersion: 0 })).toMatchObject({
    ...{ __typename: 'ConflictError', code: 'VERSION_CONFLICT', currentVersion: 1 },
    current: { id: edge.node.id, name: 'Arrival' },
  })
  expect(await c.deleteTemplate(ann, edge.node.id)).toMatchObject({ removedTemplateId: edge.node.id })
  expect(names(await listed(bob))).toEqual(['Delay', 'Invoice'])
  expect((await bob.ask('query ($id: ID!) { node(id: $id) { id } }', { id: edge.node.id })).node).toBeNull()
})

test('its company hears of it: made, changed and taken away', async () => {
  const feed = `subscription ($id: ID!, $after: StreamPosition) { companyEvents(companyId: $id, after: $after) { position event {
    __typename
    ... on TemplateCreated { company { id } edge { cursor node { id name } } }
    ... on TemplateUpdated { template { id name } }
    ... on TemplateRemoved { company { id } removedTemplateId }
  } } }`
  const { position } = await c.companySeen(bob, { id: companyId }, 'position')
  const subscriber = follow(bob, feed, { id: companyId, after: position })
  const { edge } = await c.createTemplate(ann, companyId)
  const { id } = edge.node
  await heard(subscriber, e => e.__typename === 'TemplateCreated')
  await c.updateTemplate(ann, id, { name: 'Departure' })
  await heard(subscriber, e => e.__typename === 'TemplateUpdated')
  await c.deleteTemplate(ann, id)
  await heard(subscriber, e => e.__typename === 'TemplateRemoved')
  const of = { id: companyId }
  expect(subscriber.events()).toEqual([
    { __typename: 'TemplateCreated', company: of, edge: { cursor: edge.cursor, node: { id, name: 'Arrival' } } },
    { __typename: 'TemplateUpdated', template: { id, name: 'Departure' } },
    { __typename: 'TemplateRemoved', company: of, removedTemplateId: id },
  ])
  subscriber.stop()

  // Who comes late gets the same events, with what is there now.
  const late = follow(bob, feed, { id: companyId, after: position })
  await heard(late, e => e.__typename === 'TemplateRemoved')
  expect(late.events().map((e: Loose) => e.__typename)).toEqual([
    'TemplateCreated',
    'TemplateUpdated',
    'TemplateRemoved',
  ])
  late.stop()
})

test('the same key makes one, and tells nothing to who has left', async () => {
  const idempotencyKey = newId()
  await c.join(ann, companyId, eve, 'ADMIN')
  const make = () => c.createTemplate(eve, companyId, { idempotencyKey })
  const [one, two] = [await make(), await make()]
  expect(two.edge.node).toEqual(one.edge.node)
  expect((await listed(bob)).edges).toHaveLength(1)
  await c.removeMember(eve, await c.ownMembership(eve, companyId))
  expect(await make()).toMatchObject({ code: 'NOT_FOUND' })
})

test('is filled in for a message, which then stays as it is', async () => {
  const id = await c.templateIdOf(ann, companyId)
  const sent = await c.sendTemplate(bob, chatId, id, { number: 'MSKU1234565', port: 'Riga {{number}}' })
  const body = 'Container MSKU1234565 is in Riga {{number}}.'
  expect(sent.edge.node).toEqual({ body })
  await c.updateTemplate(ann, id, { body: 'Something else.' })
  await c.deleteTemplate(ann, id)
  const { chat } = await eve.ask('query ($id: ID!) { chat(id: $id) { lastMessage { body } } }', { id: chatId })
  expect(chat.lastMessage).toEqual({ body })
  expect(await c.sendTemplate(bob, chatId, id, {})).toMatchObject({ code: 'NOT_FOUND' })
})

test('says which variables are missing or unknown', async () => {
  const id = await c.templateIdOf(ann, companyId)
  const path = (name: string) => ['content', 'template', 'variables', name]
  expect(await c.sendTemplate(bob, chatId, id, { number: 'x', ship: 'y' })).toMatchObject({
    __typename: 'ValidationError',
    issues: [{ path: path('port') }, { path: path('ship') }],
  })
})

test('is for the people of its company alone', async () => {
  const id = await c.templateIdOf(ann, companyId)
  expect(await c.sendTemplate(eve, chatId, id, { number: 'x', port: 'y' })).toMatchObject({ code: 'NOT_FOUND' })
  expect(await c.updateTemplate(bob, id, { name: 'x' })).toMatchObject({ code: 'FORBIDDEN' })
  expect(await c.updateTemplate(eve, id, { name: 'x' })).toMatchObject({ code: 'NOT_FOUND' })
  await c.archiveCompany(ann, companyId)
  expect(await c.updateTemplate(ann, id, { name: 'x' })).toMatchObject({ code: 'STATE_CONFLICT' })
})
