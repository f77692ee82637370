import { countDepth } from '@graphql-inspector/core'
import { complexityFromQuery } from '@pothos/plugin-complexity'
import { type FragmentDefinitionNode, type GraphQLSchema, Kind, parse, validate } from 'graphql'
import { limits } from '../src/graph/builder.ts'

/** What is wrong with an operation that we publish: it has to be valid, and within the limits with lists as they are by default. */
export function problemsOf(schema: GraphQLSchema, query: string, variables: Record<string, unknown> = {}): string[] {
  const document = parse(query)
  const invalid = validate(schema, document)
  if (invalid.length > 0) return invalid.map(error => error.message)
  const cost = complexityFromQuery(document, { schema, variables }).complexity
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const node of document.definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node)
  const operations = document.definitions.filter(node => node.kind === Kind.OPERATION_DEFINITION)
  const depth = Math.max(...operations.map(operation => countDepth(operation, 0, name => fragments.get(name))))
  return [
    ...(cost > limits.cost ? [`it costs ${cost}, and at most ${limits.cost} is allowed`] : []),
    ...(depth > limits.depth ? [`it is ${depth} deep, and at most ${limits.depth} is allowed`] : []),
  ]
}
