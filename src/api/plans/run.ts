import {
  type ExecutionArgs,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
} from 'graphql'

export type Path = GraphQLResolveInfo['path']

export interface Field {
  /** As it is called in the answer. */
  name: string
  parent: GraphQLObjectType
  nodes: readonly FieldNode[]
  def: GraphQLField<unknown, unknown>
}

/** What is carried out, the same each time. */
export interface Operation {
  schema: GraphQLSchema
  node: OperationDefinitionNode
  fragments: Readonly<Record<string, FragmentDefinitionNode>>
}

/** An execution that is under way. */
export class Run {
  readonly operation: Operation
  readonly context: unknown
  readonly root: unknown
  readonly variables: Record<string, unknown>
  readonly errors: GraphQLError[] = []
  private nulled: Set<Path | undefined> | null = null

  constructor(operation: Operation, { contextValue, rootValue }: ExecutionArgs, variables: Record<string, unknown>) {
    this.operation = operation
    this.context = contextValue
    this.root = rootValue
    this.variables = variables
  }

  /** Notes an error, unless the place where it happened is null already. */
  fail(error: GraphQLError, path: Path | undefined): null {
    this.nulled ??= new Set()
    if (this.nulled.has(undefined)) return null
    for (let at = path; at; at = at.prev) if (this.nulled.has(at)) return null
    this.nulled.add(path)
    this.errors.push(error)
    return null
  }
}

/** A field of one object: its place in the answer, and what its resolver may ask about it. One object for both. */
export class Place implements GraphQLResolveInfo, Path {
  readonly run: Run
  readonly field: Field
  readonly prev: Path | undefined
  constructor(run: Run, field: Field, prev: Path | undefined) {
    this.run = run
    this.field = field
    this.prev = prev
  }
  get key(): string {
    return this.field.name
  }
  get typename(): string {
    return this.field.parent.name
  }
  get path(): Path {
    return this
  }
  get fieldName(): string {
    return this.field.def.name
  }
  get fieldNodes(): readonly FieldNode[] {
    return this.field.nodes
  }
  get returnType(): GraphQLResolveInfo['returnType'] {
    return this.field.def.type
  }
  get parentType(): GraphQLObjectType {
    return this.field.parent
  }
  get schema(): GraphQLSchema {
    return this.run.operation.schema
  }
  get operation(): OperationDefinitionNode {
    return this.run.operation.node
  }
  get fragments(): Record<string, FragmentDefinitionNode> {
    return this.run.operation.fragments
  }
  get rootValue(): unknown {
    return this.run.root
  }
  get variableValues(): Record<string, unknown> {
    return this.run.variables
  }
}

/** A field, or an item of its list, failed: it is null where it may be, and where not the error goes on upwards. */
export function failed(place: Place, error: unknown, path: Path, nullable: boolean): null {
  const located = locatedError(error, place.field.nodes as FieldNode[], responsePathAsArray(path))
  if (!nullable) throw located
  return place.run.fail(located, path)
}

export const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Promise<unknown>).then === 'function'

/**
 * The same object, when all of it has come that it waits for, under these names. It is told a turn later, as `Promise.all` and
 * `then` would: which of two errors is the first must not depend on it.
 */
export function whole(object: Record<string, unknown>, names: readonly string[]): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    let missing = names.length
    for (const name of names)
      (object[name] as Promise<unknown>).then(
        value => {
          object[name] = value
          if (--missing === 0) queueMicrotask(() => resolve(object))
        },
        error => queueMicrotask(() => reject(error)),
      )
  })
}
