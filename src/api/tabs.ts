import { readFileSync } from 'node:fs'

/** An operation that GraphiQL opens with; `variables` is JSON, as its editor shows it. */
export type Tab = { readonly name: string; readonly query: string; readonly variables?: string }

const tab = (file: string, variables?: object): Tab => {
  const query = readFileSync(new URL(`./tabs/${file}.graphql`, import.meta.url), 'utf8')
  const name = /^(?:query|mutation|subscription) (\w+)/m.exec(query)?.[1]
  if (!name) throw new Error(`The operation in src/api/tabs/${file}.graphql has no name, and a tab is called by it.`)
  return variables ? { name, query, variables: JSON.stringify(variables, null, 2) } : { name, query }
}

/**
 * A first session, in order; then a first company (docs/first-company.md). `{…}` is filled in once, when a window first opens (the person made up for it), and `<…>`
 * with each request (what the window has seen by then): see `graphiql-memory.js`.
 */
export const tabs: readonly Tab[] = [
  tab('register', {
    input: { email: '{email}', password: '{password}', displayName: '{displayName}', handle: '{handle}' },
  }),
  tab('log-in', { input: { email: '{email}', password: '{password}', deviceName: 'GraphiQL' } }),
  tab('create-chat', { input: { kind: 'GROUP', title: 'Our first chat', participantIds: ['<others>'] } }),
  tab('chat-events', { chatId: '<chatId>', after: '<position>' }),
  tab('send-message', { input: { chatId: '<chatId>', content: { text: 'Hello from {displayName}!' } } }),
  tab('read-back', { chatId: '<chatId>' }),
  tab('my-chats'),
  tab('inbox', { after: '<position>' }),
  tab('add-participants', { input: { chatId: '<chatId>', userIds: ['<others>'] } }),
  tab('company-lookup', { inn: '7701000428' }),
  tab('create-company', { input: { inn: '7701000428', name: 'Our company' } }),
  tab('invite-company-member', { input: { companyId: '<companyId>', email: 'clara@example.com', role: 'MEMBER' } }),
  tab('accept-company-invitation', { input: { token: 'the token of the mail' } }),
  tab('company-events', { companyId: '<companyId>', after: '<position>' }),
  tab('create-file-upload', { input: { name: 'waybill.txt', contentType: 'text/plain', size: 24 } }),
  tab('complete-file-upload', { input: { fileId: '<fileId>' } }),
  tab('search-messages', { query: 'hello' }),
  tab('notifications'),
]
