import { readFileSync } from 'node:fs'
import { buildSchema } from 'graphql'

/** The product's own schema, with a sendMessage that does nothing. */
export const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))

schema.getMutationType().getFields().sendMessage.resolve = (_, { input: { chatId, content } }) => ({
  __typename: 'SendMessagePayload',
  edge: { node: { id: chatId, sequence: 7, body: content.text, createdAt: '2026-01-01T00:00:00.000Z' } },
  commit: 'x'.repeat(90),
})
