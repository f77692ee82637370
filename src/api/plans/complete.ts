import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { type Field, failed, isPromise, type Path, type Place } from './run.ts'

/**
 * What a field answers with, from what its resolver gave. `path`: where, which inside of a list is an item of it. Throws, or
 * gives a promise, as the resolvers below it do.
 */
export type Complete = (value: unknown, place: Place, path: Path) => unknown

export interface Completing {
  schema: GraphQLSchema
  field: Field
  /** What the field selects of objects of a type. */
  select: (type: GraphQLObjectType) => Complete
}

export function completerOf(of: Completing, type: GraphQLOutputType): Complete {
  const { parent, def } = of.field
  if (!isNonNullType(type)) {
    const complete = presentOf(of, type)
    return (value, place, path) => {
      if (value == null) return null
      if (value instanceof Error) throw value
      return complete(value, place, path)
    }
  }
  const complete = presentOf(of, type.ofType as GraphQLOutputType)
  return (value, place, path) => {
    if (value == null) throw new Error(`Cannot return null for non-nullable field ${parent.name}.${def.name}.`)
    if (value instanceof Error) throw value
    return complete(value, place, path)
  }
}

/** The same for a value that is there. */
function presentOf(of: Completing, type: GraphQLOutputType): Complete {
  if (isLeafType(type)) return leafOf(type)
  if (isListType(type)) return listOf(of, type.ofType as GraphQLOutputType)
  if (isAbstractType(type)) return abstractOf(of, type)
  return objectOf(of, type as GraphQLObjectType)
}

const leafOf =
  (type: GraphQLLeafType): Complete =>
  value => {
    const done = type.serialize(value)
    if (done != null) return done
    throw new Error(`Expected \`${type}.serialize(…)\` to return non-nullable value, returned: ${done}`)
  }

function listOf(of: Completing, type: GraphQLOutputType): Complete {
  const { field } = of
  const complete = completerOf(of, type)
  const nullable = !isNonNullType(type)
  const itemOf: Complete = (item, place, at) => {
    try {
      const done = isPromise(item) ? item.then(come => complete(come, place, at)) : complete(item, place, at)
      return isPromise(done) ? done.then(undefined, error => failed(place, error, at, nullable)) : done
    } catch (error) {
      return failed(place, error, at, nullable)
    }
  }
  return (value, place, path) => {
    if (typeof value !== 'object' || typeof (value as Iterable<unknown>)[Symbol.iterator] !== 'function')
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parent.name}.${field.def.name}".`,
      )
    const items: unknown[] = []
    let waits = false
    try {
      for (const item of value as Iterable<unknown>) {
        const done = itemOf(item, place, { prev: path, key: items.length, typename: undefined })
        items.push(done)
        if (isPromise(done)) waits = true
      }
    } catch (error) {
      void Promise.allSettled(items) // they may fail as well, and nobody else hears of it
      throw error
    }
    return waits ? Promise.all(items) : items
  }
}

function objectOf({ field, select }: Completing, type: GraphQLObjectType): Complete {
  const selected = select(type)
  const isTypeOf = type.isTypeOf?.bind(type)
  if (!isTypeOf) return selected
  const checked = (is: boolean, value: unknown, place: Place, path: Path) => {
    if (is) return selected(value, place, path)
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: field.nodes })
  }
  return (value, place, path) => {
    const is = isTypeOf(value, place.run.context, place)
    return isPromise(is)
      ? is.then(come => checked(come as boolean, value, place, path))
      : checked(is, value, place, path)
  }
}

function abstractOf(of: Completing, type: GraphQLAbstractType): Complete {
  const known = new Map<unknown, Complete>()
  const resolveType = type.resolveType?.bind(type) ?? defaultTypeResolver
  function completeAs(name: unknown): Complete {
    const before = known.get(name)
    if (before) return before
    const found = typeof name === 'string' ? of.schema.getType(name) : null
    if (!isObjectType(found) || !of.schema.isSubType(type, found)) throw unresolved(type, of.field, name)
    const complete = objectOf(of, found)
    known.set(name, complete)
    return complete
  }
  return (value, place, path) => {
    const name: unknown = resolveType(value, place.run.context, place, type)
    return isPromise(name)
      ? name.then(come => completeAs(come)(value, place, path))
      : completeAs(name)(value, place, path)
  }
}

function unresolved({ name }: GraphQLAbstractType, { parent, def, nodes }: Field, resolved: unknown): GraphQLError {
  const place = `for field "${parent.name}.${def.name}"`
  const message =
    resolved == null
      ? `Abstract type "${name}" must resolve to an Object type at runtime ${place}. Either the "${name}" type should provide a "resolveType" function or each possible type should provide an "isTypeOf" function.`
      : `Abstract type "${name}" was resolved to "${resolved}" ${place}.`
  return new GraphQLError(message, { nodes })
}
