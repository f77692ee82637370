import { globalId } from '../../src/graph/node.ts'
import { freshUuid, request } from './http.ts'
import { body } from './message.ts'
import { chatAt } from './people.ts'

// What clients ask, as they would. The word that stands in each good answer, and in no other, comes with it.

const author = 'author { ... on User { id handle displayName } }'

/** A message to chat `i`. */
export function sending(i: number, token: string, text = body): string {
  const input = { chatId: globalId('Chat', chatAt(i)), content: { text }, idempotencyKey: freshUuid }
  return request(
    `mutation Send($input: SendMessageInput!) {
      sendMessage(input: $input) {
        __typename
        ... on SendMessagePayload { edge { node { id sequence body createdAt } } commit }
        ... on Error { code message }
      }
    }`,
    { input },
    token,
  )
}
export const sent = 'SendMessagePayload'

/** The newest 50 messages of chat `i`, with who wrote them. */
export const opening = (i: number, token: string): string =>
  request(
    `query Open($id: ID!) {
      chat(id: $id) {
        id
        messages(last: 50) { edges { node { id sequence body createdAt editedAt deletedAt ${author} } } pageInfo { hasPreviousPage startCursor } }
      }
    }`,
    { id: globalId('Chat', chatAt(i)) },
    token,
  )
export const opened = 'startCursor'

/** The list of one's chats: title, last message and what is unread. */
export const listing = (first: number, token: string): string =>
  request(
    `query Chats($first: Int!) {
      viewer {
        chats(first: $first) {
          edges { node { id kind title lastActivityAt unreadCount lastMessage { id body createdAt ${author} } } }
          pageInfo { hasNextPage endCursor }
        }
      }
    }`,
    { first },
    token,
  )
export const listed = 'endCursor'

const event = `{
  __typename
  ... on DomainEvent { occurredAt }
  ... on MessageSent { edge { node { id sequence body createdAt ${author} } } }
}`

/** What a socket says to follow chat `i`: who it is, and the subscription, from `after` or from now on. */
export function following(i: number, token: string, after: string | null = null, selection = event): string[] {
  const query = `subscription Follow($id: ID!, $after: StreamPosition) {
    chatEvents(chatId: $id, after: $after) { position live event ${selection} }
  }`
  const variables = { id: globalId('Chat', chatAt(i)), after }
  return [
    JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }),
    JSON.stringify({ id: '1', type: 'subscribe', payload: { query, variables } }),
  ]
}
