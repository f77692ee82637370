import { readFileSync } from 'node:fs'
import {
  buildSchema,
  type GraphQLObjectType,
  type GraphQLUnionType,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  isUnionType,
  parse,
  validate,
} from 'graphql'
import { expect, test } from 'vitest'
import { parts, relisting, wholes } from '../../docs/clients/lists.ts'
import * as operations from '../../docs/clients/operations.ts'
import * as writes from '../../docs/clients/writes.ts'

// What docs/clients knows of the schema, against the schema.

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
const fieldsOf = (type: GraphQLObjectType) => Object.values(type.getFields())

test.each([...Object.entries(operations), ...Object.entries(writes)])('the operation %s is valid', (_, operation) => {
  expect(validate(schema, parse(operation))).toEqual([])
})

test.each([operations.Follow, operations.FollowCompany, operations.Inbox])(
  '%# every event of a feed is selected',
  operation => {
    const [feed] = fieldsOf(schema.getSubscriptionType() as GraphQLObjectType).filter(({ name }) =>
      operation.includes(` ${name}(`),
    )
    const frame = getNamedType(feed?.type) as GraphQLObjectType
    const union = getNamedType(frame.getFields().event?.type) as GraphQLUnionType
    const missing = union.getTypes().filter(({ name }) => !operation.includes(`... on ${name} {`))
    expect(missing.map(({ name }) => name)).toEqual([])
  },
)

test('every part of a node without an id of its own is known as one', () => {
  const nodes = objects.filter(type => type.getFields().id)
  const inside = nodes.flatMap(fieldsOf).map(field => getNamedType(field.type))
  const unknown = inside.filter(type => isObjectType(type) && !type.getFields().id && !/Connection$/.test(type.name))
  expect([...new Set(unknown.map(type => type.name))].filter(name => !parts.includes(name))).toEqual([])
})

test('every list that is a part of a node is known as one', () => {
  const nodes = objects.filter(type => type.getFields().id)
  const lists = nodes.flatMap(type =>
    fieldsOf(type).flatMap(field => (isListType(getNullableType(field.type)) ? [`${type.name}.${field.name}`] : [])),
  )
  expect(lists).toEqual(Object.entries(wholes).flatMap(([type, fields]) => fields.map(field => `${type}.${field}`)))
})

test('every mutation that adds to a list or takes away is known to', () => {
  const missing = fieldsOf(schema.getMutationType() as GraphQLObjectType).filter(({ type, name }) => {
    const result = getNamedType(type)
    const payload = isUnionType(result) ? result.getTypes().find(({ name }) => name.endsWith('Payload')) : null
    const changes = payload && fieldsOf(payload).some(field => /^(edge|edges|removed\w+Id)$/.test(field.name))
    return changes && !relisting.includes(name) && name !== 'deleteAccount'
  })
  expect(missing.map(({ name }) => name)).toEqual([])
})
