import {
  BREAK,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql'
import type { Operation } from './run.ts'

export type Fragments = Operation['fragments']

/** The fields that a selection has on an object of a type, by the names that they have in the answer. */
export function collect(
  schema: GraphQLSchema,
  fragments: Fragments,
  type: GraphQLObjectType,
  selections: readonly (SelectionSetNode | undefined)[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>()
  const visited = new Set<string>()
  const isOf = (condition: string | undefined) => {
    const other = condition === undefined ? type : schema.getType(condition)
    return other === type || (isAbstractType(other) && schema.isSubType(other, type))
  }
  const into = (set: SelectionSetNode) => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value
        const before = fields.get(name)
        if (before) before.push(selection)
        else fields.set(name, [selection])
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (isOf(selection.typeCondition?.name.value)) into(selection.selectionSet)
      } else if (!visited.has(selection.name.value)) {
        visited.add(selection.name.value)
        const fragment = fragments[selection.name.value]
        if (fragment && isOf(fragment.typeCondition.name.value)) into(fragment.selectionSet)
      }
    }
  }
  for (const set of selections) if (set) into(set)
  return fields
}

/**
 * Whether what is selected depends on the document and on types alone: nothing is skipped by a directive. Introspection, and
 * a name that an object cannot be given, are left to GraphQL itself as well.
 */
export function isPlain(operation: OperationDefinitionNode, fragments: Fragments): boolean {
  let plain = true
  const odd = () => {
    plain = false
    return BREAK
  }
  for (const node of [operation, ...Object.values(fragments)])
    visit(node, {
      Directive: odd,
      Field: ({ name, alias }) =>
        alias?.value === '__proto__' || (name.value.startsWith('__') && name.value !== '__typename')
          ? odd()
          : undefined,
    })
  return plain
}
