import { globalId } from '../../src/graph/node.ts'
import { freshUuid, request } from './http.ts'
import { body } from './message.ts'
import { chatAt } from './people.ts'

// What clients ask, as they would.

const sendMessage = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload { edge { node { id sequence body createdAt } } commit }
    ... on Error { code message }
  }
}`

/** A message to chat `i`; stands in its good answer: `SendMessagePayload`. */
export function sending(i: number, token: string): string {
  const input = { chatId: globalId('Chat', chatAt(i)), content: { text: body }, idempotencyKey: freshUuid }
  return request(sendMessage, { input }, token)
}
