import type { Row } from './http.ts'
import type { Sent } from './wire.ts'
import { mutation, query, type World } from './world.ts'

const to = (w: World) => ({ chatId: w.chatId })
const said = (w: World, input: object) => mutation('sendMessage', { ...to(w), content: { text: 'x' }, ...input })
const bold = (offset: number, length: number) => ({ kind: 'BOLD', offset, length })
const link = (url: string) => ({ ...bold(0, 1), kind: 'LINK', url })
const ofFirm = (w: World) => ({ companyId: w.companyId, role: 'MEMBER' })
const filled = (w: World, variables: object[], templateId = w.templateId) =>
  said(w, { content: { template: { templateId, variables } } })
const number = { name: 'number', value: 'MSKU1234565' }
const port = { name: 'port', value: 'Riga' }
/** Mutations: nothing of them is stored. */
export const writes: readonly Row[] = [
  [
    'null for an input',
    {
      body: { query: 'mutation ($i: LeaveChatInput!) { leaveChat(input: $i) { __typename } }', variables: { i: null } },
    },
    '200 INVALID_INPUT',
  ],
  ['an object for an id', w => said(w, { chatId: { a: 1 } }), '200 INVALID_INPUT'],
  ['a list for text', w => said(w, { content: { text: ['a'] } }), '200 INVALID_INPUT'],
  ['an enum value that is none', mutation('createChat', { kind: 'SECRET', participantIds: [] }), '200 INVALID_INPUT'],
  ['a field that is none', w => said(w, { authorId: 'x' }), '200 INVALID_INPUT'],
  ['none of @oneOf', w => said(w, { content: {} }), '200 INVALID_INPUT'],
  ['two of @oneOf', w => said(w, { content: { text: 'a', file: 'b' } }), '200 INVALID_INPUT'],
  ['null of @oneOf', w => said(w, { content: { text: null } }), '200 INVALID_INPUT'],
  [
    'a version beyond 2^31',
    w => mutation('updateChat', { ...to(w), title: 'x', expectedVersion: 3e9 }),
    '200 INVALID_INPUT',
  ],
  ['an idempotency key that is no UUID', w => said(w, { idempotencyKey: 'x' }), '200 INVALID_INPUT'],
  ['an idempotency key of 100 KB', w => said(w, { idempotencyKey: '0'.repeat(100_000) }), '200 INVALID_INPUT'],
  ['a foreign chat', w => said(w, { chatId: w.foreignChatId }), '200 NotFoundError NOT_FOUND'],
  ['an id of another type', w => said(w, { chatId: w.messageId }), '200 NotFoundError NOT_FOUND'],
  [
    'a forged id',
    w => said(w, { chatId: Buffer.from("Chat:' or 1=1 --").toString('base64url') }),
    '200 NotFoundError NOT_FOUND',
  ],
  ['an id with padding', w => said(w, { chatId: `${w.chatId}==` }), '200 NotFoundError NOT_FOUND'],
  ['an id of 100 KB', w => said(w, { chatId: 'x'.repeat(100_000) }), '200 NotFoundError NOT_FOUND'],
  ['a reply to a foreign message', w => said(w, { replyToId: w.foreignMessageId }), '200 NotFoundError NOT_FOUND'],
  [
    'editing a foreign message',
    w => mutation('editMessage', { messageId: w.foreignMessageId, body: 'x' }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    'reading a foreign message',
    w => mutation('markMessagesAsRead', { ...to(w), upToMessageId: w.foreignMessageId }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    'a foreign participant',
    w => mutation('removeParticipant', { participantId: w.foreignParticipantId }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    'people who are none',
    w => mutation('addParticipants', { ...to(w), userIds: [w.chatId] }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    '101 people',
    w => mutation('addParticipants', { ...to(w), userIds: Array(101).fill(w.ann.id) }),
    '200 ValidationError LIMIT_EXCEEDED',
  ],
  ['nobody', w => mutation('addParticipants', { ...to(w), userIds: [] }), '200 ValidationError INVALID_INPUT'],
  [
    'text of 16,385 characters',
    w => said(w, { content: { text: 'x'.repeat(16_385) } }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a mention of a stranger', w => said(w, { mentionedUserIds: [w.eve.id] }), '200 ValidationError INVALID_INPUT'],
  ['a mention of a chat', w => said(w, { mentionedUserIds: [w.chatId] }), '200 NotFoundError NOT_FOUND'],
  [
    '1,000 mentions',
    w => said(w, { mentionedUserIds: Array(1_000).fill(w.ann.id) }),
    '200 ValidationError LIMIT_EXCEEDED',
  ],
  ['1,000 entities', w => said(w, { entities: Array(1_000).fill(bold(0, 1)) }), '200 ValidationError LIMIT_EXCEEDED'],
  ['an entity beyond the text', w => said(w, { entities: [bold(0, 2)] }), '200 ValidationError INVALID_INPUT'],
  [
    'an entity beyond 2^31',
    w => said(w, { entities: [bold(2_147_483_647, 2_147_483_647)] }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'an entity in the middle of a character',
    w => said(w, { content: { text: '👍' }, entities: [bold(1, 1)] }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'a link to a script',
    w => said(w, { entities: [link('javascript:alert(1)')] }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a link with NUL', w => said(w, { entities: [link('https://a\u0000b')] }), '200 ValidationError INVALID_INPUT'],
  [
    'a link that is a number',
    w => said(w, { entities: [{ ...bold(0, 1), kind: 'LINK', url: 5 }] }),
    '200 INVALID_INPUT',
  ],
  ...[
    'a',
    'wow',
    '1',
    '#',
    ' ',
    '👍👍',
    '👍 ',
    '👍a',
    '\u{1f1e9}',
    '\u200d',
    '\ufe0f',
    '\ud83d',
    'x'.repeat(100_000),
  ].map(
    (emoji): Row => [
      `a reaction with ${JSON.stringify(emoji.slice(0, 9))}`,
      w => mutation('addReaction', { messageId: w.messageId, emoji }),
      '200 ValidationError INVALID_INPUT',
    ],
  ),
  [
    'a reaction to a foreign message',
    w => mutation('addReaction', { messageId: w.foreignMessageId, emoji: '👍' }),
    '200 NotFoundError NOT_FOUND',
  ],
  ...['pinMessage', 'unpinMessage'].map(
    (name): Row => [
      `${name} of another chat`,
      w => mutation(name, { messageId: w.foreignMessageId }),
      '200 NotFoundError NOT_FOUND',
    ],
  ),
  ['muting a foreign chat', w => mutation('muteChat', { chatId: w.foreignChatId }), '200 NotFoundError NOT_FOUND'],
  [
    'muting until yesterday',
    w => mutation('muteChat', { ...to(w), until: '2020-01-01T00:00:00Z' }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'muting until a year beyond 9999',
    w => mutation('muteChat', { ...to(w), until: '+275760-01-01T00:00:00Z' }),
    '200 INVALID_INPUT',
  ],
  ['text of spaces', w => said(w, { content: { text: ' \n\u2003' } }), '200 ValidationError INVALID_INPUT'],
  [
    'text with an escape character',
    w => said(w, { content: { text: 'a\u001b[2J' } }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['half of a character', w => said(w, { content: { text: 'a\ud800' } }), '200 ValidationError INVALID_INPUT'],
  [
    'a title of 201 characters',
    w => mutation('updateChat', { ...to(w), title: 'x'.repeat(201) }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'a title of two lines',
    w => mutation('updateChat', { ...to(w), title: 'a\nb' }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['null for a title', w => mutation('updateChat', { ...to(w), title: null }), '200 ValidationError INVALID_INPUT'],
  ['null for a name', mutation('updateProfile', { displayName: null }), '200 ValidationError INVALID_INPUT'],
  ['half of a language tag', mutation('updateSettings', { locale: 'ru_' }), '200 ValidationError INVALID_INPUT'],
  ['a language of one letter', mutation('updateSettings', { locale: 'r' }), '200 ValidationError INVALID_INPUT'],
  ['no language', mutation('updateSettings', { locale: '' }), '200 ValidationError INVALID_INPUT'],
  [
    'a language tag of 100 KB',
    mutation('updateSettings', { locale: `en${'-abcde'.repeat(16_000)}` }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'a role for oneself',
    w => mutation('changePlatformRole', { userId: w.ann.id, role: 'ADMIN' }),
    '200 ForbiddenError FORBIDDEN',
  ],
  [
    'a role that is none',
    w => mutation('changePlatformRole', { userId: w.ann.id, role: 'OWNER' }),
    '200 INVALID_INPUT',
  ],
  ['null for a role', w => mutation('changePlatformRole', { userId: w.ann.id, role: null }), '200 INVALID_INPUT'],
  [
    'a role for a chat',
    w => mutation('changePlatformRole', { userId: w.chatId, role: 'USER' }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    'a role with the registration',
    mutation('register', {
      email: 'a@example.com',
      password: 'correct horse battery',
      displayName: 'A',
      platformRole: 'ADMIN',
    }),
    '200 INVALID_INPUT',
  ],
  ['disabling oneself', w => mutation('disableUser', { userId: w.ann.id }), '200 ForbiddenError FORBIDDEN'],
  ['no such time zone', mutation('updateSettings', { timeZone: 'Mars/Base' }), '200 ValidationError INVALID_INPUT'],
  [
    'an offset for a time zone',
    mutation('updateSettings', { timeZone: '+03:00' }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a path for a time zone', mutation('updateSettings', { timeZone: '../etc' }), '200 ValidationError INVALID_INPUT'],
  [
    'good and bad settings together',
    mutation('updateSettings', { locale: 'de', timeZone: 'Mars/Base' }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'the end of a foreign session',
    w => mutation('endSession', { sessionId: w.foreignSessionId }),
    '200 NotFoundError NOT_FOUND',
  ],
  ['the end of a chat', w => mutation('endSession', { sessionId: w.chatId }), '200 NotFoundError NOT_FOUND'],
  [
    'a foreign company',
    w => mutation('updateCompany', { companyId: w.foreignCompanyId, name: 'x' }),
    '200 NotFoundError NOT_FOUND',
  ],
  ['a chat for a company', w => mutation('archiveCompany', { companyId: w.chatId }), '200 NotFoundError NOT_FOUND'],
  [
    'a foreign member',
    w => mutation('removeCompanyMember', { memberId: w.foreignMemberId }),
    '200 NotFoundError NOT_FOUND',
  ],
  [
    'a role that is none',
    w => mutation('changeCompanyMemberRole', { memberId: w.memberId, role: 'GOD' }),
    '200 INVALID_INPUT',
  ],
  [
    'the last owner',
    w => mutation('removeCompanyMember', { memberId: w.memberId }),
    '200 ConflictError STATE_CONFLICT',
  ],
  ['none of UserRef', w => mutation('addCompanyMember', { ...ofFirm(w), user: {} }), '200 INVALID_INPUT'],
  [
    'two of UserRef',
    w => mutation('addCompanyMember', { ...ofFirm(w), user: { handle: 'eve', email: 'eve@example.com' } }),
    '200 INVALID_INPUT',
  ],
  [
    'two of CompanyRef',
    w => query('query ($id: ID!) { company(by: { id: $id, inn: "7707083893" }) { id } }', { id: w.companyId }),
    '200 GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'an INN of a MB',
    mutation('createCompany', { inn: '7'.repeat(1_000_000), name: 'x' }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['an INN as a number', mutation('createCompany', { inn: 7707083893, name: 'x' }), '200 INVALID_INPUT'],
  [
    'an address of 501 characters',
    mutation('createCompany', { inn: '7707083893', name: 'x', legalAddress: 'x'.repeat(501) }),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a template without its variables', w => filled(w, []), '200 ValidationError INVALID_INPUT'],
  ['a variable that is missing', w => filled(w, [number]), '200 ValidationError INVALID_INPUT'],
  [
    'a variable that is none',
    w => filled(w, [number, port, { name: 'ship', value: 'x' }]),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a variable twice', w => filled(w, [number, port, port]), '200 ValidationError INVALID_INPUT'],
  [
    '101 variables',
    w =>
      filled(
        w,
        Array.from({ length: 101 }, (_, i) => ({ name: `v${i}`, value: '' })),
      ),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'a template filled in beyond what a message holds',
    w => filled(w, [number, { ...port, value: 'x'.repeat(16_384) }]),
    '200 ValidationError INVALID_INPUT',
  ],
  ['a foreign template', w => filled(w, [number, port], w.foreignTemplateId), '200 NotFoundError NOT_FOUND'],
  [
    'changing a foreign template',
    w => mutation('updateTemplate', { templateId: w.foreignTemplateId, name: 'x' }),
    '200 NotFoundError NOT_FOUND',
  ],
  ...['{{', '{{a b}}', 'x }} y', '{{1}}'].map(
    (body): Row => [
      `a template with ${body}`,
      w => mutation('createTemplate', { companyId: w.companyId, name: 'x', body }),
      '200 ValidationError INVALID_INPUT',
    ],
  ),
  [
    'a template without a name',
    w => mutation('updateTemplate', { templateId: w.templateId, name: null }),
    '200 ValidationError INVALID_INPUT',
  ],
  [
    'a stale version',
    w => mutation('updateChat', { ...to(w), title: 'x', expectedVersion: -1 }),
    '200 ConflictError VERSION_CONFLICT',
  ],
]

const me = (authorization: string): Sent => ({ ...query('{ viewer { id } }'), headers: { authorization } })
/** Who asks. */
export const tokens: readonly Row[] = [
  ['basic authorization', me('Basic YTpi'), '200 UNAUTHENTICATED'],
  ['a token that is none', me('Bearer a.b.c'), '200 UNAUTHENTICATED'],
  ['no token after Bearer', me('Bearer'), '200 UNAUTHENTICATED'],
  ['an expired token', w => me(`Bearer ${w.tokens.expired}`), '200 UNAUTHENTICATED'],
  ['a token of another key', w => me(`Bearer ${w.tokens.ofAnotherKey}`), '200 UNAUTHENTICATED'],
  ['a token of another issuer', w => me(`Bearer ${w.tokens.ofAnotherIssuer}`), '200 UNAUTHENTICATED'],
  ['an unsigned token', w => me(`Bearer ${w.tokens.unsigned}`), '200 UNAUTHENTICATED'],
  ['alg: none', w => me(`Bearer ${w.tokens.algNone}`), '200 UNAUTHENTICATED'],
  ['alg: none with a signature', w => me(`Bearer ${w.tokens.algNoneSigned}`), '200 UNAUTHENTICATED'],
  ['a token with another payload', w => me(`Bearer ${w.tokens.otherPayload}`), '200 UNAUTHENTICATED'],
  ['a refresh token', w => me(`Bearer ${w.ann.refreshToken}`), '200 UNAUTHENTICATED'],
  ['a token twice', w => me(`Bearer ${w.ann.accessToken} ${w.ann.accessToken}`), '200 UNAUTHENTICATED'],
  [
    'an access token to refresh',
    w => mutation('refreshSession', { refreshToken: w.ann.accessToken }),
    '200 CredentialsError TOKEN_EXPIRED',
  ],
]
