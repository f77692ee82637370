import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  getArgumentValues,
  isNonNullType,
  type SelectionSetNode,
  TypeNameMetaFieldDef,
} from 'graphql'
import { oncePer } from '../../kernel/once.ts'
import { collect } from './collect.ts'
import { type Complete, completerOf } from './complete.ts'
import { type Field, failed, isPromise, type Operation, type Path, Place, type Run, whole } from './run.ts'

/**
 * An operation as functions. Each knows what GraphQL's own execution looks up again for every object: which fields are
 * selected of it, their resolvers, and what is made of what these give. Answers, errors and their order are the same.
 */
export interface Plan {
  /** The data, or a promise of it. Throws what there is no place to put. */
  execute: (run: Run) => unknown
  /** It holds so much that it is not worth keeping. */
  isTooLarge: () => boolean
}

interface Planned extends Field {
  argsOf: (variables: Run['variables']) => Readonly<Record<string, unknown>>
  resolve: GraphQLFieldResolver<unknown, unknown>
  nullable: boolean
  complete: Complete
}

const mostFields = 1_000
const noArguments = Object.freeze({})

/** `operation`: one that is plain. What is selected of a type is planned when an object of it first comes. */
export function createPlan({ schema, node: operation, fragments }: Operation): Plan {
  let size = 0

  function fieldsOf(type: GraphQLObjectType, selections: readonly (SelectionSetNode | undefined)[]): Planned[] {
    const planned = [...collect(schema, fragments, type, selections)].flatMap(([name, nodes]) => {
      const called = nodes[0]?.name.value ?? ''
      const def = called === TypeNameMetaFieldDef.name ? TypeNameMetaFieldDef : type.getFields()[called]
      return def ? [plannedOf({ name, nodes, def, parent: type })] : []
    })
    size += planned.length
    return planned
  }

  function argsOf({ def, nodes: [node] }: Field): Planned['argsOf'] {
    if (def.args.length === 0 || !node) return () => noArguments
    const make = (variables: Run['variables']) => Object.freeze(getArgumentValues(def, node, variables))
    // Frame after frame of a subscription comes with the same variables.
    return operation.operation === 'subscription' ? oncePer(make) : make
  }

  function plannedOf(field: Field): Planned {
    const { def, nodes } = field
    const select = (type: GraphQLObjectType): Complete => {
      const look = () =>
        fieldsOf(
          type,
          nodes.map(node => node.selectionSet),
        )
      let known: readonly Planned[] | null = null
      return (source, { run }, path) => {
        const selected = known ?? look()
        if (size <= mostFields) known = selected
        return dataOf(run, source, path, selected)
      }
    }
    return {
      ...field,
      argsOf: argsOf(field),
      resolve: def.resolve ?? defaultFieldResolver,
      nullable: !isNonNullType(def.type),
      complete: completerOf({ schema, field, select }, def.type),
    }
  }

  function dataOf(run: Run, source: unknown, path: Path | undefined, fields: readonly Planned[]): unknown {
    const data: Record<string, unknown> = {}
    const waits: string[] = []
    try {
      for (const field of fields) {
        const value = answerOf(run, source, path, field)
        data[field.name] = value
        if (isPromise(value)) waits.push(field.name)
      }
    } catch (error) {
      if (waits.length === 0) throw error
      // The others may fail as well, and somebody has to hear of it.
      return whole(data, waits).finally(() => {
        throw error
      })
    }
    return waits.length === 0 ? data : whole(data, waits)
  }

  function answerOf(run: Run, source: unknown, prev: Path | undefined, field: Planned): unknown {
    const { resolve, complete, nullable } = field
    const place = new Place(run, field, prev)
    try {
      const value = resolve(source, field.argsOf(run.variables), run.context, place)
      const done = isPromise(value) ? value.then(come => complete(come, place, place)) : complete(value, place, place)
      return isPromise(done) ? done.then(undefined, error => failed(place, error, place, nullable)) : done
    } catch (error) {
      return failed(place, error, place, nullable)
    }
  }

  function oneByOne(run: Run, fields: readonly Planned[]): unknown {
    const data: Record<string, unknown> = {}
    const added = ({ name }: Planned, value: unknown) => {
      data[name] = value
      return data
    }
    const next = (field: Planned) => {
      const value = answerOf(run, run.root, undefined, field)
      return isPromise(value) ? value.then(come => added(field, come)) : added(field, value)
    }
    return fields.reduce<unknown>(
      (before, field) => (isPromise(before) ? before.then(() => next(field)) : next(field)),
      data,
    )
  }

  const type = schema.getRootType(operation.operation)
  const root = type ? fieldsOf(type, [operation.selectionSet]) : []
  return {
    execute: run => (operation.operation === 'mutation' ? oneByOne(run, root) : dataOf(run, run.root, undefined, root)),
    isTooLarge: () => size > mostFields,
  }
}
