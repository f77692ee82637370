import { type Loose, type Person, participantId } from './client.ts'

// Chat's mutations as people call them: each gives its result, payload or refusal.

const refusal = `... on Error { code message } ... on ValidationError { issues { path code } } ... on NotFoundError { missingIds }
  ... on ConflictError { currentVersion current { id ... on Message { body } ... on Chat { title } ... on ChatParticipant { role } } }`
const read = `... on Error { code message } ... on NotFoundError { missingIds }`

export async function does(by: Person, name: string, input: object, fields: string, errors = refusal): Promise<Loose> {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`
  const data = await by.ask(
    `mutation ($input: ${title}Input!) { ${name}(input: $input) { __typename ... on ${title}Payload { ${fields} commit } ${errors} } }`,
    { input },
  )
  return data[name]
}

const chat = 'id version kind title archivedAt participantCount unreadCount lastMessage { id body }'
const message =
  'id version sequence body editedAt deletedAt idempotencyKey replyTo { id body } author { ... on User { id } }'
const participant = 'id version role user { id }'

export const create = (by: Person, input: object) => does(by, 'createChat', input, `edge { cursor node { ${chat} } }`)
export const update = (by: Person, chatId: string, more: object) =>
  does(by, 'updateChat', { chatId, ...more }, `chat { ${chat} }`)
export const archive = (by: Person, chatId: string) => does(by, 'archiveChat', { chatId }, `chat { ${chat} }`)
export const restore = (by: Person, chatId: string) => does(by, 'restoreChat', { chatId }, `chat { ${chat} }`)
export const remove = (by: Person, chatId: string, more: object = {}) =>
  does(by, 'deleteChat', { chatId, ...more }, 'removedChatId viewer { unreadCount }')
export const leave = (by: Person, chatId: string) =>
  does(by, 'leaveChat', { chatId }, 'removedChatId viewer { unreadCount }')
export const say = (by: Person, chatId: string, text: string, more: object = {}) =>
  does(
    by,
    'sendMessage',
    { chatId, content: { text }, ...more },
    `chat { ${chat} } edge { cursor node { ${message} } }`,
  )
export const edit = (by: Person, messageId: string, body: string, more: object = {}) =>
  does(by, 'editMessage', { messageId, body, ...more }, `editedMessage { ${message} }`)
export const erase = (by: Person, messageId: string) =>
  does(by, 'deleteMessage', { messageId }, `deletedMessage { ${message} }`)
export const markRead = (by: Person, chatId: string, upToMessageId: string) =>
  does(by, 'markMessagesAsRead', { chatId, upToMessageId }, `chat { ${chat} } viewer { unreadCount }`, read)
export const add = (by: Person, chatId: string, people: readonly Person[], more: object = {}) =>
  does(
    by,
    'addParticipants',
    { chatId, userIds: people.map(p => p.id), ...more },
    `chat { ${chat} } edges { node { ${participant} } }`,
  )
export const promote = (by: Person, participantId: string, role: string, more: object = {}) =>
  does(by, 'changeParticipantRole', { participantId, role, ...more }, `participant { ${participant} }`)
export const kick = (by: Person, participantId: string) =>
  does(by, 'removeParticipant', { participantId }, `chat { ${chat} } removedParticipantId`)

/** Opens a group with people in roles; whoever opens it owns it. Gives its id. */
export async function room(
  owner: Person,
  others: Record<string, readonly Person[]> = {},
  title = 'Room',
): Promise<string> {
  const { edge } = await create(owner, { kind: 'GROUP', title, participantIds: [] })
  for (const [role, people] of Object.entries(others)) await add(owner, edge.node.id, people, { role })
  return edge.node.id
}

/** Removes somebody, by whoever may. */
export const kickPerson = async (by: Person, chatId: string, of: Person) =>
  kick(by, await participantId(by, chatId, of))
