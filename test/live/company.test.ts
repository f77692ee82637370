import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../src/compose.ts'
import { createTokens } from '../../src/graph/tokens.ts'
import { eventually, type Loose, type Person, register } from '../client.ts'
import * as c from '../company-people.ts'
import { tokensKey } from '../company-people.ts'
import { cuttable } from '../cuttable.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { act } from './acts.ts'
import { follow, heard, innerId, over, sql } from './subscribing.ts'

// The feed of a company, and what inboxes hear of companies.

let house: House
let app: App
beforeAll(async () => {
  house = await openHouse()
  app = house
})
afterAll(async () => {
  await app.stop()
  await house.close()
})

const feed = `subscription ($id: ID!, $after: StreamPosition) { companyEvents(companyId: $id, after: $after) { position live event {
  __typename
  ... on DomainEvent { actor { id } }
  ... on CompanyUpdated { company { id version name } }
  ... on CompanyArchived { company { id archivedAt } }
  ... on CompanyMemberAdded { company { memberCount } edge { cursor node { id role user { id } } } }
  ... on CompanyMemberRoleChanged { member { id role } }
  ... on CompanyMemberRemoved { company { memberCount } removedMemberId user { id } }
  ... on ProfileUpdated { user { id displayName } }
  ... on StreamReset { reason } ... on StreamClosed { reason }
} } }`
const inbox = `subscription ($after: StreamPosition) { inbox(after: $after) { position event {
  __typename
  ... on CompanyJoined { edge { node { id name } } }
  ... on CompanyLeft { removedCompanyId }
  ... on CompanyUpdated { company { id name } }
  ... on CompanyArchived { company { id archivedAt } }
  ... on CompanyMemberRoleChanged { member { id role } }
} } }`

const positionOf = async (by: Person, id: string): Promise<string> =>
  (await c.companySeen(by, { id }, 'position')).position
const people = (...names: string[]) =>
  Promise.all(names.map(name => register(house.url, name))) as Promise<[Person, Person, Person]>
const types = (events: Loose[]) => events.map(e => e.__typename)

test('tells what happens, with who did it, to all who are in', async () => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid')
  const id = await c.companyIdOf(ann)
  await c.join(ann, id, bob)
  const subscriber = follow(bob, feed, { id, after: await positionOf(bob, id) })
  const cids = await c.join(ann, id, cid)
  await c.changeMemberRole(ann, cids, 'ADMIN')
  await c.updateCompany(cid, id, { name: 'Cargo' })
  await act(cid, 'updateProfile', { displayName: 'Sid' })
  await heard(subscriber, e => e.__typename === 'ProfileUpdated')
  await c.removeMember(ann, cids)
  await c.archiveCompany(ann, id)
  await heard(subscriber, e => e.__typename === 'CompanyArchived')
  const events = subscriber.events()
  expect(types(events)).toEqual([
    'CompanyMemberAdded',
    'CompanyMemberRoleChanged',
    'CompanyUpdated',
    'ProfileUpdated',
    'CompanyMemberRemoved',
    'CompanyArchived',
  ])
  expect(events[0]).toMatchObject({ actor: { id: ann.id }, edge: { node: { id: cids, user: { id: cid.id } } } })
  expect(events[2]).toMatchObject({ actor: { id: cid.id }, company: { id, name: 'Cargo' } })
  expect(events[3]).toMatchObject({ user: { id: cid.id, displayName: 'Sid' } })
  expect(events[4]).toMatchObject({ removedMemberId: cids, user: { id: cid.id } })
  subscriber.stop()
})

test('nothing of another company, nor of people of none of theirs, is told', async () => {
  const [ann, bob, eve] = await people('Ann', 'Bob', 'Eve')
  const id = await c.companyIdOf(ann)
  const foreign = await c.companyIdOf(eve)
  const both = await c.companyIdOf(ann)
  const subscriber = follow(ann, feed, { id, after: await positionOf(ann, id) })
  await c.updateCompany(eve, foreign, { name: 'x' })
  await c.updateCompany(ann, both, { name: 'y' })
  await c.join(ann, both, bob)
  await act(bob, 'updateProfile', { displayName: 'Rob' })
  await act(eve, 'updateProfile', { displayName: 'Eva' })
  await c.updateCompany(ann, id, { name: 'mine' })
  await heard(subscriber, e => e.company?.name === 'mine')
  expect(types(subscriber.events())).toEqual(['CompanyUpdated'])
  subscriber.stop()
})

for (const transport of ['socket', 'sse'] as const)
  test(`${transport}: a subscriber that is cut, over a restart, hears all of it once and in order`, async () => {
    const [ann, bob] = await people('Ann', 'Bob')
    const id = await c.companyIdOf(ann)
    await c.join(ann, id, bob)
    const line = await cuttable(house.url)
    const after = await positionOf(bob, id)
    const subscriber = follow(bob, feed, { id, after }, { url: line.url, transport })
    await eventually(() => subscriber.frames.length > 0)
    for (let i = 0; i < 12; i++) {
      if (i === 6) {
        const { port } = app
        await app.stop()
        app = await openDoor(house.databaseUrl, { PORT: String(port) })
      } else if (i % 3 === 0) {
        line.cut()
        line.mend()
      }
      const { code } = await c.updateCompany(ann, id, { name: `Name ${i}` })
      expect(code).toBeUndefined()
    }
    const stored = `select revision::int from events where stream = $1 and type = 'CompanyUpdated' order by revision`
    const log = await sql<{ revision: number }>(house.databaseUrl, stored, [`company-${innerId(id)}`])
    await eventually(() => subscriber.events().length >= 12, 15_000, '12 events')
    await c.updateCompany(ann, id, { name: 'The end' })
    await heard(subscriber, e => e.company?.name === 'The end')
    expect(types(subscriber.events())).toEqual(Array(13).fill('CompanyUpdated'))
    expect(log).toHaveLength(12)
    subscriber.stop()
    await line.close()
  })

test('who is removed, or leaves, is cut off, and hears nothing that follows; others hear on', async () => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid')
  const id = await c.companyIdOf(ann)
  const [bobs, cids] = [await c.join(ann, id, bob), await c.join(ann, id, cid)]
  const after = await positionOf(ann, id)
  const [anns, his, theirs] = [ann, bob, cid].map(who => follow(who, feed, { id, after })) as [Loose, Loose, Loose]
  await eventually(() => [anns, his, theirs].every(s => s.frames.length > 0))
  await c.removeMember(ann, bobs)
  await c.updateCompany(ann, id, { name: 'Without Bob' })
  await c.removeMember(cid, cids)
  await c.updateCompany(ann, id, { name: 'Without Cid' })
  for (const gone of [his, theirs]) {
    await over(gone)
    expect(gone.events().at(-1)).toMatchObject({ __typename: 'StreamClosed', reason: 'ACCESS_REVOKED' })
  }
  expect(JSON.stringify(his.frames)).not.toContain('Without Bob')
  expect(JSON.stringify(theirs.frames)).not.toContain('Without Cid')
  await heard(anns, (e: Loose) => e.company?.name === 'Without Cid')
  anns.stop()
  // Coming back with an old position tells no more than that it is over.
  const again = follow(bob, feed, { id, after })
  await over(again)
  expect(again.events()).toEqual([expect.objectContaining({ __typename: 'StreamClosed', reason: 'ACCESS_REVOKED' })])
  // And who is let in again hears on from there.
  await c.join(ann, id, bob)
  const back = follow(bob, feed, { id, after })
  await heard(back, e => e.company?.name === 'Without Cid')
  back.stop()
})

test('a position of another log gives a reset, one of another feed is refused', async () => {
  const [ann] = await people('Ann')
  const [id, other] = [await c.companyIdOf(ann), await c.companyIdOf(ann)]
  const foreign = createTokens(tokensKey(), 'another').sign('position', ['another', `company:${innerId(id)}`, '0', '0'])
  const reset = follow(ann, feed, { id, after: foreign })
  await over(reset)
  expect(reset.events()).toEqual([expect.objectContaining({ __typename: 'StreamReset', reason: 'POSITION_UNKNOWN' })])
  const wrong = await ann.ask('{ viewer { inboxPosition } }')
  for (const after of [await positionOf(ann, other), wrong.viewer.inboxPosition, 'garbage']) {
    const subscriber = follow(ann, feed, { id, after })
    expect(await over(subscriber)).toMatchObject({ errors: [expect.anything()] })
    expect(subscriber.frames).toEqual([])
  }
})

test('inboxes hear of joining, leaving, roles of their own and the company itself; not of the others in it', async () => {
  const [ann, bob, cid] = await people('Ann', 'Bob', 'Cid')
  const id = await c.companyIdOf(ann)
  const after = (await bob.ask('{ viewer { inboxPosition } }')).viewer.inboxPosition
  const subscriber = follow(bob, inbox, { after })
  const bobs = await c.join(ann, id, bob)
  await c.join(ann, id, cid)
  await c.changeMemberRole(ann, bobs, 'ADMIN')
  await c.updateCompany(ann, id, { name: 'Cargo' })
  await heard(subscriber, e => e.company?.name === 'Cargo')
  await c.archiveCompany(ann, id)
  await heard(subscriber, e => e.__typename === 'CompanyArchived')
  await c.removeMember(bob, bobs)
  await heard(subscriber, e => e.__typename === 'CompanyLeft')
  const told = subscriber.events().filter(e => e.__typename.startsWith('Company'))
  expect(types(told)).toEqual([
    'CompanyJoined',
    'CompanyMemberRoleChanged',
    'CompanyUpdated',
    'CompanyArchived',
    'CompanyLeft',
  ])
  expect(told[0].edge.node.id).toBe(id)
  expect(told[1].member).toEqual({ id: bobs, role: 'ADMIN' })
  expect(told[4].removedCompanyId).toBe(id)
  subscriber.stop()
  const replay = follow(bob, inbox, { after })
  await heard(replay, e => e.__typename === 'CompanyLeft')
  expect(types(replay.events().filter(e => e.__typename.startsWith('Company')))).toEqual(['CompanyLeft'])
  replay.stop()
})
