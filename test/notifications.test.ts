import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Loose, openGroup, type Person, password, register } from './client.ts'
import { type House, openHouse } from './house.ts'
import { act, done } from './live/acts.ts'
import { follow, heard } from './live/subscribing.ts'
import { mailsTo, mailTo, rowsOf, tokenIn } from './mails.ts'

// What people are told beside what they look at: in the app, and by one mail for all that they have not read.

let house: House
beforeAll(async () => {
  house = await openHouse({ MAIL_DELAY_SECONDS: '0' })
})
afterAll(() => house.close())

const listDocument = `query ($filter: NotificationFilter, $after: String, $first: Int) { viewer { unreadNotificationCount
  notifications(filter: $filter, after: $after, first: $first) { pageInfo { hasNextPage endCursor } edges { cursor node { id
    category title body readAt actor { id } subject { __typename ... on Message { id } ... on Company { id } } } } } } }`
const notified = async (who: Person, variables: object = {}) => {
  const { viewer } = await who.ask(listDocument, variables)
  return {
    ...viewer.notifications,
    nodes: viewer.notifications.edges.map((e: Loose) => e.node),
    unread: viewer.unreadNotificationCount,
  }
}
const told = (who: Person, count: number) =>
  eventually(async () => {
    const list = await notified(who)
    return list.nodes.length >= count ? list : null
  })
async function mention(from: Person, chatId: string, whom: readonly Person[], text = 'look'): Promise<string> {
  const input = { chatId, content: { text }, mentionedUserIds: whom.map(p => p.id) }
  const { edge } = await done(from, 'sendMessage', input, 'edge { node { id } }')
  return edge.node.id
}
/** Registered, with an address that is confirmed. */
async function confirmed(name: string, url = house.url): Promise<Person> {
  const person = await register(url, name)
  await done(person, 'verifyEmail', { token: tokenIn(await mailTo(url, person.email, 'Confirm')) })
  return person
}
const idle = (url = house.databaseUrl) =>
  eventually(async () => {
    const [behind] = await rowsOf<{ n: string }>(
      url,
      `select (select count(*) from tasks where failed_at is null)
        + (select count(*) from events where position > (select position from checkpoints where consumer = 'notify')) n`,
    )
    return behind?.n === '0'
  })
const digests = async (of: Person) =>
  (await mailsTo(house.url, of.email)).filter(mail => !mail.subject.includes('Confirm'))

test('who is mentioned is told, on the spot and in the list; the author and others are not', async () => {
  const [ann, bob, cat] = (await Promise.all(['Ann', 'Bob', 'Cat'].map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
  ]
  const { id } = await openGroup(ann, [bob, cat])
  const { viewer } = await bob.ask('{ viewer { inboxPosition } }')
  const inbox = follow(
    bob,
    `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
      ... on NotificationCreated { actor { id } edge { cursor node { title } } viewer { unreadNotificationCount } }
      ... on NotificationsChanged { notifications { id readAt } readUpTo viewer { unreadNotificationCount } } } } }`,
    { after: viewer.inboxPosition },
  )
  const messageId = await mention(ann, id, [bob, ann], 'look, Bob')
  const news = await heard(inbox, e => e.__typename === 'NotificationCreated')
  expect(news).toMatchObject({
    actor: { id: ann.id },
    edge: { node: { title: 'Ann mentioned you' } },
    viewer: { unreadNotificationCount: 1 },
  })
  const list = await notified(bob)
  expect(list).toMatchObject({
    unread: 1,
    nodes: [
      {
        category: 'MENTION',
        title: 'Ann mentioned you',
        body: 'look, Bob',
        readAt: null,
        actor: { id: ann.id },
        subject: { __typename: 'Message', id: messageId },
      },
    ],
  })
  expect(news.edge.cursor).toBe(list.edges[0].cursor)

  const read = await done(
    bob,
    'markNotificationsAsRead',
    { target: { ids: [list.nodes[0].id] } },
    'notifications { readAt } viewer { unreadNotificationCount }',
  )
  expect(read).toMatchObject({
    notifications: [{ readAt: expect.any(String) }],
    viewer: { unreadNotificationCount: 0 },
  })
  const changed = await heard(inbox, e => e.__typename === 'NotificationsChanged')
  expect(changed).toMatchObject({
    notifications: [{ id: list.nodes[0].id, readAt: expect.any(String) }],
    readUpTo: null,
  })
  inbox.stop()
  await idle()
  expect([(await notified(ann)).nodes, (await notified(cat)).nodes]).toEqual([[], []])
})

test('the text is that of now: of a deleted message there is none, and who left sees nothing of it', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const { id } = await openGroup(ann, [bob])
  const first = await mention(ann, id, [bob], 'a secret')
  await mention(ann, id, [bob], 'another')
  await told(bob, 2)
  await done(ann, 'deleteMessage', { messageId: first })
  expect((await notified(bob)).nodes.map((n: Loose) => n.body)).toEqual(['another', null])
  await done(bob, 'leaveChat', { chatId: id })
  expect((await notified(bob)).nodes.map((n: Loose) => [n.body, n.subject])).toEqual([
    [null, null],
    [null, null],
  ])
})

test('a mention that is written into a message later is told once, whatever is edited after', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const { id } = await openGroup(ann, [bob])
  const messageId = await mention(ann, id, [], 'look')
  for (const body of ['look, Bob', 'look, Bob!'])
    await done(ann, 'editMessage', { messageId, body, mentionedUserIds: [bob.id] })
  await told(bob, 1)
  await idle()
  expect((await notified(bob)).nodes).toHaveLength(1)
})

test('lists by page, by category, read and unread; read by moment and by chat; nothing of others is touched', async () => {
  const [ann, bob, eve] = (await Promise.all(['Ann', 'Bob', 'Eve'].map(name => register(house.url, name)))) as [
    Person,
    Person,
    Person,
  ]
  const [one, two] = [await openGroup(ann, [bob, eve]), await openGroup(ann, [bob])]
  for (const chat of [one, one, two]) await mention(ann, chat.id, [bob])
  await mention(ann, one.id, [eve])
  await told(bob, 3)
  await told(eve, 1)
  const page = await notified(bob, { first: 2 })
  expect(page.pageInfo.hasNextPage).toBe(true)
  const rest = await notified(bob, { first: 2, after: page.pageInfo.endCursor })
  expect(rest.pageInfo.hasNextPage).toBe(false)
  expect(new Set([...page.nodes, ...rest.nodes].map((n: Loose) => n.id)).size).toBe(3)
  const fields = 'notifications { id } readUpTo viewer { unreadNotificationCount }'

  const foreign = (await notified(eve)).nodes[0].id
  expect(await done(bob, 'markNotificationsAsRead', { target: { ids: [foreign, 'rubbish'] } }, fields)).toMatchObject({
    notifications: [],
    viewer: { unreadNotificationCount: 3 },
  })
  const byChat = await done(bob, 'markNotificationsAsRead', { target: { chatId: one.id } }, fields)
  expect(byChat).toMatchObject({ notifications: [{}, {}], readUpTo: null, viewer: { unreadNotificationCount: 1 } })
  expect((await notified(bob, { filter: { unread: true } })).nodes).toHaveLength(1)
  expect((await notified(bob, { filter: { unread: false } })).nodes).toHaveLength(2)
  expect((await notified(bob, { filter: { category: ['COMPANY', 'SYSTEM'] } })).nodes).toEqual([])
  const now = new Date().toISOString()
  expect(await done(bob, 'markNotificationsAsRead', { target: { createdUpTo: now } }, fields)).toMatchObject({
    readUpTo: now,
    viewer: { unreadNotificationCount: 0 },
  })
  expect((await notified(eve)).unread).toBe(1)
})

test('a new password is told, and preferences hold from then on', async () => {
  const ann = await confirmed('Ann')
  const change = async (from: string, to: string) =>
    done(ann, 'changePassword', { currentPassword: from, newPassword: to })
  await change(password, 'a first other password')
  expect((await told(ann, 1)).nodes[0]).toMatchObject({
    category: 'SYSTEM',
    title: 'Your password was changed',
    actor: null,
  })
  await mailTo(house.url, ann.email, 'password was changed')
  const none = { preferences: [{ category: 'SYSTEM', channels: [] }] }
  const set = await done(
    ann,
    'updateNotificationPreferences',
    none,
    'viewer { notificationPreferences { category channels } }',
  )
  expect(set.viewer.notificationPreferences).toEqual([
    { category: 'MENTION', channels: ['EMAIL', 'IN_APP'] },
    { category: 'MESSAGE', channels: ['EMAIL'] },
    { category: 'COMPANY', channels: ['EMAIL', 'IN_APP'] },
    { category: 'SYSTEM', channels: [] },
  ])
  await change('a first other password', 'a second other password')
  await idle()
  expect((await notified(ann)).nodes).toHaveLength(1)
  expect(await digests(ann)).toHaveLength(1)
})

test.each([
  [
    {
      preferences: [
        { category: 'SYSTEM', channels: [] },
        { category: 'SYSTEM', channels: ['EMAIL'] },
      ],
    },
  ],
  [{ preferences: [{ category: 'SYSTEM', channels: ['TELEGRAM'] }] }],
  [{ preferences: [{ category: 'MESSAGE', channels: ['IN_APP'] }] }],
  [{ preferences: [{ category: 'SYSTEM', channels: ['EMAIL', 'EMAIL', 'EMAIL', 'EMAIL'] }] }],
])('%j is refused', async input => {
  const ann = await register(house.url, 'Ann')
  expect(await act(ann, 'updateNotificationPreferences', input)).toMatchObject({ __typename: 'ValidationError' })
})

test('one mail for all that is unread, nothing of what was read, muted, deleted or left, and of each thing one mail ever', async () => {
  const slow = await openHouse({ MAIL_DELAY_SECONDS: '3600' })
  try {
    const [ann, bob] = [await register(slow.url, 'Ann <b>'), await confirmed('Bob', slow.url)]
    const [open, muted, left, read] = [
      await openGroup(ann, [bob]),
      await openGroup(ann, [bob]),
      await openGroup(ann, [bob]),
      await openGroup(ann, [bob]),
    ]
    for (let n = 0; n < 5; n++) await mention(ann, open.id, [bob], `news ${n} <i>`)
    const gone = await mention(ann, open.id, [bob], 'a secret')
    for (const [chat, text] of [
      [muted, 'muted'],
      [left, 'left'],
      [read, 'read'],
    ] as const)
      await mention(ann, chat.id, [bob], text)
    await told(bob, 9)
    await done(ann, 'deleteMessage', { messageId: gone })
    await done(bob, 'muteChat', { chatId: muted.id })
    await done(bob, 'leaveChat', { chatId: left.id })
    const { chat } = await bob.ask('query ($id: ID!) { chat(id: $id) { lastMessage { id } } }', { id: read.id })
    await done(bob, 'markMessagesAsRead', { chatId: read.id, upToMessageId: chat.lastMessage.id })

    await rowsOf(slow.databaseUrl, 'update tasks set due_at = clock_timestamp()')
    await idle(slow.databaseUrl)
    const mails = (await mailsTo(slow.url, bob.email)).filter(mail => !mail.subject.includes('Confirm'))
    expect(mails.map(mail => mail.subject)).toEqual(['5 new notifications'])
    for (let n = 0; n < 5; n++) expect(mails[0]?.text).toContain(`Ann <b> mentioned you:\nnews ${n} <i>`)
    expect(mails[0]?.text).not.toMatch(/secret|muted|left|read\b.*\n\nAnn/)
    expect(mails[0]?.html).toContain('Ann &lt;b&gt; mentioned you:<br>news 0 &lt;i&gt;')
    expect(mails[0]?.html).not.toContain('<b>')
  } finally {
    await slow.close()
  }
})

test('an address that is not confirmed gets no mail of what others write', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const { id } = await openGroup(ann, [bob])
  await mention(ann, id, [bob])
  await told(bob, 1)
  await idle()
  expect(await digests(bob)).toEqual([])
})

test('nobody is told of what they did themselves; a muted chat tells nothing at all', async () => {
  const [ann, bob] = [await confirmed('Ann'), await confirmed('Bob')]
  const { id } = await openGroup(ann, [bob])
  await done(bob, 'muteChat', { chatId: id })
  await mention(ann, id, [ann, bob])
  await idle()
  expect([(await notified(ann)).nodes, (await notified(bob)).nodes]).toEqual([[], []])
  expect([await digests(ann), await digests(bob)]).toEqual([[], []])
})
