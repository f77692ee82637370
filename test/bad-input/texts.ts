import type { Sent } from './wire.ts'
import { mutation, query, type World } from './world.ts'

const good = { email: 'nul@example.com', password: 'correct horse battery', displayName: 'Nul' }
const file = { name: 'a.txt', contentType: 'text/plain', size: 5 }
const list = (ask: (args: string) => string) => (text: string) => query(ask('($text: String)'), { text })
const users = (arg: string) => list(vars => `query ${vars} { users(${arg}) { edges { cursor } } }`)
const search = (arg: string) => list(vars => `query ${vars} { messageSearch(${arg}) { edges { cursor } } }`)
const chats = (arg: string) => list(vars => `query ${vars} { viewer { chats(${arg}) { edges { cursor } } } }`)
const inChat = (field: string) => (text: string, w: World) =>
  query(`query ($id: ID!, $text: String) { chat(id: $id) { ${field} { edges { cursor } } } }`, { id: w.chatId, text })
const firm = { inn: '7707083893', name: 'Freight' }
const toFirm = (w: World) => ({ companyId: w.companyId, role: 'MEMBER' })
const inCompany = (field: string) => (text: string, w: World) =>
  query(`query ($id: ID!, $text: String) { company(by: { id: $id }) { ${field} { edges { cursor } } } }`, {
    id: w.companyId,
    text,
  })

const arrival = (w: World) => ({ companyId: w.companyId, name: 'Arrival', body: 'It is here.' })
const filled = (name: string, value: string, w: World) =>
  mutation('sendMessage', {
    chatId: w.chatId,
    content: {
      template: {
        templateId: w.templateId,
        variables: [
          { name: 'port', value: 'Riga' },
          { name, value },
        ],
      },
    },
  })
const ofMessage = (field: string) => (text: string, w: World) =>
  query(`query ($id: ID!, $text: String) { node(id: $id) { ... on Message { ${field} { edges { cursor } } } } }`, {
    id: w.messageId,
    text,
  })

/** Each place where a client sends text, and a request with this text there. */
export const texts: Record<string, (text: string, world: World) => Sent> = {
  'AddReactionInput.emoji': (text, w) => mutation('addReaction', { messageId: w.messageId, emoji: text }),
  'ChangePasswordInput.currentPassword': text =>
    mutation('changePassword', { currentPassword: text, newPassword: `${good.password}!` }),
  'ChangePasswordInput.newPassword': (text, w) =>
    mutation('changePassword', { currentPassword: w.ann.password, newPassword: `${good.password}${text}` }),
  'ChatFilter.query': chats('filter: { query: $text }'),
  'CreateChatInput.title': text => mutation('createChat', { kind: 'GROUP', title: text, participantIds: [] }),
  'CreateFileUploadInput.contentType': text => mutation('createFileUpload', { ...file, contentType: `text/${text}` }),
  'CreateFileUploadInput.name': text => mutation('createFileUpload', { ...file, name: text }),
  'CreateFileUploadInput.sha256': text => mutation('createFileUpload', { ...file, sha256: text }),
  'AcceptCompanyInvitationInput.token': text => mutation('acceptCompanyInvitation', { token: text }),
  'InviteCompanyMemberInput.email': (text, w) =>
    mutation('inviteCompanyMember', { ...toFirm(w), email: `${text}@example.com` }),
  'CompanyMemberFilter.query': inCompany('members(filter: { query: $text })'),
  'CompanyRef.inn': list(vars => `query ${vars.replace('String', 'String!')} { company(by: { inn: $text }) { id } }`),
  'CreateCompanyInput.inn': text => mutation('createCompany', { ...firm, inn: text }),
  'CreateCompanyInput.name': text => mutation('createCompany', { ...firm, name: text }),
  'CreateCompanyInput.kpp': text => mutation('createCompany', { ...firm, kpp: text }),
  'CreateCompanyInput.ogrn': text => mutation('createCompany', { ...firm, ogrn: text }),
  'CreateCompanyInput.legalAddress': text => mutation('createCompany', { ...firm, legalAddress: text }),
  'CreateTemplateInput.name': (text, w) => mutation('createTemplate', { ...arrival(w), name: text }),
  'CreateTemplateInput.body': (text, w) => mutation('createTemplate', { ...arrival(w), body: text }),
  'DeleteAccountInput.password': text => mutation('deleteAccount', { password: text }),
  'DisableUserInput.reason': (text, w) => mutation('disableUser', { userId: w.ann.id, reason: text }),
  'EditMessageInput.body': (text, w) => mutation('editMessage', { messageId: w.messageId, body: text }),
  'FileMessageContent.caption': (text, w) =>
    mutation('sendMessage', { chatId: w.chatId, content: { files: { fileIds: [w.fileId], caption: text } } }),
  'LoginInput.deviceName': (text, w) =>
    mutation('login', { email: w.ann.email, password: w.ann.password, deviceName: text }),
  'LoginInput.email': text => mutation('login', { email: `${text}@example.com`, password: good.password }),
  'LoginInput.password': (text, w) => mutation('login', { email: w.ann.email, password: text }),
  'MessageContent.text': (text, w) => mutation('sendMessage', { chatId: w.chatId, content: { text } }),
  'RefreshSessionInput.refreshToken': text => mutation('refreshSession', { refreshToken: text }),
  'RegisterInput.displayName': text => mutation('register', { ...good, displayName: text }),
  'RegisterInput.email': text => mutation('register', { ...good, email: `${text}@example.com` }),
  'RegisterInput.handle': text => mutation('register', { ...good, handle: text }),
  'RegisterInput.inviteToken': text => mutation('register', { ...good, inviteToken: text }),
  'RegisterInput.password': text => mutation('register', { ...good, password: `${good.password}${text}` }),
  'RemoveReactionInput.emoji': (text, w) => mutation('removeReaction', { messageId: w.messageId, emoji: text }),
  'RequestEmailVerificationInput.email': text => mutation('requestEmailVerification', { email: `${text}@example.com` }),
  'RequestPasswordResetInput.email': text => mutation('requestPasswordReset', { email: `${text}@example.com` }),
  'ResetPasswordInput.newPassword': text => mutation('resetPassword', { token: 'x', newPassword: text }),
  'ResetPasswordInput.token': text => mutation('resetPassword', { token: text, newPassword: good.password }),
  'TemplateVariableInput.name': (text, w) => filled(text, 'x', w),
  'TemplateVariableInput.value': (text, w) => filled('number', text, w),
  'UpdateTemplateInput.name': (text, w) => mutation('updateTemplate', { templateId: w.templateId, name: text }),
  'UpdateTemplateInput.body': (text, w) => mutation('updateTemplate', { templateId: w.templateId, body: text }),
  'UpdateChatInput.title': (text, w) => mutation('updateChat', { chatId: w.chatId, title: text }),
  ...Object.fromEntries(
    ['name', 'kpp', 'ogrn', 'legalAddress'].map(field => [
      `UpdateCompanyInput.${field}`,
      (text: string, w: World) => mutation('updateCompany', { companyId: w.companyId, [field]: text }),
    ]),
  ),
  'UpdateProfileInput.displayName': text => mutation('updateProfile', { displayName: text }),
  'UpdateProfileInput.handle': text => mutation('updateProfile', { handle: text }),
  'UpdateSettingsInput.locale': text => mutation('updateSettings', { locale: text }),
  'UpdateSettingsInput.timeZone': text => mutation('updateSettings', { timeZone: text }),
  'UserRef.email': (text, w) => mutation('addCompanyMember', { ...toFirm(w), user: { email: `${text}@example.com` } }),
  'UserRef.handle': (text, w) => mutation('addCompanyMember', { ...toFirm(w), user: { handle: text } }),
  'UserFilter.query': users('filter: { query: $text }'),
  'VerifyEmailInput.token': text => mutation('verifyEmail', { token: text }),
  'Chat.messages.after': inChat('messages(first: 1, after: $text)'),
  'Chat.messages.before': inChat('messages(last: 1, before: $text)'),
  'Chat.sharedFiles.after': inChat('sharedFiles(first: 1, after: $text)'),
  'Chat.participants.after': inChat('participants(after: $text)'),
  'Chat.pinnedMessages.after': inChat('pinnedMessages(after: $text)'),
  'Message.reactors.after': ofMessage('reactors(emoji: "👍", after: $text)'),
  'Message.reactors.emoji': (text, w) =>
    query(
      'query ($id: ID!, $text: String!) { node(id: $id) { ... on Message { reactors(emoji: $text) { edges { cursor } } } } }',
      {
        id: w.messageId,
        text,
      },
    ),
  'Message.readBy.after': ofMessage('readBy(after: $text)'),
  'Message.revisions.after': ofMessage('revisions(after: $text)'),
  'Company.chats.after': inCompany('chats(after: $text)'),
  'Company.invitations.after': inCompany('invitations(after: $text)'),
  'Query.companyInvitation.token': list(
    vars => `query ${vars.replace('String', 'String!')} { companyInvitation(token: $text) { id } }`,
  ),
  'Company.members.after': inCompany('members(after: $text)'),
  'Query.messageSearch.after': search('query: "a", after: $text'),
  'Query.messageSearch.query': list(
    vars => `query ${vars.replace('String', 'String!')} { messageSearch(query: $text) { totalCount } }`,
  ),
  'ParticipantFilter.query': inChat('participants(filter: { query: $text })'),
  'Company.templates.after': inCompany('templates(after: $text)'),
  'Query.companyLookup.inn': list(
    vars =>
      `query ${vars.replace('String', 'String!')} { companyLookup(inn: $text) { __typename ... on Error { code } } }`,
  ),
  'Query.companySuggestions.query': list(
    vars =>
      `query ${vars.replace('String', 'String!')} { companySuggestions(query: $text) { __typename ... on Error { code } } }`,
  ),
  'Query.users.after': users('after: $text'),
  'Viewer.notifications.after': list(
    vars => `query ${vars} { viewer { notifications(after: $text) { edges { cursor } } } }`,
  ),
  'Viewer.chats.after': chats('after: $text'),
  'Viewer.companies.after': list(vars => `query ${vars} { viewer { companies(after: $text) { edges { cursor } } } }`),
}
