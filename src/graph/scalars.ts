import { GraphQLError } from 'graphql'
import { isUuid } from '../kernel/id.ts'
import { builder } from './builder.ts'

const refuse = (message: string): never => {
  throw new GraphQLError(message, { extensions: { code: 'INVALID_INPUT' } })
}

builder.scalarType('DateTime', {
  description: 'An instant: ISO-8601 in UTC, such as 2026-11-21T09:30:00.000Z.',
  serialize: value => value.toISOString(),
  parseValue: value => {
    const date = typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) ? new Date(value) : null
    return date && !Number.isNaN(date.getTime()) ? date : refuse('A DateTime is written as 2026-11-21T09:30:00Z.')
  },
})

builder.scalarType('UUID', {
  description: 'A UUID, such as an idempotency key that the client made.',
  serialize: value => value,
  parseValue: value =>
    typeof value === 'string' && isUuid(value) ? value.toLowerCase() : refuse('This is not a UUID.'),
})

builder.scalarType('URL', {
  description: 'An absolute URL.',
  serialize: value => value,
  parseValue: value => (typeof value === 'string' ? value : refuse('A URL is a string.')),
})

builder.scalarType('StreamPosition', {
  description:
    'Where a subscriber is in a feed. Opaque; give it back as `after` to go on from there. Take it from a network answer, never from a cache.',
  serialize: value => value,
  parseValue: value =>
    typeof value === 'string' ? value : refuse('A StreamPosition is a string that a frame or a query gave.'),
})

builder.scalarType('CommitToken', {
  description:
    'Names a write. Opaque; send it as `extensions.commit` of a request, and the answer is at least as fresh as that write.',
  serialize: value => value,
  parseValue: value => (typeof value === 'string' ? value : refuse('A CommitToken is a string that a mutation gave.')),
})
