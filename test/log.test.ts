import { expect, test } from 'vitest'
import { withoutRows } from '../src/adapter/pino/log.ts'

test('a database error is told without the row it is about', () => {
  const cause = Object.assign(new Error('duplicate key value violates unique constraint "messages_pkey"'), {
    code: '23505',
    detail: 'Failing row contains (ann@example.com, a secret).',
    constraint: 'messages_pkey',
  })
  const error = new Error('Failed query: select * from x where email = $1\nparams: ann@example.com', { cause })
  const told = JSON.stringify(withoutRows(error))
  expect(told).not.toMatch(/ann@example|secret/)
  expect(told).toMatch(/23505.*messages_pkey/)
})

test('a value in the message of a database error is left out', () => {
  const told = JSON.stringify(withoutRows(new Error('invalid input syntax for type uuid: "ann@example.com"')))
  expect(told).not.toMatch(/ann@example/)
  expect(told).toMatch(/invalid input syntax for type uuid/)
})
