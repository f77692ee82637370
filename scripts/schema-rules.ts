import { type Change, CriticalityLevel, diff } from '@graphql-inspector/core'
import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  isUnionType,
} from 'graphql'

// What a schema of this house looks like. Each rule gives one line for each place that breaks it.

const upper = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const ours = (schema: GraphQLSchema): GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter(type => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
const objects = (schema: GraphQLSchema): GraphQLObjectType[] => ours(schema).filter(isObjectType)
const fieldsOf = (schema: GraphQLSchema) =>
  objects(schema).flatMap(type =>
    Object.values(type.getFields()).map(field => ({ type, field, at: `${type.name}.${field.name}` })),
  )

/** Everything that a client can see has a description. */
export function descriptions(schema: GraphQLSchema): string[] {
  const seen: [at: string, description: string | null | undefined][] = []
  for (const type of ours(schema)) {
    seen.push([type.name, type.description])
    if (isEnumType(type))
      for (const value of type.getValues()) seen.push([`${type.name}.${value.name}`, value.description])
    else if ('getFields' in type)
      for (const field of Object.values(type.getFields())) {
        seen.push([`${type.name}.${field.name}`, field.description])
        if ('args' in field)
          for (const arg of field.args) seen.push([`${type.name}.${field.name}(${arg.name}:)`, arg.description])
      }
  }
  for (const directive of schema.getDirectives().filter(d => !isSpecifiedDirective(d)))
    seen.push([`@${directive.name}`, directive.description])
  return seen.filter(([, description]) => !description?.trim()).map(([at]) => `${at} has no description`)
}

export function enumValues(schema: GraphQLSchema): string[] {
  const values = ours(schema)
    .filter(isEnumType)
    .flatMap(type => type.getValues().map(value => `${type.name}.${value.name}`))
  return values.filter(at => !/\.[A-Z][A-Z0-9_]*$/.test(at)).map(at => `${at} is not UPPER_CASE`)
}

/** A mutation takes `input: <Name>Input!` and gives `<Name>Result`, which is `<Name>Payload` or errors. */
export function mutations(schema: GraphQLSchema): string[] {
  const problems: string[] = []
  for (const { name, args, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const title = upper(name)
    const takes = args.map(arg => `${arg.name}: ${arg.type}`).join(', ')
    if (takes !== `input: ${title}Input!`)
      problems.push(`Mutation.${name} takes (${takes}) and not (input: ${title}Input!)`)
    if (`${type}` !== `${title}Result` || !isUnionType(type)) {
      problems.push(`Mutation.${name} gives ${type} and not the union ${title}Result, nullable`)
      continue
    }
    const names = type.getTypes().map(member => member.name)
    if (!names.includes(`${title}Payload`)) problems.push(`${type} has no ${title}Payload`)
    for (const member of type.getTypes())
      if (member.name !== `${title}Payload` && !member.getInterfaces().some(i => i.name === 'Error'))
        problems.push(`${type} has ${member}, which is neither its payload nor an Error`)
  }
  return problems
}

/** `…Input` is of the mutation of its name, the type of its name on its way in, or a part of another input; what filters a list is called otherwise. */
export function inputs(schema: GraphQLSchema): string[] {
  const wanted = Object.keys(schema.getMutationType()?.getFields() ?? {}).map(name => `${upper(name)}Input`)
  const parts = new Set(
    ours(schema)
      .filter(isInputObjectType)
      .flatMap(type => Object.values(type.getFields()).map(field => getNamedType(field.type).name)),
  )
  const stray = ours(schema).filter(
    type =>
      isInputObjectType(type) &&
      type.name.endsWith('Input') &&
      !wanted.includes(type.name) &&
      !parts.has(type.name) &&
      !isObjectType(schema.getType(type.name.slice(0, -'Input'.length))),
  )
  return stray.map(type => `${type} is the input of no mutation`)
}

/** `<Name>Connection` and `<Name>Edge` are of `<Name>`, as Relay has them; `<Name>SearchEdge` tells more of a `<Name>`. */
export function connections(schema: GraphQLSchema): string[] {
  const shape = (type: GraphQLObjectType) => Object.values(type.getFields()).map(f => `${f.name}: ${f.type}`)
  const problems: string[] = []
  for (const type of objects(schema)) {
    const [, name, kind] = /^(\w+)(Connection|Edge)$/.exec(type.name) ?? []
    if (!name) continue
    const wanted =
      kind === 'Edge'
        ? ['cursor: String!', `node: ${name.replace(/Search$/, '')}!`]
        : [`edges: [${name}Edge!]!`, 'pageInfo: PageInfo!']
    for (const field of wanted) if (!shape(type).includes(field)) problems.push(`${type} has no ${field}`)
  }
  for (const { field, at } of fieldsOf(schema).filter(f => getNamedType(f.field.type).name.endsWith('Connection')))
    for (const arg of ['first', 'after'])
      if (!field.args.some(a => a.name === arg)) problems.push(`${at} takes no ${arg}`)
  return problems
}

/** What has an id is a Node; what is an instant is a DateTime. */
export function nodes(schema: GraphQLSchema): string[] {
  const ids = objects(schema).filter(type => type.getFields().id && !type.getInterfaces().some(i => i.name === 'Node'))
  const instants = fieldsOf(schema).filter(
    ({ field }) => /[a-z]At$/.test(field.name) && getNamedType(field.type).name !== 'DateTime',
  )
  return [...ids.map(type => `${type} has an id and is no Node`), ...instants.map(({ at }) => `${at} is no DateTime`)]
}

export function deprecations(schema: GraphQLSchema): string[] {
  const silent = fieldsOf(schema).filter(
    ({ field }) => field.deprecationReason != null && !/\buse\b.+\b20\d\d-\d\d/is.test(field.deprecationReason),
  )
  return silent.map(({ at }) => `${at} is deprecated without what to use, and until when (2027-01)`)
}

/**
 * Rule 9: members of a union or an interface hold a field name with one shape, at any depth, or a client could not select
 * both without an alias. `Node` is excused: nobody selects all nodes at once.
 */
export function shapes(schema: GraphQLSchema): string[] {
  const problems = new Set<string>()
  const compared = new Set<string>()
  const possible = (type: GraphQLNamedType): readonly GraphQLObjectType[] =>
    isObjectType(type) ? [type] : isAbstractType(type) && type.name !== 'Node' ? schema.getPossibleTypes(type) : []

  function compareAll(types: readonly GraphQLObjectType[], at: string): void {
    types.forEach((one, i) => {
      for (const other of types.slice(i + 1)) compare(one, other, at)
    })
  }
  function compare(one: GraphQLObjectType, other: GraphQLObjectType, at: string): void {
    const key = [one.name, other.name].sort().join(' ')
    if (one === other || compared.has(key)) return
    compared.add(key)
    for (const field of Object.values(one.getFields())) {
      const same: GraphQLField<unknown, unknown> | undefined = other.getFields()[field.name]
      if (!same) continue
      const [a, b] = [getNamedType(field.type), getNamedType(same.type)]
      const here = `${at}: ${one}.${field.name} is ${field.type} and ${other}.${field.name} is ${same.type}`
      const nested = isCompositeType(a) && isCompositeType(b)
      if (wrapping(field.type) !== wrapping(same.type) || (!nested && a !== b)) problems.add(here)
      else if (nested) for (const x of possible(a)) for (const y of possible(b)) compare(x, y, here)
    }
  }
  // DomainEvent is what all events have; no field gives it, so its members meet in the unions of feeds only.
  for (const type of ours(schema))
    if (isAbstractType(type) && type.name !== 'DomainEvent') compareAll(possible(type), type.name)
  return [...problems]
}
const wrapping = (type: GraphQLOutputType): string =>
  isNonNullType(type) ? `${wrapping(type.ofType)}!` : isListType(type) ? `[${wrapping(type.ofType)}]` : ''

export const rules = { descriptions, enumValues, mutations, inputs, connections, nodes, deprecations, shapes }

/** Changes that break clients and that the part "Breaking" at the top of the changelog does not name in backticks. */
export async function breaking(before: GraphQLSchema, after: GraphQLSchema, changelog: string): Promise<string[]> {
  const [, latest = ''] = /^## .+?\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(changelog) ?? []
  const [, listed = ''] = /^### Breaking\n([\s\S]*?)(?=^### |$(?![\s\S]))/m.exec(latest) ?? []
  const changes: Change[] = await diff(before, after)
  return changes
    .filter(
      ({ criticality, path }) => criticality.level === CriticalityLevel.Breaking && !listed.includes(`\`${path}\``),
    )
    .map(({ message, path }) => `${message} To mean it, name \`${path}\` under "### Breaking" in CHANGELOG.md`)
}
