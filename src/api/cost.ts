import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { limits, ordinaryCost } from '../graph/builder.ts'

/**
 * What an operation costs, or why it is refused. Wrong variables of a query or a mutation are found by its execution, when the
 * cost is known already.
 */
export type CostOf = (args: ExecutionArgs) => number | GraphQLError

type Variables = Readonly<Record<string, unknown>>

/** One operation of a document, alone. */
interface Operation {
  node: OperationDefinitionNode
  document: DocumentNode
  /** The variables that its cost depends on: those of arguments such as `first`. */
  priced: readonly string[]
  /** By the values of `priced`. */
  costs: LRUCache<string, number>
}

const deepest = 500

/** A cost is reckoned once for each document and values of what it depends on. `reckon` walks the whole document. */
export function createCosts(reckon: typeof complexityFromQuery = complexityFromQuery): CostOf {
  const known = new WeakMap<DocumentNode, Map<unknown, Operation>>()

  function operationOf({ schema, document, operationName }: ExecutionArgs): Operation | null {
    const operations = known.get(document) ?? new Map<unknown, Operation>()
    known.set(document, operations)
    const found = operations.get(operationName)
    if (found) return found
    const node = getOperationAST(document, operationName)
    if (!node) return null
    const operation = alone(schema, document, node)
    operations.set(operationName, operation)
    return operation
  }

  return args => {
    const operation = operationOf(args)
    if (!operation) return 0 // the execution says what is wrong
    const variables = (args.variableValues ?? {}) as Variables
    if (isDeeperThan(deepest, variables)) return tooDeep()
    const { schema } = args
    const { operation: kind, variableDefinitions = [] } = operation.node
    const wrong = kind === 'subscription' && getVariableValues(schema, variableDefinitions, variables).errors?.[0]
    if (wrong) return wrong
    const key = keyOf(operation.priced, variables)
    const cached = operation.costs.get(key)
    if (cached !== undefined) return cached
    try {
      const cost = reckon(operation.document, { schema, variables }).complexity
      if (cost > limits.cost) return tooCostly(cost)
      if (key.length < 1_000) operation.costs.set(key, cost)
      return cost
    } catch (error) {
      if (error instanceof GraphQLError) return error
      throw error
    }
  }
}

function alone(schema: GraphQLSchema, whole: DocumentNode, node: OperationDefinitionNode): Operation {
  const definitions = whole.definitions.filter(one => one === node || one.kind !== Kind.OPERATION_DEFINITION)
  const document = { ...whole, definitions }
  return { node, document, priced: pricedIn(schema, document, node), costs: new LRUCache({ max: 100 }) }
}

/** Absent is not null: it may have a default. */
const keyOf = (names: readonly string[], variables: Variables): string =>
  names.length ? JSON.stringify(names.map(name => (Object.hasOwn(variables, name) ? [variables[name]] : 0))) : ''

/** Variables of arguments that a field's cost is made of; and those with a default, which may turn out to be null. */
function pricedIn(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode): string[] {
  const names = new Set<string>()
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? [])
    if (defaultValue && type.kind !== Kind.NON_NULL_TYPE) names.add(variable.name.value)
  const types = new TypeInfo(schema)
  const isOrdinary = () => types.getFieldDef()?.extensions.complexity === ordinaryCost
  const field = {
    Argument: (argument: object) => {
      if (!isOrdinary()) visit(argument as never, { Variable: ({ name }) => void names.add(name.value) })
    },
  }
  visit(document, visitWithTypeInfo(types, field))
  return [...names]
}

/** `most`: how deep a value may be nested, so that whoever walks it has room enough. */
function isDeeperThan(most: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (most === 0) return true
  for (const inner of Object.values(value)) if (isDeeperThan(most - 1, inner)) return true
  return false
}

const tooDeep = () =>
  new GraphQLError('These variables are nested too deep.', { extensions: { code: 'INVALID_INPUT' } })

const tooCostly = (cost: number) =>
  new GraphQLError(
    `This asks for too much: it costs ${cost}, and at most ${limits.cost} is allowed. Ask for shorter lists.`,
    { extensions: { code: 'LIMIT_EXCEEDED', cost, limit: limits.cost } },
  )
