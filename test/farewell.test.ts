import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatEvents } from '../src/domain/chat/events.ts'
import { chatIdsToLeave } from '../src/domain/chat/queries/index.ts'
import { companyIdsIn } from '../src/domain/company/queries/index.ts'
import { fileIdsOf } from '../src/domain/file/queries.ts'
import { encode } from '../src/kernel/codec.ts'
import type { Dispatch } from '../src/kernel/dispatch.ts'
import { newId, system } from '../src/kernel/id.ts'
import { farewell } from '../src/process/farewell.ts'
import { innerId } from './admin.ts'
import * as chatting from './chatting.ts'
import { eventually, type Loose, type Person, password, register } from './client.ts'
import * as c from './company-people.ts'
import { asDatabase } from './database-of.ts'
import { announce, fileOf, http, upload } from './filing.ts'
import { freshDatabase } from './fresh.ts'
import { type House, openHouse } from './house.ts'
import { act, done } from './live/acts.ts'
import { follow, heard, over } from './live/subscribing.ts'
import { picture } from './pictures.ts'
import * as w from './workshop.ts'

// Who deletes an account goes everywhere: from chats, companies and lists, with all files that no message holds.

describe('over the API', () => {
  const dir = mkdtempSync(join(tmpdir(), 'files-'))
  let house: House
  let shop: w.Workshop
  let ann: Person
  let bob: Person
  let cat: Person
  beforeAll(async () => {
    house = await openHouse({ FILES_DIR: dir })
    shop = w.openWorkshop(house.databaseUrl)
  })
  afterAll(async () => {
    await shop.close()
    await house.close()
    rmSync(dir, { recursive: true, force: true })
  })
  beforeEach(async () => {
    ;[ann, bob, cat] = (await Promise.all(['Ann', 'Bob', 'Cat'].map(name => register(house.url, name)))) as [
      Person,
      Person,
      Person,
    ]
  })
  const remove = (who: Person) => done(who, 'deleteAccount', { password })
  const sql = (text: string, values: unknown[] = []) =>
    asDatabase(house.databaseUrl, query => query<Loose>(text, values))
  /** Where somebody is a participant or a member by the tables. */
  const places = async (who: Person) =>
    sql(
      `select chat_id id from participants p join chats c on c.id = p.chat_id where user_id = $1 and left_at is null and deleted_at is null
       union all select company_id from company_members where user_id = $1 and left_at is null`,
      [innerId(who)],
    )
  /** Until every process has heard of all, and done it; but for what is due later. */
  const quiet = () =>
    eventually(
      async () => {
        const [{ behind, open }] = (await sql(
          `select (select count(*)::int from checkpoints where position < (select max(position) from events)) behind,
             (select count(*)::int from tasks where kind not in ('leaveLate', 'mail')) open`,
        )) as [Loose]
        return behind === 0 && open === 0
      },
      20_000,
      'the end of all tasks',
    )
  const people =
    'id title archivedAt participantCount peer { id displayName status } participants { edges { node { role user { id } } } }'
  const chatSeen = async (by: Person, id: string): Promise<Loose> =>
    (await by.ask(`query ($id: ID!) { chat(id: $id) { ${people} } }`, { id })).chat
  const rolesIn = async (by: Person, id: string): Promise<Loose> =>
    Object.fromEntries((await chatSeen(by, id)).participants.edges.map((e: Loose) => [e.node.user.id, e.node.role]))
  const feed = `subscription ($id: ID!) { chatEvents(chatId: $id) { position event { __typename
    ... on ParticipantRemoved { removedParticipantId } ... on ParticipantRoleChanged { participant { role user { id } } }
    ... on StreamClosed { reason } } } }`

  test('leaves groups, also archived ones, and the direct chat; an heir comes; all are told; what was said stays', async () => {
    const group = await chatting.room(ann, { ADMIN: [bob], MEMBER: [cat] })
    const shelved = await chatting.room(ann, { MEMBER: [cat] }, 'Shelved')
    await chatting.archive(ann, shelved)
    const direct = (await chatting.create(bob, { kind: 'DIRECT', participantIds: [ann.id] })).edge.node.id
    const said = (await chatting.say(ann, group, 'said before')).edge.node.id
    await chatting.say(ann, direct, 'said to you')
    const feeds = [follow(cat, feed, { id: group }), follow(bob, feed, { id: direct })] as const
    const own = follow(ann, feed, { id: group })
    await eventually(() => [...feeds, own].every(f => f.frames.length > 0))
    await remove(ann)
    for (const told of feeds) await heard(told, e => e.__typename === 'ParticipantRemoved', 'that she is gone')
    await heard(feeds[0], e => e.__typename === 'ParticipantRoleChanged' && e.participant.user.id === bob.id)
    await over(own)
    await eventually(async () => (await places(ann)).length === 0)
    expect(await rolesIn(cat, group)).toEqual({ [bob.id]: 'OWNER', [cat.id]: 'MEMBER' })
    expect(await rolesIn(cat, shelved)).toEqual({ [cat.id]: 'OWNER' })
    expect((await chatting.restore(cat, shelved)).chat.archivedAt).toBeNull()
    const tombstone = { id: ann.id, displayName: 'Deleted account', status: 'DELETED' }
    expect(await chatSeen(bob, direct)).toMatchObject({
      title: 'Deleted account',
      archivedAt: null,
      participantCount: 1,
      peer: tombstone,
    })
    const { node } = await bob.ask(
      'query ($id: ID!) { node(id: $id) { ... on Message { body author { ... on User { id displayName status } } } } }',
      { id: said },
    )
    expect(node).toEqual({ body: 'said before', author: tombstone })
    for (const told of feeds) told.stop()
    await quiet()
    expect(await shop.differences()).toEqual([])
  })

  test('a group that only readers are left in is archived', async () => {
    const group = await chatting.room(ann, { READER: [cat] })
    await remove(ann)
    await eventually(async () => (await chatSeen(cat, group)).archivedAt)
    expect(await rolesIn(cat, group)).toEqual({ [cat.id]: 'READER' })
  })

  test('the one owner of a company with others is refused, and told which; nothing else has happened', async () => {
    const id = await c.companyIdOf(ann, { name: 'Northern Freight' })
    const alone = await c.companyIdOf(ann, { name: 'Hers alone' })
    const bobs = await c.join(ann, id, bob)
    const group = await chatting.room(ann, { MEMBER: [bob] })
    const refused = await act(ann, 'deleteAccount', { password })
    expect(refused).toMatchObject({ __typename: 'ConflictError', code: 'STATE_CONFLICT' })
    expect(refused.message).toContain('Northern Freight')
    expect(refused.message).not.toContain('Hers alone')
    expect((await ann.ask('{ viewer { id } }')).viewer.id).toBeTruthy()
    expect(await rolesIn(bob, group)).toMatchObject({ [ann.id]: 'OWNER' })
    await done(ann, 'login', { email: ann.email, password })
    await c.changeMemberRole(ann, bobs, 'OWNER')
    await remove(ann)
    await eventually(async () => (await places(ann)).length === 0)
    expect((await c.companySeen(bob, { id })).memberCount).toBe(1)
    const [hers] = await sql('select archived_at from companies where id = $1', [innerId({ id: alone })])
    expect(hers.archived_at).toBeTruthy()
  })

  test('owners that an archived company is the last of may go, and members: the others are told', async () => {
    const id = await c.companyIdOf(bob)
    await c.join(bob, id, ann)
    const old = await c.companyIdOf(ann)
    await c.join(ann, old, bob)
    await c.archiveCompany(ann, old)
    const query = `subscription ($id: ID!) { companyEvents(companyId: $id) { position event { __typename
      ... on CompanyMemberRemoved { removedMemberId user { id } company { memberCount } } } } }`
    const bobs = follow(bob, query, { id })
    await eventually(() => bobs.frames.length > 0)
    await remove(ann)
    const told = await heard(bobs, e => e.__typename === 'CompanyMemberRemoved')
    expect(told).toMatchObject({ user: { id: ann.id }, company: { memberCount: 1 } })
    await eventually(async () => (await places(ann)).length === 0)
    await quiet()
    // Nobody is told that they are out of a company who is not there to read it.
    expect(
      await sql(`select kind from notifications where user_id = $1 and kind = 'COMPANY_LEFT'`, [innerId(ann)]),
    ).toEqual([])
    bobs.stop()
  })

  test('two owners who go at the same moment leave an heir', async () => {
    const id = await c.companyIdOf(ann)
    await c.join(ann, id, bob, 'OWNER')
    await c.join(ann, id, cat)
    await Promise.all([act(ann, 'deleteAccount', { password }), act(bob, 'deleteAccount', { password })])
    // Whether the second one came in time to be refused is a race: then it is the owner.
    await quiet()
    const owners = await sql(
      `select user_id from company_members where company_id = $1 and role = 'OWNER' and left_at is null`,
      [innerId({ id })],
    )
    expect(owners.length).toBe(1)
  })

  test('the picture and what was never sent are removed with their bytes and names; what messages hold stays', async () => {
    const group = await chatting.room(bob, { MEMBER: [ann] })
    const me = await upload(ann, await picture(40, 40).png().toBuffer(), {
      name: 'me-quixotic.png',
      contentType: 'image/png',
    })
    await done(ann, 'updateProfile', { avatarFileId: me.id })
    const unsent = await upload(ann, 'unsent', { name: 'unsent-quixotic.txt' })
    const begun = (await announce(ann, { name: 'begun-quixotic.txt' })).file
    const sent = await upload(ann, 'sent to you', { name: 'sent-plain.txt' })
    await done(ann, 'sendMessage', { chatId: group, content: { files: { fileIds: [sent.id] } } })
    expect((await fileOf(bob, me.id)).id).toBe(me.id)
    await remove(ann)
    const settled = async () =>
      (await sql('select id from files where owner_id = $1 and deleted_at is null', [innerId(ann)])).map(r => r.id)
    await eventually(async () => (await settled()).length === 1)
    expect(await settled()).toEqual([innerId(sent)])
    for (const file of [me, unsent, begun]) expect(await fileOf(bob, file.id)).toBeNull()
    const kept = await fileOf(bob, sent.id)
    expect(kept).toMatchObject({ name: 'sent-plain.txt' })
    expect((await http(kept.url)).text).toBe('sent to you')
    await quiet()
    for (const url of [me.url, unsent.url]) expect((await http(url)).status).not.toBe(200)
    expect(await sql(`select 1 from events where personal::text like '%quixotic%'`)).toEqual([])
    expect(await sql(`select 1 from files where name like '%quixotic%'`)).toEqual([])
    expect(await shop.differences()).toEqual([])
  })
})

describe('by workers that fail', () => {
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  let shop: w.Workshop
  beforeAll(async () => {
    fresh = await freshDatabase()
    shop = w.openWorkshop(fresh.url)
  })
  afterAll(async () => {
    await shop.close()
    await fresh.drop()
  })

  test('each thing happens once, though each command is cut off after it and two do all of it again', async () => {
    const tell = shop.dispatch
    const [ann, bob] = [await w.newUser(tell), await w.newUser(tell)]
    const groups = [await w.newGroup(tell, ann, [bob]), await w.newGroup(tell, bob, [ann]), await w.newGroup(tell, ann)]
    const companyId = newId()
    const details = { inn: c.freshInn(), name: 'Freight', kpp: null, ogrn: null, legalAddress: null }
    await w.done(tell('CreateCompany', { companyId, ...details }, bob))
    await w.done(tell('AddCompanyMember', { companyId, userId: ann, role: 'ADMIN' }, bob))
    const cut = new Set<string>()
    const cutting: Dispatch = async request => {
      const outcome = await shop.carry(request)
      if (cut.has(request.key ?? '')) return outcome
      cut.add(request.key ?? '')
      throw new Error('killed')
    }
    const process = () =>
      farewell({
        dispatch: cutting,
        chatIds: args => shop.ask(chatIdsToLeave, args),
        companyIds: userId => shop.ask(companyIdsIn, userId),
        fileIds: args => shop.ask(fileIdsOf, args),
        held: async () => new Set(),
        erase: async () => undefined,
      })
    await w.done(tell('DeleteAccount', { userId: ann }, ann))
    shop.work()
    shop.react([process()])
    shop.react([process()])
    const removals = () =>
      shop.query<Loose>(
        `select stream, count(*)::int n, min(actor::text) by from events where type in ('ParticipantRemoved', 'CompanyMemberRemoved')
         and data::jsonb->>'userId' = $1 group by stream order by stream`,
        [ann],
      )
    const expected = [...groups.map(id => `chat-${id}`), `company-${companyId}`].sort()
    await eventually(async () => (await removals()).length === expected.length, 50_000, 'her leaving')
    expect(await removals()).toEqual(expected.map(stream => ({ stream, n: 1, by: system })))
    // As if somebody had asked who is there before the deletion, and added her after all of it.
    const late = `chat-${groups[1]}`
    const head = (await shop.store.heads([late])).get(late)
    await shop.store.append({
      ...{ scope: bob, command: newId(), hash: Buffer.from('x'), tenant: null, actor: bob, correlation: null },
      ...{ causation: null, stream: late, expect: null, guard: head?.guard ?? null, claims: [], rows: null },
      events: [encode(chatEvents, chatEvents.make.ParticipantAdded({ userId: ann, role: 'MEMBER' }))],
    })
    await eventually(
      async () => (await shop.query('select from behind')).length === 0,
      50_000,
      'the rows of her addition',
    )
    // All is done once more a minute later: as if that were over.
    await shop.query(`update tasks set due_at = clock_timestamp() where kind = 'leaveLate'`)
    await eventually(async () => (await shop.tasks.waiting()).count === 0, 50_000, 'the end of all tasks')
    expect(await removals()).toEqual(expected.map(stream => ({ stream, n: stream === late ? 2 : 1, by: system })))
    expect(cut.size).toBeGreaterThanOrEqual(expected.length)
    expect(await shop.differences()).toEqual([])
  }, 120_000)
})
