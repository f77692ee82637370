import { readFileSync } from 'node:fs'
import { buildSchema, type GraphQLObjectType, getNamedType, isObjectType, isUnionType, parse, validate } from 'graphql'
import { expect, test } from 'vitest'
import { parts, relisting } from '../../docs/clients/lists.ts'
import * as operations from '../../docs/clients/operations.ts'

// What docs/clients knows of the schema, against the schema.

const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))
const objects = Object.values(schema.getTypeMap()).filter(isObjectType)
const fieldsOf = (type: GraphQLObjectType) => Object.values(type.getFields())

test.each(Object.entries(operations))('the operation %s is valid', (_, operation) => {
  expect(validate(schema, parse(operation))).toEqual([])
})

test('every part of a node without an id of its own is known as one', () => {
  const nodes = objects.filter(type => type.getFields().id)
  const inside = nodes.flatMap(fieldsOf).map(field => getNamedType(field.type))
  const unknown = inside.filter(type => isObjectType(type) && !type.getFields().id && !/Connection$/.test(type.name))
  expect([...new Set(unknown.map(type => type.name))].filter(name => !parts.includes(name))).toEqual([])
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
