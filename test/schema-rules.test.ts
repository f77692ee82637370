import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'
import { expect, test } from 'vitest'
import { problemsOf } from '../scripts/operation-rules.ts'
import { breaking, rules } from '../scripts/schema-rules.ts'
import { schema } from '../src/api/schema.ts'
import { tabs } from '../src/api/tabs.ts'

// Each rule for schemas finds its planted violation, and nothing in the schema that is.

const sdl = readFileSync('schema.graphql', 'utf8')

/** The schema with something else in a place of it. */
function planted(replaced: string | RegExp, by: string) {
  expect(sdl.split(replaced).length, `${replaced} stands in schema.graphql once`).toBe(2)
  return buildSchema(sdl.replace(replaced, by))
}

test.each(Object.entries(rules))('%s: the schema that is breaks nothing', (_name, rule) => {
  expect(rule(buildSchema(sdl))).toEqual([])
})

const archive = 'input: ArchiveChatInput!\n  ): ArchiveChatResult'
const end = '  user: User!\n}'
const last = / {2}user: User!\n\}(?=\n\n"{3}.+\ntype ViewerUpdated)/
const plants: [rule: keyof typeof rules, replaced: string | RegExp, by: string, problem: string][] = [
  ['descriptions', /"""[^"]+"""\n(?=type Chat implements)/, '', 'Chat has no description'],
  ['descriptions', /"""[^"]+"""\n {2}(?=email: String![^{}]*emailVerifiedAt)/, '', 'Viewer.email has no description'],
  ['descriptions', /(?<=input UserFilter \{\s+)"""[^"]+"""/, '', 'UserFilter.companyId has no description'],
  ['descriptions', /(?<= {2}user\(\s+)"""[^"]+"""/, '', 'Query.user(id:) has no description'],
  ['descriptions', /"""[^"]+"""\n {2}(?=GROUP\n)/, '', 'ChatKind.GROUP has no description'],
  ['descriptions', /"""[^"]+"""\n(?=directive @viewer)/, '', '@viewer has no description'],
  ['enumValues', '  GROUP\n', '  Group\n', 'ChatKind.Group is not UPPER_CASE'],
  [
    'mutations',
    archive,
    'chat: ArchiveChatInput!\n  ): ArchiveChatResult',
    'Mutation.archiveChat takes (chat: ArchiveChatInput!) and not (input: ArchiveChatInput!)',
  ],
  [
    'mutations',
    archive,
    'input: LeaveChatInput!\n  ): ArchiveChatResult',
    'Mutation.archiveChat takes (input: LeaveChatInput!) and not (input: ArchiveChatInput!)',
  ],
  [
    'mutations',
    archive,
    'input: ArchiveChatInput!, "Again." force: Boolean\n  ): ArchiveChatResult',
    'Mutation.archiveChat takes (input: ArchiveChatInput!, force: Boolean) and not (input: ArchiveChatInput!)',
  ],
  [
    'mutations',
    archive,
    `${archive}!`,
    'Mutation.archiveChat gives ArchiveChatResult! and not the union ArchiveChatResult, nullable',
  ],
  [
    'mutations',
    'union ArchiveChatResult = ArchiveChatPayload | ',
    'union ArchiveChatResult = ',
    'ArchiveChatResult has no ArchiveChatPayload',
  ],
  [
    'mutations',
    'union ArchiveChatResult = ',
    'union ArchiveChatResult = Chat | ',
    'ArchiveChatResult has Chat, which is neither its payload nor an Error',
  ],
  ['inputs', last, `${end}\n"Nobody's." input StrayInput { "It." id: ID! }`, 'StrayInput is the input of no mutation'],
  ['connections', /(?<=type UserEdge [^}]+cursor: )String/, 'ID', 'UserEdge has no cursor: String!'],
  ['connections', 'edges: [UserEdge!]!', 'edges: [UserEdge]!', 'UserConnection has no edges: [UserEdge!]!'],
  [
    'connections',
    last,
    '  user: User!\n  "People." friends(first: Int): UserConnection }',
    'Viewer.friends takes no after',
  ],
  ['nodes', last, `${end}\n"No node." type Stray { "It." id: ID! }`, 'Stray has an id and is no Node'],
  ['nodes', last, '  user: User!\n  "When." seenAt: String }', 'Viewer.seenAt is no DateTime'],
  [
    'deprecations',
    / {2}email: String!\n(?=[^{}]*emailVerifiedAt)/,
    '  email: String! @deprecated(reason: "old")\n',
    'Viewer.email is deprecated without what to use, and until when (2027-01)',
  ],
  [
    'shapes',
    'deletedMessage: Message!',
    'message: Message!',
    'DeleteMessageResult: ConflictError.message is String! and DeleteMessagePayload.message is Message!',
  ],
  [
    'shapes',
    /(?<=type ParticipantRoleChanged [^}]+ {2}participant: ChatParticipant)!/,
    '',
    'MessagesMarkedAsRead.participant is ChatParticipant! and ParticipantRoleChanged.participant is ChatParticipant',
  ],
]

test.each(plants)('%s finds it: %s', (rule, replaced, by, problem) => {
  expect(rules[rule](planted(replaced, by))).toEqual(expect.arrayContaining([expect.stringContaining(problem)]))
})

test('shapes looks below edge.node, and does not mind node(id:)', () => {
  // The feed of a company tells of chats and of members: kinds of two enums could not be selected side by side.
  const found = rules.shapes(
    planted(/(?<=type CompanyMember implements [^}]+ {2})role: CompanyRole!/, 'kind: CompanyRole!'),
  )
  expect(found.join('\n')).toMatch(/^CompanyEvent: .*\.edge is .*CompanyMember\.kind is CompanyRole!/m)
  expect(found.filter(problem => problem.startsWith('Node:'))).toEqual([])
})

test('every rule has a plant', () => {
  expect([...new Set(plants.map(([rule]) => rule))].sort()).toEqual(Object.keys(rules).sort())
})

const changelog = (more: string) =>
  `# Changelog\n\n## [Unreleased]\n\n${more}\n## [0.1.0]\n\n### Breaking\n\n- \`Viewer.email\`\n`

test.each([
  ['a field that went', / {2}"""[^"]+"""\n {2}email: String!\n(?=[^{}]*emailVerifiedAt)/, '', 'Viewer.email'],
  ['a type that changed', 'participantCount: Int!', 'participantCount: Int', 'Chat.participantCount'],
  ['an argument that is required now', 'filter: UserFilter\n', 'filter: UserFilter!\n', 'Query.users.filter'],
  ['an enum value that went', / {2}"""[^"]+"""\n {2}GROUP\n/, '', 'ChatKind.GROUP'],
  ['a member that went', 'union MessageAuthor = User', 'union MessageAuthor = Session', 'MessageAuthor'],
])('%s breaks clients, unless the changelog says so', async (_name, replaced, by, path) => {
  const after = planted(replaced, by)
  expect((await breaking(buildSchema(sdl), after, changelog(''))).join('\n')).toContain(`\`${path}\``)
  expect(await breaking(buildSchema(sdl), after, changelog(`### Breaking\n\n- \`${path}\` is another.\n`))).toEqual([])
})

test('an addition breaks nobody', async () => {
  const after = planted(last, '  user: User!\n  "Your phone." phone: String }')
  expect(await breaking(buildSchema(sdl), after, changelog(''))).toEqual([])
})

test.each(tabs)('the tab $name is valid and within the limits', ({ query, variables }) => {
  expect(problemsOf(schema, query, JSON.parse(variables ?? '{}'))).toEqual([])
})

test('an operation that is not is found', () => {
  expect(problemsOf(schema, '{ nothing }')).toEqual([expect.stringContaining('nothing')])
  expect(
    problemsOf(
      schema,
      '{ viewer { chats(first: 100) { edges { node { messages(first: 100) { edges { cursor } } } } } } }',
    ),
  ).toEqual([expect.stringMatching(/^it costs \d+/)])
  const deep =
    '{ viewer { chats(first: 1) { edges { node { messages(first: 1) { edges { node { chat { messages(first: 1) { edges { node { chat { id } } } } } } } } } } } } }'
  expect(problemsOf(schema, deep)).toEqual([expect.stringMatching(/^it is \d+ deep/)])
})
