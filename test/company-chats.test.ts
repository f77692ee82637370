import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chat } from '../src/domain/chat/chat.ts'
import { chatEvents } from '../src/domain/chat/events.ts'
import { companyChatIds } from '../src/domain/chat/queries/index.ts'
import { decode } from '../src/kernel/codec.ts'
import { given } from '../src/kernel/given.ts'
import { newId, nobody } from '../src/kernel/id.ts'
import { companyChats } from '../src/process/company-chats.ts'
import * as chatting from './chatting.ts'
import { eventually, type Loose, type Person, register, send } from './client.ts'
import * as c from './company-people.ts'
import { freshDatabase } from './fresh.ts'
import { type House, openHouse } from './house.ts'
import { chatEvents as chatFeed, follow, heard, over } from './live/subscribing.ts'
import { done, newUser, openWorkshop } from './workshop.ts'

// Chats of a company: members only, and only as long as they are.

describe('over the API', () => {
  let house: House
  let ann: Person
  let bob: Person
  let eve: Person
  let id: string
  beforeAll(async () => {
    house = await openHouse()
  })
  afterAll(() => house.close())
  beforeEach(async () => {
    ;[ann, bob, eve] = (await Promise.all(['Ann', 'Bob', 'Eve'].map(name => register(house.url, name)))) as [
      Person,
      Person,
      Person,
    ]
    id = await c.companyIdOf(ann)
  })
  const open = async (by: Person, companyId: string | null, others: readonly Person[], more: object = {}) =>
    chatting.create(by, { kind: 'COMPANY', title: 'Team', companyId, participantIds: others.map(o => o.id), ...more })
  const opened = async (by: Person, others: readonly Person[]): Promise<string> => {
    const { edge, code, message } = await open(by, id, others)
    if (!edge) throw new Error(`${code}: ${message}`)
    return edge.node.id
  }
  const chatSeen = async (by: Person, chatId: string): Promise<Loose> =>
    (await by.ask('query ($id: ID!) { chat(id: $id) { kind archivedAt company { id name } } }', { id: chatId })).chat
  const chatsOf = async (by: Person, companyId: string): Promise<string[]> => {
    const { chats } = await c.companySeen(by, { id: companyId }, 'chats { edges { node { id } } }')
    return chats.edges.map((e: Loose) => e.node.id)
  }

  test('hold members only, and are listed with the company', async () => {
    expect((await open(ann, id, [bob])).code).toBe('NOT_FOUND')
    await c.join(ann, id, bob)
    const chatId = await opened(bob, [ann])
    expect(await chatSeen(ann, chatId)).toEqual({ kind: 'COMPANY', archivedAt: null, company: { id, name: 'Freight' } })
    expect((await chatting.add(bob, chatId, [eve])).code).toBe('NOT_FOUND')
    await c.join(ann, id, eve)
    expect((await chatting.add(bob, chatId, [eve])).chat.participantCount).toBe(3)
    const group = await chatting.create(ann, { kind: 'GROUP', title: 'Else', participantIds: [] })
    expect(await chatsOf(ann, id)).toEqual([chatId])
    const filtered = 'query ($f: ChatFilter) { viewer { chats(filter: $f) { edges { node { id } } } } }'
    const listed = async (f: object) => (await ann.ask(filtered, { f })).viewer.chats.edges.map((e: Loose) => e.node.id)
    expect(await listed({ companyId: id })).toEqual([chatId])
    expect(await listed({ kind: 'COMPANY' })).toEqual([chatId])
    expect(await listed({ kind: 'GROUP' })).toEqual([group.edge.node.id])
    expect(await listed({ companyId: chatId })).toEqual([])
    const dot = await register(house.url, 'Dot')
    await c.join(ann, id, dot)
    expect(await chatsOf(dot, id)).toEqual([]) // a member, but not in it
  })

  test('are of a company that is the viewer’s own and in use', async () => {
    const foreign = await c.companyIdOf(eve)
    expect((await open(ann, foreign, [])).code).toBe('NOT_FOUND')
    expect(await open(ann, null, [])).toMatchObject({ code: 'INVALID_INPUT', issues: [{ path: ['companyId'] }] })
    expect(await open(ann, id, [], { kind: 'GROUP' })).toMatchObject({ code: 'INVALID_INPUT' })
    await c.archiveCompany(ann, id)
    expect((await open(ann, id, [])).code).toBe('STATE_CONFLICT')
  })

  test('lose who is removed from the company, and tell them nothing that follows', async () => {
    const bobs = await c.join(ann, id, bob)
    const chats = [await opened(ann, [bob]), await opened(bob, [ann])]
    const group = (await chatting.create(ann, { kind: 'GROUP', title: 'Else', participantIds: [bob.id] })).edge.node.id
    const feeds = chats.map(chatId => follow(bob, chatFeed, { id: chatId }))
    await eventually(() => feeds.every(f => f.frames.length > 0))
    await c.removeMember(ann, bobs)
    for (const feed of feeds) {
      await over(feed)
      expect(feed.events().at(-1)).toMatchObject({ __typename: 'StreamClosed', reason: 'ACCESS_REVOKED' })
    }
    for (const chatId of chats) expect(await chatSeen(bob, chatId)).toBeNull()
    expect(await chatSeen(bob, group)).not.toBeNull()
    await send(ann, chats[0] ?? '', 'now that he is gone')
    expect(JSON.stringify(feeds.map(f => f.frames))).not.toContain('now that he is gone')
    // He owned the second one: its other person does now.
    await eventually(async () => (await chatting.archive(ann, chats[1] ?? '')).chat)
    await c.join(ann, id, bob)
    expect(await chatSeen(bob, chats[0] ?? '')).toBeNull()
  })

  test('are left by who leaves the company, and taken up by who was let in again', async () => {
    const bobs = await c.join(ann, id, bob)
    const chatId = await opened(ann, [bob])
    await c.removeMember(bob, bobs)
    await eventually(async () => (await chatSeen(bob, chatId)) === null)
    await c.join(ann, id, bob)
    expect((await chatting.add(ann, chatId, [bob])).chat.participantCount).toBe(2)
    expect(await chatSeen(bob, chatId)).not.toBeNull()
  })

  test('are archived with the company, and stay so', async () => {
    await c.join(ann, id, bob)
    const chatId = await opened(ann, [bob])
    await c.archiveCompany(ann, id)
    await eventually(async () => (await chatSeen(bob, chatId)).archivedAt)
    await expect(send(bob, chatId, 'x')).rejects.toThrow('STATE_CONFLICT')
    expect((await chatting.restore(ann, chatId)).code).toBe('STATE_CONFLICT')
  })

  test('are told in the feed of the company to who gets into them', async () => {
    await c.join(ann, id, bob)
    const query = `subscription ($id: ID!) { companyEvents(companyId: $id) { position event { __typename
      ... on ChatCreated { chat { id } edge { cursor node { id title company { id } } } } } } }`
    const [anns, bobs] = [ann, bob].map(who => follow(who, query, { id })) as [Loose, Loose]
    await eventually(() => anns.frames.length > 0 && bobs.frames.length > 0)
    const first = await opened(ann, [])
    const second = await opened(ann, [bob])
    await heard(anns, (e: Loose) => e.chat?.id === second)
    await heard(bobs, (e: Loose) => e.chat?.id === second)
    const created = (feed: Loose): Loose[] => feed.events().filter((e: Loose) => e.__typename === 'ChatCreated')
    const told = (feed: Loose) => created(feed).map(e => e.chat.id)
    expect([told(anns), told(bobs)]).toEqual([[first, second], [second]])
    expect(created(bobs)[0]?.edge.node).toMatchObject({ title: 'Team', company: { id } })
    anns.stop()
    bobs.stop()
  })
})

describe('who comes in while they are removed', () => {
  let fresh: Awaited<ReturnType<typeof freshDatabase>>
  beforeAll(async () => {
    fresh = await freshDatabase()
  })
  afterAll(() => fresh.drop())

  test('is removed again: the participant that was added too late is undone, the last owner has an heir', async () => {
    const shop = openWorkshop(fresh.url)
    try {
      const tell = shop.dispatch
      const [ann, bob] = [await newUser(tell), await newUser(tell)]
      const [companyId, chatId, second] = [newId(), newId(), newId()]
      const details = { inn: c.freshInn(), name: 'Freight', kpp: null, ogrn: null, legalAddress: null }
      await done(tell('CreateCompany', { companyId, ...details }, ann))
      await done(tell('AddCompanyMember', { companyId, userId: bob, role: 'MEMBER' }, ann))
      const room = (id: string, participantIds: string[]) => ({
        chatId: id,
        kind: 'COMPANY',
        title: 'T',
        companyId,
        participantIds,
      })
      await done(tell('CreateChat', room(chatId, []), ann))
      await done(tell('CreateChat', room(second, [ann]), bob))
      const ask = (args: { companyId: string; userId: string | null }) =>
        companyChatIds(shop.database.db as never, args)
      shop.work()
      shop.react([companyChats({ dispatch: shop.carry, companyChatIds: ask })])
      const isIn = async (chat: string) =>
        (
          await shop.query('select 1 from participants where chat_id = $1 and user_id = $2 and left_at is null', [
            chat,
            bob,
          ])
        ).length > 0
      await done(tell('RemoveCompanyMember', { companyId, userId: bob }, bob))
      await eventually(async () => !(await isIn(second)))
      // As if AddParticipants had asked who is a member before the removal, and been appended after it and its process.
      const late = chatEvents.make.ParticipantAdded({ userId: bob, role: 'OWNER', companyId })
      const head = (await shop.store.heads([`chat-${chatId}`])).get(`chat-${chatId}`)
      const { encode } = await import('../src/kernel/codec.ts')
      await shop.store.append({
        ...{ scope: ann, command: newId(), hash: Buffer.from('x'), tenant: null, actor: ann, correlation: null },
        ...{ causation: null, stream: `chat-${chatId}`, expect: null, guard: head?.guard ?? null },
        ...{ events: [encode(chatEvents, late)], claims: [], rows: null },
      })
      await eventually(
        async () =>
          (
            await shop.query("select 1 from events where stream = $1 and type = 'ParticipantRemoved'", [
              `chat-${chatId}`,
            ])
          ).length > 0,
      )
      await eventually(async () => !(await isIn(chatId)))
      await eventually(async () => {
        const [row] = await shop.query<{ role: string }>(
          'select role from participants where chat_id = $1 and user_id = $2',
          [second, ann],
        )
        return row?.role === 'OWNER'
      })

      // As if RestoreChat had asked whether the company is archived before it was.
      const archivals = async () =>
        (await shop.query("select 1 from events where stream = $1 and type = 'ChatArchived'", [`chat-${second}`]))
          .length
      await done(tell('ArchiveCompany', { companyId }, ann))
      await eventually(async () => (await archivals()) === 1)
      await shop.store.append({
        ...{ scope: ann, command: newId(), hash: Buffer.from('y'), tenant: null, actor: ann, correlation: null },
        ...{ causation: null, stream: `chat-${second}`, expect: null },
        guard: (await shop.store.heads([`chat-${second}`])).get(`chat-${second}`)?.guard ?? null,
        ...{ events: [encode(chatEvents, chatEvents.make.ChatRestored({}))], claims: [], rows: null },
      })
      await eventually(async () => (await archivals()) === 2)
      expect(await shop.differences()).toEqual([])
    } finally {
      await shop.close()
    }
  })
})

describe('decided', () => {
  const { ChatCreated, ParticipantAdded, ParticipantRemoved, ParticipantRoleChanged, ChatArchived } = chatEvents.make
  const [companyId, chatId, owner, admin, member] = Array.from({ length: 5 }, newId) as [
    string,
    string,
    string,
    string,
    string,
  ]
  const created = ChatCreated({ kind: 'COMPANY', pair: null, companyId }, { title: 'Team' })
  const joined = (userId: string, role: 'OWNER' | 'ADMIN' | 'MEMBER') => ParticipantAdded({ userId, role, companyId })
  const room = given(chat, [created, joined(owner, 'OWNER'), joined(member, 'MEMBER'), joined(admin, 'ADMIN')])
  const env = (members: string[], archived = false) => ({ actor: nobody, facts: { company: { archived, members } } })

  test('a former member is removed, a member is not, and an owner has an heir', () => {
    room.when('RemoveFormerMember', { chatId, userId: member }, env([])).then([ParticipantRemoved({ userId: member })])
    room.when('RemoveFormerMember', { chatId, userId: member }, env([member])).then([])
    room.when('RemoveFormerMember', { chatId, userId: newId() }, env([])).then([])
    room
      .when('RemoveFormerMember', { chatId, userId: owner }, env([]))
      .then([ParticipantRemoved({ userId: owner }), ParticipantRoleChanged({ userId: admin, role: 'OWNER' })])
    const alone = given(chat, [created, joined(owner, 'OWNER')])
    alone
      .when('RemoveFormerMember', { chatId, userId: owner }, env([]))
      .then([ParticipantRemoved({ userId: owner }), ChatArchived({})])
    given(chat, []).when('RemoveFormerMember', { chatId, userId: owner }, env([])).then([])
  })
  test('a group is not touched by what happens to companies', () => {
    const group = given(chat, [
      ChatCreated({ kind: 'GROUP', pair: null, companyId: null }, { title: 'G' }),
      ParticipantAdded({ userId: owner, role: 'OWNER' }),
    ])
    group.when('RemoveFormerMember', { chatId, userId: owner }, env([])).then([])
    group.when('ArchiveWithCompany', { chatId }, env([], true)).then([])
  })
  test('a chat is archived with its company, once, and not before', () => {
    room.when('ArchiveWithCompany', { chatId }, env([], true)).then([ChatArchived({})])
    room.when('ArchiveWithCompany', { chatId }, env([])).then([])
    given(chat, [created, ChatArchived({})])
      .when('ArchiveWithCompany', { chatId }, env([], true))
      .then([])
  })
  test('events of before there were companies are of none', () => {
    const raw = {
      id: 'e',
      stream: `chat-${chatId}`,
      revision: 0,
      position: 1n,
      at: new Date(0),
      tenant: null,
      actor: owner,
      command: 'c',
      v: 1,
      bump: true,
      personal: null,
    }
    const old = decode(chatEvents, { ...raw, type: 'ChatCreated', data: '{"kind":"GROUP","pair":null}' })
    expect(old.data).toEqual({ kind: 'GROUP', pair: null, companyId: null })
    const added = decode(chatEvents, {
      ...raw,
      type: 'ParticipantAdded',
      data: JSON.stringify({ userId: owner, role: 'OWNER' }),
    })
    expect(added.data).toEqual({ userId: owner, role: 'OWNER' })
  })
})
