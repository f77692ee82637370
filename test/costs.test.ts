import { complexityFromQuery } from '@pothos/plugin-complexity'
import { GraphQLError, parse } from 'graphql'
import { expect, test } from 'vitest'
import { createCosts } from '../src/api/cost.ts'
import { createExecution } from '../src/api/execution.ts'
import { schema } from '../src/api/schema.ts'

// What an operation costs is reckoned once for what it depends on, and refused all the same.

function costs() {
  const reckoned: unknown[] = []
  const costOf = createCosts((query, options) => {
    reckoned.push(options.variables)
    return complexityFromQuery(query, options)
  })
  return { reckoned, costOf }
}
const args = (query: string) => {
  const document = parse(query)
  return (variableValues: Record<string, unknown> = {}, operationName?: string) => ({
    ...{ schema, document, variableValues },
    ...(operationName === undefined ? {} : { operationName }),
  })
}
const sending = args(
  'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { ... on SendMessagePayload { edge { node { id } } } } }',
)
const input = (text: string) => ({
  input: { chatId: 'x', content: { text }, idempotencyKey: crypto.randomUUID() },
})
const chats = args(
  'query ($first: Int, $id: ID!) { viewer { chats(first: $first) { edges { cursor } } } node(id: $id) { id } }',
)

test('once for a mutation, whatever is sent with it', () => {
  const { costOf, reckoned } = costs()
  const all = [1, 2, 3].map(i => costOf(sending(input(`${i}`))))
  expect(new Set(all).size).toBe(1)
  expect(reckoned).toHaveLength(1)
})

test('once for each length of a list, whatever else differs', () => {
  const { costOf, reckoned } = costs()
  const [of10, of20, again] = [10, 20, 10].map((first, i) => costOf(chats({ first, id: `${i}` })))
  expect(again).toBe(of10)
  expect(of20).toBeGreaterThan(Number(of10))
  expect(reckoned).toHaveLength(2)
})

test('variables that are wrong are refused alike, whether the cost is known or not', async () => {
  const { costOf, reckoned } = costs()
  const { execute } = createExecution(costOf)
  const ask = (variables: object) => execute({ ...sending({ ...variables }), contextValue: { log: {}, viewer: null } })
  const wrong = { input: { chatId: 5.5, content: { text: 'a', files: null }, more: 1 } }
  const before = await ask(wrong)
  expect(before).toEqual({ errors: [expect.objectContaining({ extensions: { code: 'INVALID_INPUT' } })] })
  expect(await ask(input('good'))).toHaveProperty('extensions.cost')
  expect(JSON.stringify(await ask(wrong))).toBe(JSON.stringify(before))
  expect(reckoned).toHaveLength(2)
})

test('what costs too much is refused each time', () => {
  const { costOf } = costs()
  for (const _ of [1, 2])
    expect(costOf(chats({ first: 1_000_000, id: 'x' }))).toMatchObject({ extensions: { code: 'LIMIT_EXCEEDED' } })
  expect(costOf(chats({ first: 1, id: 'x' }))).toBeTypeOf('number')
})

test('a variable inside of a fragment counts', () => {
  const { costOf } = costs()
  const ask = args('query ($n: Int) { viewer { ...A } } fragment A on Viewer { chats(first: $n) { edges { cursor } } }')
  expect(costOf(ask({ n: 50 }))).toBeGreaterThan(Number(costOf(ask({ n: 1 }))))
})

test('null for a variable with a default is not what the default was', () => {
  const { costOf } = costs()
  const ask = args('query ($id: ID = "x") { node(id: $id) { id } }')
  expect(costOf(ask())).toBeTypeOf('number')
  expect(costOf(ask({ id: null }))).toBeInstanceOf(GraphQLError)
})

test('each operation of a document has a cost of its own', () => {
  const { costOf } = costs()
  const ask = args('query A { viewer { id } } query B { viewer { chats(first: 100) { edges { node { id } } } } }')
  expect(costOf(ask({}, 'B'))).toBeGreaterThan(Number(costOf(ask({}, 'A'))))
})

test.each([
  ['lists', (inner: unknown) => [inner]],
  ['objects', (inner: unknown) => ({ inner })],
])('variables nested too deep are refused: %s', (_, wrap) => {
  const { costOf } = costs()
  let value: unknown = 1
  for (let i = 0; i < 100_000; i++) value = wrap(value)
  expect(costOf(args('{ __typename }')({ value }))).toMatchObject({ extensions: { code: 'INVALID_INPUT' } })
})
