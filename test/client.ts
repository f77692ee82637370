import { createClient } from 'graphql-ws'
import WebSocket from 'ws'
import { newId } from '../src/kernel/id.ts'

// A person with an account, talking to the real API over real sockets.

export interface Answer<Data = Record<string, never>> {
  data: Data
  errors?: { message: string; extensions?: { code?: string } }[]
  extensions?: Record<string, unknown>
}

/** What tests read out of answers: they look only at what they asked for. */
// biome-ignore lint/suspicious/noExplicitAny: an answer has the shape of its query, and a test knows its query
export type Loose = any

/** Posts one operation and gives the whole answer. */
export async function post(
  url: string,
  query: string,
  variables: object = {},
  token: string | null = null,
  extensions?: object,
): Promise<Answer<Loose>> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query, variables, ...(extensions ? { extensions } : {}) }),
  })
  return (await response.json()) as Answer<Loose>
}

export interface Person {
  url: string
  /** Global id of the User. */
  id: string
  email: string
  password: string
  accessToken: string
  refreshToken: string
  /** Posts an operation as this person; throws when the answer has errors. */
  ask: (query: string, variables?: object) => Promise<Loose>
  /** The same, with whatever the answer is. */
  try: (query: string, variables?: object, extensions?: object) => Promise<Answer<Loose>>
}

export const password = 'correct horse battery'

/** Registers somebody. */
export async function register(url: string, displayName: string): Promise<Person> {
  const email = `${newId()}@example.com`
  const answer = await post(
    url,
    `mutation ($input: RegisterInput!) { register(input: $input) {
      ... on RegisterPayload { tokens { accessToken refreshToken } viewer { user { id } } } ... on Error { code message } } }`,
    { input: { email, password, displayName } },
  )
  const { tokens, viewer, message } = answer.data.register
  if (!tokens) throw new Error(`not registered: ${message}`)
  return personOf(url, { id: viewer.user.id, email, password, ...tokens })
}

export function personOf(url: string, of: Omit<Person, 'url' | 'ask' | 'try'>): Person {
  const person: Person = {
    ...of,
    url,
    async ask(query, variables) {
      const { data, errors } = await post(url, query, variables, person.accessToken)
      if (errors) throw new Error(JSON.stringify(errors))
      return data
    },
    try: (query, variables, extensions) => post(url, query, variables, person.accessToken, extensions),
  }
  return person
}

const edgeOrError = (payload: string, fields: string) =>
  `... on ${payload} { ${fields} commit } ... on Error { code message }`

/** Opens a group and gives its id and position. */
export async function openGroup(
  owner: Person,
  others: readonly Person[],
  title = 'Room',
): Promise<{ id: string; position: string }> {
  const data = await owner.ask(
    `mutation ($input: CreateChatInput!) { createChat(input: $input) { ${edgeOrError('CreateChatPayload', 'edge { node { id position } }')} } }`,
    { input: { kind: 'GROUP', title, participantIds: others.map(o => o.id) } },
  )
  if (!data.createChat.edge) throw new Error(`no chat: ${data.createChat.message}`)
  return data.createChat.edge.node
}

/** Sends a message and gives its node; throws when it is refused. */
export async function send(
  from: Person,
  chatId: string,
  text: string,
): Promise<{ id: string; sequence: number; body: string }> {
  const data = await from.ask(
    `mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ${edgeOrError('SendMessagePayload', 'edge { node { id sequence body } }')} } }`,
    { input: { chatId, content: { text } } },
  )
  if (!data.sendMessage.edge) throw new Error(`${data.sendMessage.code}: ${data.sendMessage.message}`)
  return data.sendMessage.edge.node
}

/** Id of somebody's ChatParticipant in a chat. */
export async function participantId(viewer: Person, chatId: string, of: Person): Promise<string> {
  const data = await viewer.ask(
    'query ($id: ID!) { chat(id: $id) { participants(first: 100) { edges { node { id user { id } } } } } }',
    { id: chatId },
  )
  const edges: { node: { id: string; user: { id: string } } }[] = data.chat.participants.edges
  const found = edges.find(e => e.node.user.id === of.id)
  if (!found) throw new Error('not a participant')
  return found.node.id
}

/** One `graphql-ws` connection of a person, without retries: what happens on it is what the server did. */
export function connect(person: Person | null, url = person?.url ?? '') {
  return createClient({
    url: `${url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    lazy: true,
    retryAttempts: 0,
    ...(person ? { connectionParams: () => ({ authorization: `Bearer ${person.accessToken}` }) } : {}),
  })
}

/** Waits until `look` gives something truthy. Throws after `ms`. */
export async function eventually<T>(look: () => T | Promise<T>, ms = 10_000, what = 'it'): Promise<T> {
  const deadline = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > deadline) throw new Error(`${what} did not happen within ${ms} ms`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
