import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgresErasure } from '../src/adapter/postgres/erasure.ts'
import { newId } from '../src/kernel/id.ts'
import { erasure } from '../src/process/erasure.ts'
import { confirm, innerId } from './admin.ts'
import { edit, say } from './chatting.ts'
import { eventually, type Loose, openGroup, password, register } from './client.ts'
import * as c from './company-people.ts'
import { asDatabase } from './database-of.ts'
import { type House, openDoor, openHouse } from './house.ts'
import { done } from './live/acts.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

// What is deleted leaves nothing personal behind: not in the log, not in the tables; and the log still gives these tables.

let house: House
let shop: Workshop
beforeAll(async () => {
  house = await openHouse()
  shop = openWorkshop(house.databaseUrl)
})
afterAll(async () => {
  await shop.close()
  await house.close()
})

const personal = (stream: string) =>
  asDatabase(house.databaseUrl, async query =>
    (await query<Loose>('select personal from events where stream = $1 and personal is not null', [stream])).map(
      e => e.personal,
    ),
  )
/** But for the one that looks for latecomers after a minute. */
const noTasks = () =>
  asDatabase(
    house.databaseUrl,
    async query => (await query(`select 1 from tasks where kind <> 'leaveLate'`)).length === 0,
  )
/** Every table of the database that holds a word, in whatever column. */
const tablesWith = (word: string) =>
  asDatabase(house.databaseUrl, async query => {
    const tables = await query<Loose>(
      `select table_name t from information_schema.tables where table_schema = 'public'`,
    )
    const found: string[] = []
    for (const { t } of tables) {
      const [row] = await query<Loose>(`select count(*)::int n from "${t}" x where x::text ilike $1`, [`%${word}%`])
      if (row.n) found.push(t)
    }
    return found.sort()
  })

test('a deleted account: its stream and its tables know nothing of its owner; what it said in living chats stays', async () => {
  const ann = await register(house.url, 'Zanthippe Quill')
  const bob = await register(house.url, 'Bob')
  const chat = await openGroup(bob, [ann])
  const { node } = (await say(ann, chat.id, 'said in a living chat')).edge
  await done(ann, 'updateProfile', { displayName: 'Zanthippe Feather', handle: 'zanthippe_q' })
  await done(ann, 'updateSettings', { locale: 'nn-NO', timeZone: 'Arctic/Longyearbyen' })
  expect(await tablesWith('zanthippe')).toEqual(['claims', 'events', 'user_accounts'])

  const stream = `userAccount-${innerId(ann)}`
  await done(ann, 'deleteAccount', { password })
  await eventually(async () => (await personal(stream)).length === 0)
  await eventually(noTasks, 20_000, 'the end of all tasks')
  for (const word of ['zanthippe', ann.email, 'longyearbyen']) expect(await tablesWith(word)).toEqual([])
  const left = await asDatabase(house.databaseUrl, query =>
    query('select id from sessions where user_id = $1', [innerId(ann)]),
  )
  expect(left).toEqual([])

  const seen = await bob.ask(
    `query ($id: ID!) { node(id: $id) { ... on Message { body author { ... on User { displayName status } } } } }`,
    { id: node.id },
  )
  const author = { displayName: 'Deleted account', status: 'DELETED' }
  expect(seen.node).toEqual({ body: 'said in a living chat', author })
  expect(await shop.differences()).toEqual([])
})

test('a deleted account: its confirmed address is in no invitation any more, whatever became of it', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  await confirm(house.databaseUrl, ann)
  const [joined, open, revoked] = [await c.companyIdOf(bob), await c.companyIdOf(bob), await c.companyIdOf(bob)]
  await c.acceptInvitation(ann, await c.invited(bob, joined, ann.email))
  const token = await c.invited(bob, open, ann.email)
  await c.revokeInvitation(bob, (await c.invite(bob, revoked, ann.email)).edge.node.id)
  const other = `other-${bob.email}`
  await c.invite(bob, open, other)
  // Whoever registers with an address that is not theirs takes nothing from who has it.
  const eve = await register(house.url, 'Eve')
  await c.invite(bob, open, eve.email)

  for (const who of [ann, eve]) await done(who, 'deleteAccount', { password })
  await eventually(noTasks, 20_000, 'the end of all tasks')
  expect(await tablesWith(ann.email)).toEqual([])
  const kept = ['company_invitations', 'events']
  expect([await tablesWith(other), await tablesWith(eve.email)]).toEqual([kept, kept])
  const { invitations } = await c.companySeen(bob, { id: open }, 'invitations { edges { node { email } } }')
  expect(invitations.edges.map((e: Loose) => e.node.email)).toEqual([other, eve.email])
  const shown = 'query ($token: String!) { companyInvitation(token: $token) { email } }'
  expect((await bob.ask(shown, { token })).companyInvitation).toBeNull()
  expect((await c.invite(bob, open, ann.email)).code).toBeUndefined() // the address is nobody's now
  expect(await shop.differences()).toEqual([])
})

test('a chat deleted for everybody: its texts are gone from the log and the tables; others keep theirs', async () => {
  const ann = await register(house.url, 'Ann')
  const [gone, living] = [await openGroup(ann, [], 'Wistful plans'), await openGroup(ann, [], 'Other plans')]
  const { node } = (await say(ann, gone.id, 'a wistful text')).edge
  await edit(ann, node.id, 'another wistful text')
  await say(ann, gone.id, 'a wistful answer', { replyToId: node.id })
  await say(ann, living.id, 'a steadfast text')
  expect(await tablesWith('wistful')).toEqual(expect.arrayContaining(['events', 'messages']))

  await done(ann, 'deleteChat', { chatId: gone.id })
  const stream = `chat-${innerId(gone)}`
  await eventually(async () => (await personal(stream)).length === 0)
  await eventually(noTasks, 20_000, 'the end of all tasks')
  expect(await tablesWith('wistful')).toEqual([])
  expect(await tablesWith('steadfast')).toEqual(expect.arrayContaining(['events', 'messages']))
  expect((await ann.ask('query ($id: ID!) { chat(id: $id) { id } }', { id: gone.id })).chat).toBeNull()
  expect(await shop.differences()).toEqual([])
})

test('an invitation is forgotten by whichever process does it, also by one that has not folded its company', async () => {
  const bob = await register(house.url, 'Bob')
  const address = `zoe-${bob.email}`
  await c.invite(bob, await c.companyIdOf(bob), address)
  const [place] = await shop.query(
    `select company_id "companyId", id "invitationId", sequence::int from company_invitations where email = $1`,
    [address],
  )
  const fresh = openWorkshop(house.databaseUrl)
  try {
    const no = () => Promise.reject(new Error('it is not asked for'))
    const eraseEvent = postgresErasure(fresh.database).event
    const { dispatch, store } = { dispatch: fresh.carry, store: fresh.store }
    const process = erasure({ dispatch, store, eraseEvent, erase: no, forget: no, invitationsTo: no })
    const doing = { id: newId(), attempt: 1, at: new Date() }
    for (let times = 0; times < 2; times++) await process.do.forgetInvitation?.(place as never, doing)
  } finally {
    await fresh.close()
  }
  expect(await tablesWith(address)).toEqual([])
  expect(await shop.differences()).toEqual([])
})

test('an address that never answered is forgotten a month after its invitation ran out, revoked or not', async () => {
  const bob = await register(house.url, 'Bob')
  const id = await c.companyIdOf(bob)
  const [open, revoked, young] = ['ida', 'rex', 'yan'].map(who => `${who}-${bob.email}`) as [string, string, string]
  await c.invite(bob, id, open)
  await c.revokeInvitation(bob, (await c.invite(bob, id, revoked)).edge.node.id)
  await c.invite(bob, id, young)
  await asDatabase(house.databaseUrl, query =>
    query(
      `update company_invitations set expires_at = now() - case when email = $1 then 29 else 31 end * interval '1 day'`,
      [young],
    ),
  )
  const door = await openDoor(house.databaseUrl) // a worker sweeps when it starts
  try {
    await eventually(async () => !(await tablesWith(open)).length && !(await tablesWith(revoked)).length, 20_000)
    await eventually(noTasks, 20_000, 'the end of all tasks')
    expect(await tablesWith(young)).toEqual(['company_invitations', 'events'])
  } finally {
    await door.stop()
  }
})
