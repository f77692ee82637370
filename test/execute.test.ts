import fc from 'fast-check'
import {
  type ExecutionArgs,
  execute,
  GraphQLError,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLResolveInfo,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  type OperationDefinitionNode,
  parse,
  responsePathAsArray,
  validate,
} from 'graphql'
import { expect, test } from 'vitest'
import { createExecute } from '../src/api/plans/execute.ts'
import { seeded } from './random-history.ts'

// A planned operation answers as GraphQL's own execution does: data, errors, their places and their order.

const kinds = ['Cat', 'Dog'] as const
const fields = (): GraphQLFieldConfigMap<unknown, unknown> => ({
  int: { type: GraphQLInt },
  int1: { type: new GraphQLNonNull(GraphQLInt) },
  text: { type: GraphQLString, args: { n: { type: GraphQLInt, defaultValue: 7 }, must: { type: GraphQLString } } },
  ints: { type: new GraphQLList(new GraphQLNonNull(GraphQLInt)) },
  pet: { type: Pet },
  pet1: { type: new GraphQLNonNull(Pet) },
  pets: { type: new GraphQLList(Pet) },
  pets1: { type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(Pet))) },
  cat: { type: types.Cat },
  dog1: { type: new GraphQLNonNull(types.Dog) },
  any: { type: Any },
  anys: { type: new GraphQLList(new GraphQLList(Any)) },
})
const Pet: GraphQLInterfaceType = new GraphQLInterfaceType({
  ...{ name: 'Pet', fields, resolveType: (value: { kind: string }) => value.kind },
})
const types = Object.fromEntries(
  kinds.map(name => [name, new GraphQLObjectType({ name, fields, interfaces: () => [Pet] })]),
) as Record<(typeof kinds)[number], GraphQLObjectType>
const Any: GraphQLUnionType = new GraphQLUnionType({
  ...{ name: 'Any', types: () => [types.Cat, types.Dog] },
  resolveType: async (value: { kind: string }) => value.kind,
})
const schema = new GraphQLSchema({
  query: new GraphQLObjectType({ name: 'Query', fields }),
  mutation: new GraphQLObjectType({ name: 'Mutation', fields }),
})

/** Gives and fails at the same places each time. */
function resolverOf(seed: number) {
  return (
    _source: unknown,
    args: object,
    _context: unknown,
    { path, returnType, fieldName }: { path: GraphQLResolveInfo['path']; returnType: unknown; fieldName: string },
  ) => {
    const random = seeded(hash(`${seed} ${JSON.stringify([responsePathAsArray(path), args])}`))
    const one = () => ({ kind: kinds[Math.floor(random() * 2)] })
    const value = (): unknown => {
      const chance = random()
      if (chance < 0.06) return null
      if (chance < 0.1) return new Error(`an error as a value of ${fieldName}`)
      if (fieldName.startsWith('text')) return JSON.stringify(args)
      if (fieldName.startsWith('int')) return chance < 0.15 ? 'no number' : Math.floor(random() * 100)
      return one()
    }
    const late = (what: () => unknown) => {
      let promise: Promise<unknown> = Promise.resolve()
      for (let i = Math.floor(random() * 4); i > 0; i--) promise = promise.then(() => undefined)
      return promise.then(what)
    }
    const maybeLate = (what: () => unknown) => (random() < 0.4 ? late(what) : what())
    const fail = () => {
      throw random() < 0.5
        ? new Error(`${fieldName} failed`)
        : new GraphQLError('refused', { extensions: { code: 'X' } })
    }
    // When an item that must not be null fails at once, GraphQL's own execution leaves the promises of those before it alone.
    const list = (of: () => unknown, wait = random() < 0.4) =>
      Array.from({ length: Math.floor(random() * 4) }, () => (wait ? late(of) : of()))
    return maybeLate(() => {
      if (random() < 0.08) fail()
      if (random() < 0.02) return 'no object'
      const type = String(returnType)
      if (type.startsWith('[[')) return list(() => list(value))
      if (type.startsWith('[')) return type.startsWith('[Pet!') ? list(value, true) : list(value)
      return value()
    })
  }
}
function hash(text: string): number {
  let sum = 7
  for (const char of text) sum = (Math.imul(sum, 31) + char.charCodeAt(0)) >>> 0
  return sum % 1e6
}

/** A document, from random numbers. Some of its fragments are used twice. */
function documentOf(random: () => number): string {
  const names = Object.keys(fields())
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  const leaf = (name: string) => /^(int|text)/.test(name)
  const selection = (depth: number): string => {
    const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const chance = random()
      if (chance < 0.1) return '__typename'
      if (chance < 0.2 && depth > 0) return `... on ${pick(kinds)} ${selection(depth - 1)}`
      if (chance < 0.25 && depth > 0) return `... ${selection(depth - 1)}`
      if (chance < 0.3 && depth < 3) return `...${pick(['F', 'G'])}`
      const name = pick(depth > 0 ? names : names.filter(leaf))
      const args = name === 'text' ? pick(['', '(n: 5)', '(n: $n)', '(must: $s, n: null)']) : ''
      const alias = args ? `${name}${hash(args)}: ` : pick(['', '', `${name}_: `])
      return `${alias}${name}${args}${leaf(name) ? '' : selection(depth - 1)}`
    })
    const own = parts.some(part => /^\w/.test(part)) ? '' : ' __typename'
    return `{ ${parts.join(' ')}${own} }`
  }
  const root = selection(4)
    .replaceAll(/\.\.\. on \w+/g, '...')
    .replaceAll(/\.\.\.[FG]/g, '__typename')
  const body = `${pick(['query', 'query', 'mutation'])} ($n: Int, $s: String) ${root}`
  return `${body} fragment F on Pet ${selection(1).replaceAll(/\.\.\.[FG]/g, 'int')} fragment G on Pet { int ...F }`
}

const withResolver = (seed: number) => {
  const resolve = resolverOf(seed)
  for (const type of [schema.getQueryType(), schema.getMutationType(), types.Cat, types.Dog])
    for (const field of Object.values(type?.getFields() ?? {})) field.resolve = resolve as never
}

const told = async (run: (args: ExecutionArgs) => unknown, args: ExecutionArgs) => JSON.stringify(await run(args))

test('random operations on random data, with random failures', async () => {
  let errors = 0
  let planned = 0
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async seed => {
      const document = parse(documentOf(seeded(seed)))
      const plain = validate(schema, document).filter(({ message }) => !/is never used|conflict/.test(message))
      fc.pre(plain.length === 0)
      withResolver(seed)
      const ours = createExecute(10, () => planned++)
      const variableValues = seed % 2 ? { n: 3, s: null } : {}
      const args = { schema, document, variableValues, contextValue: {}, rootValue: {} }
      const expected = await told(execute, args)
      for (const _ of [1, 2, 3]) expect(await told(ours, args)).toBe(expected)
      if (expected.includes('"errors"')) errors++
    }),
    { numRuns: 200 },
  )
  expect(planned).toBeGreaterThan(150)
  expect(errors).toBeGreaterThan(50)
})

/** Executes a document several times, and gives what GraphQL answered and which of its operations were planned. */
async function tried(query: string, variableValues: object = {}, most = 10) {
  const document = parse(query)
  const plans: OperationDefinitionNode[] = []
  const ours = createExecute(most, operation => plans.push(operation))
  const args = { schema, document, variableValues: { ...variableValues }, contextValue: {}, rootValue: {} }
  const answers = [await told(ours, args), await told(ours, args), await told(ours, args)]
  expect(new Set([...answers, await told(execute, args)]).size).toBe(1)
  return plans.length
}

test('an operation is planned when it comes again, once', async () => {
  withResolver(1)
  expect(await tried('{ int text cat { int } }')).toBe(1)
})

test.each([
  ['@skip', 'query ($b: Boolean!) { int @skip(if: $b) text }'],
  ['@include in a fragment', 'query ($b: Boolean!) { pet { ...F } } fragment F on Pet { int @include(if: $b) text }'],
  ['introspection', '{ __schema { queryType { name } } }'],
  ['a name that an object cannot have', '{ __proto__: int text }'],
])('%s is left to GraphQL', async (_name, query) => {
  withResolver(2)
  expect(await tried(query, { b: true })).toBe(0)
})

test.each([
  ['a wrong one', 'query ($n: Int) { text(n: $n) }', { n: 'x' }],
  ['two wrong ones', 'query ($n: Int, $m: Int!) { text(n: $n) a: text(n: $m) }', { n: 'x' }],
  ['one that is not there', 'query ($n: Int) { text(n: $n) }', {}],
  ['one of its default', 'query ($n: Int = 5) { text(n: $n) }', {}],
])('variables: %s', async (_name, query, variables) => {
  withResolver(3)
  await tried(query, variables)
})

test('the plans that are kept are bounded: those used last', async () => {
  withResolver(4)
  const plans: OperationDefinitionNode[] = []
  const ours = createExecute(3, operation => plans.push(operation))
  const documents = [1, 2, 3, 4].map(i => parse(`{ a${i}: int }`))
  const all = () => Promise.all(documents.map(document => ours({ schema, document })))
  await all()
  expect(plans).toHaveLength(0)
  await all()
  expect(plans).toHaveLength(4)
  for (const document of documents.slice(1)) await ours({ schema, document })
  expect(plans).toHaveLength(4)
  await Promise.all([ours({ schema, document: documents[0] as never })])
  expect(plans).toHaveLength(5)
})

test('what would hold too much is not kept, and answered all the same', async () => {
  for (const type of [schema.getQueryType(), types.Cat, types.Dog])
    for (const [name, field] of Object.entries(type?.getFields() ?? {}))
      field.resolve = () => (/^int/.test(name) ? 1 : name === 'text' ? 'x' : { kind: 'Cat' })
  const level = (n: number): string =>
    n === 0 ? 'int' : ['cat', 'dog1', 'pet', 'pet1'].map(f => `${f} { int ${level(n - 1)} }`).join(' ')
  expect(await tried(`{ ${level(5)} }`)).toBe(1)
})
