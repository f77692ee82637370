import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getNamedType, isInterfaceType, isLeafType, isObjectType } from 'graphql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { schema } from '../src/api/schema.ts'
import { type Asked, asking, type Nodes, nodesOf } from './authorization/ask.ts'
import { again, type Cast, makeCast, makeRoom, ownRoom, type Room } from './authorization/cast.ts'
import { holders, lines, people, type Who } from './authorization/table.ts'
import { connect, type Loose, type Person, post } from './client.ts'
import { type House, openHouse } from './house.ts'

// Who may what: every root field and every field of every node, asked by each of seven people of the real server.

const types = Object.values(schema.getTypeMap()).filter(isObjectType)
const roots = ['Query', 'Mutation', 'Subscription']
const isNode = (type: (typeof types)[number]) => type.getInterfaces().some(i => isInterfaceType(i) && i.name === 'Node')
const fields = types
  .filter(type => roots.includes(type.name) || isNode(type))
  .flatMap(type => Object.values(type.getFields()).map(field => ({ name: `${type.name}.${field.name}`, field })))

let dir: string
let house: House
let cast: Cast
let room: Room
let nodes: Nodes
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'files-'))
  house = await openHouse({ FILES_DIR: dir })
  cast = await makeCast(house.url)
  room = await makeRoom(cast)
  nodes = await nodesOf(room, cast.owner)
})
afterAll(async () => {
  await house.close()
  rmSync(dir, { recursive: true, force: true })
})

test('every field has its line, and every line its field', () => {
  expect(Object.keys(lines).sort()).toEqual(fields.map(f => f.name).sort())
})

test.each(Object.entries(holders))('%s is held by nothing else', (type, expected) => {
  const all = types.flatMap(of =>
    Object.values(of.getFields()).map(f => ({ name: `${of.name}.${f.name}`, type: getNamedType(f.type).name })),
  )
  expect(
    all
      .filter(f => f.type === type)
      .map(f => f.name)
      .sort(),
  ).toEqual([...expected].sort())
})

test.each(fields)('$name', async ({ name, field }) => {
  const leaf = isLeafType(getNamedType(field.type))
  const ask = (of: Room) => asking(name, leaf, of, cast, nodes)
  const here = name.startsWith('Mutation.') ? await ownRoom(room, cast, ask) : room
  const got: Record<string, string> = {}
  for (const who of people) {
    const person = who === 'anonymous' ? null : name === 'Mutation.logout' ? await again(cast[who]) : cast[who]
    got[who] = await outcomeOf(await ask(here), person)
  }
  expect(got).toEqual(lines[name])
})

const words: Record<string, string> = {
  UNAUTHENTICATED: '401',
  NOT_FOUND: 'gone',
  FORBIDDEN: 'no',
  INVALID_CREDENTIALS: 'wrong',
  STATE_CONFLICT: 'keep',
  TOKEN_EXPIRED: 'old',
  EXTERNAL_UNAVAILABLE: 'away',
}

/** What came of it, in a word of the table. */
async function outcomeOf({ query, variables, read }: Asked, person: Person | null): Promise<string> {
  const live = query.startsWith('subscription')
  const { data, errors }: Loose = live
    ? await firstFrame(person, query, variables)
    : await post(house.url, query, variables, person?.accessToken)
  const code = errors?.[0]?.extensions?.code
  if (code) return words[code] ?? code
  const value: Loose = read(data)
  if (value == null) return 'gone'
  if (value.code) return words[value.code] ?? value.code
  return typeof value === 'string' ? value : 'yes'
}

/** The first frame of a subscription over a socket, or why there is none. */
async function firstFrame(person: Person | null, query: string, variables: object = {}): Promise<Loose> {
  const client = connect(person, house.url)
  const frames = client.iterate({ query, variables: { ...variables } })
  const { value } = await frames.next()
  await frames.return?.()
  await client.dispose()
  return value
}

/** Ids of a kind that all have to sound alike: somebody else's, one that could be but is not, one of another type, and rubbish. */
const absent = (type: string, parts: number) =>
  Buffer.from(`${type}:${Array(parts).fill(crypto.randomUUID()).join('.')}`).toString('base64url')
const ids: Record<string, (room: Room) => readonly string[]> = {
  Chat: r => [r.chatId, absent('Chat', 1), absent('Chat', 2), r.messageId, 'Q2hhdDox', '../etc/passwd', ''],
  Message: r => [
    r.messageId,
    absent('Message', 1),
    absent('Message', 2),
    r.chatId,
    absent('ChatParticipant', 2),
    'rubbish',
    '',
  ],
  File: r => [r.fileId, absent('File', 1), absent('File', 2), r.chatId, 'rubbish', ''],
  Session: r => [nodes.Session ?? '', absent('Session', 1), absent('Session', 2), r.chatId, 'rubbish', ''],
  ChatParticipant: r => [
    r.guestPartId,
    absent('ChatParticipant', 2),
    r.chatId,
    absent('ChatParticipant', 1),
    'rubbish',
    '',
  ],
  Company: r => [r.companyId, absent('Company', 1), absent('Company', 2), r.chatId, 'Q29tcGFueTo', '../etc/passwd', ''],
  MessageTemplate: r => [
    r.templateId,
    absent('MessageTemplate', 1),
    absent('MessageTemplate', 2),
    r.companyId,
    'rubbish',
    '',
  ],
  CompanyInvitation: r => [
    r.invitationId,
    absent('CompanyInvitation', 2),
    absent('CompanyInvitation', 1),
    r.companyId,
    'x',
    '',
  ],
  CompanyMember: r => [
    r.guestMemberId,
    absent('CompanyMember', 2),
    absent('CompanyMember', 1),
    r.companyId,
    'rubbish',
    '',
  ],
}
const result = '{ __typename ... on Error { code message } ... on NotFoundError { missingIds } }'
const asked: readonly [name: string, type: string, query: string][] = [
  ['chat', 'Chat', 'query ($id: ID!) { chat(id: $id) { id title } }'],
  ...[
    'Chat',
    'Message',
    'ChatParticipant',
    'Company',
    'CompanyMember',
    'CompanyInvitation',
    'File',
    'MessageTemplate',
    'Session',
  ].map(
    type =>
      [`node of ${type}`, type, 'query ($id: ID!) { node(id: $id) { id __typename } }'] as [string, string, string],
  ),
  ['nodes', 'Message', 'query ($id: ID!) { nodes(ids: [$id, $id]) { id } }'],
  ...['archiveChat', 'restoreChat', 'deleteChat', 'leaveChat', 'updateChat'].map(
    name =>
      [name, 'Chat', `mutation ($id: ID!) { ${name}(input: { chatId: $id }) ${result} }`] as [string, string, string],
  ),
  [
    'updateChat with a version',
    'Chat',
    `mutation ($id: ID!) { updateChat(input: { chatId: $id, title: "x", expectedVersion: 99 }) ${result} }`,
  ],
  [
    'addParticipants',
    'Chat',
    `mutation ($id: ID!, $user: ID!) { addParticipants(input: { chatId: $id, userIds: [$user] }) ${result} }`,
  ],
  [
    'sendMessage',
    'Chat',
    `mutation ($id: ID!) { sendMessage(input: { chatId: $id, content: { text: "x" } }) ${result} }`,
  ],
  [
    'markMessagesAsRead',
    'Chat',
    `mutation ($id: ID!, $message: ID!) { markMessagesAsRead(input: { chatId: $id, upToMessageId: $message }) ${result} }`,
  ],
  [
    'editMessage',
    'Message',
    `mutation ($id: ID!) { editMessage(input: { messageId: $id, body: "x", expectedVersion: 99 }) ${result} }`,
  ],
  ...['completeFileUpload', 'deleteFile'].map(
    name =>
      [name, 'File', `mutation ($id: ID!) { ${name}(input: { fileId: $id }) ${result} }`] as [string, string, string],
  ),
  ['deleteMessage', 'Message', `mutation ($id: ID!) { deleteMessage(input: { messageId: $id }) ${result} }`],
  [
    'removeParticipant',
    'ChatParticipant',
    `mutation ($id: ID!) { removeParticipant(input: { participantId: $id }) ${result} }`,
  ],
  [
    'changeParticipantRole',
    'ChatParticipant',
    `mutation ($id: ID!) { changeParticipantRole(input: { participantId: $id, role: OWNER, expectedVersion: 99 }) ${result} }`,
  ],
  ['setTyping', 'Chat', `mutation ($id: ID!) { setTyping(input: { chatId: $id, active: true }) ${result} }`],
  ['typing', 'Chat', 'subscription ($id: ID!) { typing(chatId: $id) { active } }'],
  ['endSession', 'Session', `mutation ($id: ID!) { endSession(input: { sessionId: $id }) ${result} }`],
  [
    'inviteCompanyMember',
    'Company',
    `mutation ($id: ID!) { inviteCompanyMember(input: { companyId: $id, email: "x@example.com", role: OWNER }) ${result} }`,
  ],
  [
    'revokeCompanyInvitation',
    'CompanyInvitation',
    `mutation ($id: ID!) { revokeCompanyInvitation(input: { invitationId: $id }) ${result} }`,
  ],
  ['companyEvents', 'Company', 'subscription ($id: ID!) { companyEvents(companyId: $id) { position } }'],
  ['company', 'Company', 'query ($id: ID!) { company(by: { id: $id }) { id name } }'],
  [
    'updateCompany',
    'Company',
    `mutation ($id: ID!) { updateCompany(input: { companyId: $id, name: "x", expectedVersion: 99 }) ${result} }`,
  ],
  ['archiveCompany', 'Company', `mutation ($id: ID!) { archiveCompany(input: { companyId: $id }) ${result} }`],
  [
    'addCompanyMember',
    'Company',
    `mutation ($id: ID!, $user: ID!) { addCompanyMember(input: { companyId: $id, user: { id: $user }, role: OWNER }) ${result} }`,
  ],
  [
    'removeCompanyMember',
    'CompanyMember',
    `mutation ($id: ID!) { removeCompanyMember(input: { memberId: $id }) ${result} }`,
  ],
  [
    'changeCompanyMemberRole',
    'CompanyMember',
    `mutation ($id: ID!) { changeCompanyMemberRole(input: { memberId: $id, role: OWNER, expectedVersion: 99 }) ${result} }`,
  ],
  [
    'createTemplate',
    'Company',
    `mutation ($id: ID!) { createTemplate(input: { companyId: $id, name: "x", body: "x" }) ${result} }`,
  ],
  [
    'updateTemplate',
    'MessageTemplate',
    `mutation ($id: ID!) { updateTemplate(input: { templateId: $id, name: "x", expectedVersion: 99 }) ${result} }`,
  ],
  ['deleteTemplate', 'MessageTemplate', `mutation ($id: ID!) { deleteTemplate(input: { templateId: $id }) ${result} }`],
  ['chatEvents', 'Chat', 'subscription ($id: ID!) { chatEvents(chatId: $id) { position } }'],
]

test.each(asked)('absent, forbidden and forged look alike: %s', async (_name, type, query) => {
  for (const who of ['anonymous', 'stranger', 'removed'] satisfies Who[]) {
    const person = who === 'anonymous' ? null : cast[who]
    const answers = new Set<string>()
    for (const id of ids[type]?.(room) ?? []) {
      const all: Loose = { id, user: cast.guest.id, message: room.messageId }
      const variables = Object.fromEntries(Object.entries(all).filter(([name]) => query.includes(`$${name}: ID!`)))
      const answer = query.startsWith('subscription')
        ? await firstFrame(person, query, variables)
        : await post(house.url, query, variables, person?.accessToken)
      answers.add(JSON.stringify(answer).replaceAll(JSON.stringify(id), '"<id>"'))
    }
    expect([...answers]).toHaveLength(1)
    expect([...answers][0]).toMatch(person ? /NOT_FOUND|null/ : /UNAUTHENTICATED/)
  }
})
