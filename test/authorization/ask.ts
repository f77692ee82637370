import { newId } from '../../src/kernel/id.ts'
import { eventually, type Loose, openGroup, type Person, register } from '../client.ts'
import { freshInn } from '../company-people.ts'
import { again, type Cast, type Room } from './cast.ts'

/** An operation: what is asked, and what of the answer the table speaks of. */
export interface Asked {
  query: string
  variables?: object
  read: (data: Loose) => unknown
}

const good = 'correct horse staple'
const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const text = (title: string) => ({ content: { text: title } })

type Input = (room: Room, cast: Cast) => object | Promise<object>
const chat: Input = ({ chatId }) => ({ chatId })
const company: Input = ({ companyId }) => ({ companyId })
/** What each mutation is tried with. */
const inputs: Record<string, Input> = {
  acceptCompanyInvitation: ({ invitationToken }) => ({ token: invitationToken }),
  addCompanyMember: async ({ companyId }, { guest }) => {
    const somebody = await register(guest.url, 'New') // a stranger who was added would be one no more
    return { companyId, user: { id: somebody.id }, role: 'MEMBER' }
  },
  addReaction: ({ messageId }) => ({ messageId, emoji: '👍' }),
  addParticipants: ({ chatId }, { guest }) => ({ chatId, userIds: [guest.id] }),
  archiveChat: chat,
  archiveCompany: company,
  changeCompanyMemberRole: ({ guestMemberId }) => ({ memberId: guestMemberId, role: 'ADMIN' }),
  changePlatformRole: (_, { guest }) => ({ userId: guest.id, role: 'ADMIN' }),
  changeParticipantRole: ({ guestPartId }) => ({ participantId: guestPartId, role: 'READER' }),
  changePassword: () => ({ currentPassword: 'not my password', newPassword: good }),
  completeFileUpload: ({ fileId }) => ({ fileId }),
  createChat: () => ({ kind: 'GROUP', title: 'Another', participantIds: [] }),
  createFileUpload: () => ({ name: 'a.txt', contentType: 'text/plain', size: 5 }),
  createTemplate: ({ companyId }) => ({ companyId, name: 'Arrival', body: '{{what}} is here' }),
  createCompany: () => ({ inn: freshInn(), name: 'Another' }),
  deleteAccount: () => ({ password: 'not my password' }),
  deleteChat: chat,
  deleteFile: ({ fileId }) => ({ fileId }),
  deleteMessage: ({ guestMessageId }) => ({ messageId: guestMessageId }),
  deleteTemplate: ({ templateId }) => ({ templateId }),
  editMessage: ({ messageId }) => ({ messageId, body: 'better' }),
  endSession: async (_, { owner }) => ({ sessionId: await sessionOf(await again(owner)) }),
  disableUser: (_, { guest }) => ({ userId: guest.id, reason: 'spam' }),
  enableUser: (_, { guest }) => ({ userId: guest.id }),
  inviteCompanyMember: ({ companyId }) => ({ companyId, email: 'another@example.com', role: 'MEMBER' }),
  leaveChat: chat,
  login: (_, { guest }) => ({ email: guest.email, password: guest.password }),
  logout: () => ({}),
  markMessagesAsRead: ({ chatId, messageId }) => ({ chatId, upToMessageId: messageId }),
  muteChat: chat,
  markNotificationsAsRead: () => ({ target: { ids: [] } }),
  updateNotificationPreferences: () => ({ preferences: [] }),
  pinMessage: ({ messageId }) => ({ messageId }),
  refreshSession: async (_, { guest }) => ({ refreshToken: (await again(guest)).refreshToken }),
  register: () => ({ email: `${newId()}@example.com`, password: good, displayName: 'New' }),
  removeCompanyMember: ({ guestMemberId }) => ({ memberId: guestMemberId }),
  removeParticipant: ({ guestPartId }) => ({ participantId: guestPartId }),
  removeReaction: ({ messageId }) => ({ messageId, emoji: '👍' }),
  requestEmailVerification: () => ({}),
  requestPasswordReset: (_, { guest }) => ({ email: guest.email }),
  resetPassword: () => ({ token: 'not a token', newPassword: good }),
  restoreChat: chat,
  revokeCompanyInvitation: ({ invitationId }) => ({ invitationId }),
  sendMessage: ({ chatId }) => ({ chatId, ...text('hello') }),
  setPresence: () => ({ state: 'OFFLINE' }),
  setTyping: ({ chatId }) => ({ chatId, active: true }),
  unmuteChat: chat,
  unpinMessage: ({ messageId }) => ({ messageId }),
  updateChat: ({ chatId }) => ({ chatId, title: 'Another' }),
  updateCompany: ({ companyId }) => ({ companyId, name: 'Another' }),
  verifyEmail: () => ({ token: 'not a token' }),
  updateProfile: () => ({ displayName: 'Me' }),
  updateTemplate: ({ templateId }) => ({ templateId, name: 'Departure' }),
  updateSettings: () => ({ timeZone: 'Europe/Moscow' }),
}

async function sessionOf(person: Person): Promise<string> {
  const { viewer } = await person.ask('{ viewer { sessions { id current } } }')
  return viewer.sessions.find((s: Loose) => s.current).id
}

const queries: Record<string, (room: Room, cast: Cast) => Asked> = {
  chat: ({ chatId }) => ({
    query: 'query ($id: ID!) { chat(id: $id) { id } }',
    variables: { id: chatId },
    read: d => d.chat,
  }),
  company: ({ companyId }) => ({
    query: 'query ($id: ID!) { company(by: { id: $id }) { id } }',
    variables: { id: companyId },
    read: d => d.company,
  }),
  messageSearch: ({ chatId }) => ({
    query: 'query ($id: ID!) { messageSearch(query: "answer", filter: { chatId: $id }) { edges { node { id } } } }',
    variables: { id: chatId },
    read: d => d.messageSearch?.edges[0],
  }),
  companyInvitation: ({ invitationToken }) => ({
    query: 'query ($token: String!) { companyInvitation(token: $token) { id } }',
    variables: { token: invitationToken },
    read: d => d.companyInvitation,
  }),
  companyLookup: () => ({
    query: '{ companyLookup(inn: "7707083893") { ... on CompanyLookup { name } ... on Error { code } } }',
    read: d => d.companyLookup,
  }),
  companySuggestions: () => ({
    query:
      '{ companySuggestions(query: "freight") { ... on CompanySuggestions { companies { name } } ... on Error { code } } }',
    read: d => d.companySuggestions,
  }),
  node: ({ chatId }) => ({
    query: 'query ($id: ID!) { node(id: $id) { id } }',
    variables: { id: chatId },
    read: d => d.node,
  }),
  nodes: ({ chatId }) => ({
    query: 'query ($id: ID!) { nodes(ids: [$id]) { id } }',
    variables: { id: chatId },
    read: d => d.nodes?.[0],
  }),
  user: (_, { guest }) => ({
    query: 'query ($id: ID!) { user(id: $id) { id } }',
    variables: { id: guest.id },
    read: d => d.user,
  }),
  users: () => ({ query: '{ users { edges { node { id } } } }', read: d => d.users?.edges[0] }),
  viewer: () => ({ query: '{ viewer { id } }', read: d => d.viewer }),
}

const subscriptions: Record<string, (room: Room, cast: Cast) => Asked | Promise<Asked>> = {
  companyEvents: ({ companyId }) => ({
    query: 'subscription ($id: ID!) { companyEvents(companyId: $id) { position } }',
    variables: { id: companyId },
    read: d => d.companyEvents,
  }),
  chatEvents: ({ chatId }) => ({
    query: 'subscription ($id: ID!) { chatEvents(chatId: $id) { position } }',
    variables: { id: chatId },
    read: d => d.chatEvents,
  }),
  inbox: () => ({ query: 'subscription { inbox { position } }', read: d => d.inbox }),
  presence: (_, { owner }) => ({
    query: 'subscription ($id: ID!) { presence(userIds: [$id]) { users { id } } }',
    variables: { id: owner.id },
    read: d => d.presence,
  }),
  typing: async ({ chatId }, { guest }) => {
    const says = 'mutation ($id: ID!) { setTyping(input: { chatId: $id, active: true }) { __typename } }'
    await guest.ask(says, { id: chatId }) // nothing is told before somebody writes
    return {
      query: 'subscription ($id: ID!) { typing(chatId: $id) { active } }',
      variables: { id: chatId },
      read: d => d.typing,
    }
  },
}

/** What is selected of a field that is an object, and what its value is in the table. */
const letters = {
  canSend: 'S',
  canPin: 'N',
  canDeleteMessages: 'D',
  canEdit: 'E',
  canManageParticipants: 'P',
  canArchive: 'A',
  canDelete: 'X',
}
const companyLetters = {
  canEdit: 'E',
  canManageMembers: 'M',
  canManageTemplates: 'T',
  canCreateChats: 'C',
  canArchive: 'A',
}
const values: Record<string, (value: Loose) => unknown> = {
  'Chat.peer': peer => peer?.id ?? 'nobody',
  'Chat.muted': muted => muted,
  'Chat.permissions': may =>
    Object.entries(letters)
      .map(([can, letter]) => (may[can] ? letter : ''))
      .join('') || '-',
  'Chat.title': title => title,
  'Chat.unreadCount': count => count,
  'Chat.unreadMentionCount': count => count,
  'Chat.viewerParticipant': part => part.role,
  'Company.invitations': list => (list ? 'list' : 'nothing'),
  'Company.permissions': may =>
    Object.entries(companyLetters)
      .map(([can, letter]) => (may[can] ? letter : ''))
      .join('') || '-',
  'Company.viewerMembership': member => member.role,
  'Session.current': current => current,
  'User.presence': presence => presence?.state ?? 'unknown',
}
/** Arguments that a field cannot do without. */
const args: Record<string, string> = { 'Message.reactors': '(emoji: "👍")' }
const selections: Record<string, string> = {
  'Chat.messages': '{ edges { node { id } } }',
  'Chat.participants': '{ edges { node { id } } }',
  'Chat.permissions': `{ ${Object.keys(letters).join(' ')} }`,
  'Chat.sharedFiles': '{ edges { node { id } } }',
  'Chat.viewerParticipant': '{ role }',
  'Company.chats': '{ edges { node { id } } }',
  'Company.invitations': '{ edges { node { id } } }',
  'Company.members': '{ edges { node { id } } }',
  'Company.permissions': `{ ${Object.keys(companyLetters).join(' ')} }`,
  'Company.templates': '{ edges { node { id } } }',
  'Company.viewerMembership': '{ role }',
  'Message.author': '{ ... on User { id } }',
  'User.presence': '{ state }',
  'Chat.pinnedMessages': '{ edges { node { id } } }',
  'Message.entities': '{ kind }',
  'Message.reactions': '{ count }',
  'Message.systemNote': '{ kind }',
  'Message.readBy': '{ edges { node { id } } }',
  'Message.reactors': '{ edges { cursor } }',
  'Message.revisions': '{ edges { node { body } } }',
  'Viewer.companies': '{ edges { node { id } } }',
  'Notification.subject': '{ __typename }',
  'Viewer.notifications': '{ edges { node { id } } }',
  'Viewer.notificationPreferences': '{ channels }',
  'Viewer.chats': '{ edges { node { id } } }',
}

/** Global ids of one node of each type. */
export type Nodes = Record<string, string>
export async function nodesOf(room: Room, owner: Person): Promise<Nodes> {
  const { chatId, messageId, guestPartId, fileId, companyId, guestMemberId, invitationId, templateId } = room
  const { viewer } = await owner.ask('{ viewer { id } }')
  return {
    Chat: chatId,
    ChatParticipant: guestPartId,
    File: fileId,
    Company: companyId,
    CompanyMember: guestMemberId,
    CompanyInvitation: invitationId,
    Message: messageId,
    MessageTemplate: templateId,
    Notification: await notificationOf(owner),
    Session: await sessionOf(owner),
    User: owner.id,
    Viewer: viewer.id,
  }
}

/** Somebody mentions a person, who is told. */
async function notificationOf(person: Person): Promise<string> {
  const eve = await register(person.url, 'Eve')
  const { id: chatId } = await openGroup(eve, [person])
  const input = { chatId, content: { text: 'you!' }, mentionedUserIds: [person.id] }
  await eve.ask('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }', { input })
  return eventually(async () => {
    const { viewer } = await person.ask('{ viewer { notifications { edges { node { id } } } } }')
    return viewer.notifications.edges[0]?.node.id
  })
}

/** The operation that asks for a field; `leaf`: whether it has no fields of its own. */
export async function asking(field: string, leaf: boolean, room: Room, cast: Cast, nodes: Nodes): Promise<Asked> {
  const [type = '', name = ''] = field.split('.')
  if (type === 'Query' && queries[name]) return queries[name](room, cast)
  if (type === 'Subscription' && subscriptions[name]) return subscriptions[name](room, cast)
  if (type === 'Mutation' && inputs[name])
    return {
      query: `mutation ($input: ${upper(name)}Input!) { ${name}(input: $input) { __typename ... on Error { code } } }`,
      variables: { input: await inputs[name](room, cast) },
      read: d => d[name],
    }
  const selection = leaf ? '' : (selections[field] ?? '{ id }')
  const value = values[field]
  return {
    query: `query ($id: ID!) { node(id: $id) { ... on ${type} { value: ${name}${args[field] ?? ''} ${selection} } } }`,
    variables: { id: nodes[type] },
    read: ({ node }) => node && (value ? `${value(node.value)}` : true),
  }
}
