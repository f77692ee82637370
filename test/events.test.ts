import { readFileSync } from 'node:fs'
import { buildSchema, isUnionType } from 'graphql'
import { describe, expect, test } from 'vitest'
import { domains } from '../src/domains.ts'
import { decode, encode } from '../src/kernel/codec.ts'
import { heard } from './fixtures/heard.ts'
import { oldEvents } from './fixtures/old-events.ts'

// Every type of event: read in all its versions, documented, and heard by somebody, or it is said why not.

const types = domains.flatMap(domain =>
  domain.deciders.flatMap(({ events }) =>
    Object.entries(events.shapes).map(([type, shape]) => ({ name: `${events.category}.${type}`, type, shape, events })),
  ),
)
const docs = readFileSync('docs/events.md', 'utf8')
const schema = buildSchema(readFileSync('schema.graphql', 'utf8'))

const older = types.flatMap(of => Array.from({ length: of.shape.v - 1 }, (_, i) => ({ ...of, v: i + 1 })))

test.each(types)('$name is documented in its version', ({ type, shape }) => {
  expect(docs).toContain(`\n| ${type} | ${shape.v} |`)
})

describe.each(older)('$name, version $v', ({ name, type, shape, events, v }) => {
  const sample = oldEvents[`${name}@${v}`]

  test('has a sample in test/fixtures/old-events.ts, and reads as one of today', () => {
    if (!sample) throw new Error(`there is no sample of ${name}@${v}`)
    const where = { id: 'e', stream: `${events.category}-x`, revision: 0, position: 1n, at: new Date(0) }
    const by = { tenant: null, actor: null, command: 'c', bump: shape.bump ?? false }
    const raw = { ...where, ...by, type, v, data: JSON.stringify(sample.data) }
    const personal = sample.personal && JSON.stringify(sample.personal)
    const today = decode(events, { ...raw, personal })
    expect(today).toMatchObject({ data: sample.data, personal: sample.personal })
    expect(() => encode(events, today)).not.toThrow()
    expect(decode(events, { ...raw, personal: null }).personal).toBeNull()
  })
})

test.each(types)('$name is told by a subscription, or it is said why not', ({ name }) => {
  const told = heard[name]
  if (!told) throw new Error(`${name} is in no line of test/fixtures/heard.ts`)
  for (const reference of typeof told === 'string' ? [] : told) {
    const [union = '', member] = reference.split('.')
    const type = schema.getType(union)
    const members = isUnionType(type) ? type.getTypes().map(one => one.name) : []
    expect(members, reference).toContain(member)
  }
  if (typeof told === 'string') expect(told.length).toBeGreaterThan(20)
})

test('what is said of events speaks of events that there are', () => {
  const names = types.map(of => of.name)
  expect(Object.keys(heard).filter(name => !names.includes(name))).toEqual([])
  const versions = older.map(of => `${of.name}@${of.v}`)
  expect(Object.keys(oldEvents).filter(name => !versions.includes(name))).toEqual([])
})
