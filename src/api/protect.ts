import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor'
import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  type DocumentNode,
  type ExecutionArgs,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  type ValidationContext,
} from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'
import { LRUCache } from 'lru-cache'
import { limits } from '../graph/builder.ts'
import { type Context, openCommit, Refused, untilProjected } from '../graph/context.ts'
import { StoreUnavailable } from '../port/event-store.ts'
import type { Log } from '../port/log.ts'

// What stands between a request and its execution, for HTTP, SSE and WebSocket alike.

/** Too much of something is reported like anything else that is wrong with a document, and not thrown. */
const reported = {
  propagateOnRejection: false,
  onReject: [
    (ctx: ValidationContext | null, { message }: GraphQLError) =>
      ctx?.reportError(
        new GraphQLError(message.replace('Syntax Error: ', ''), { extensions: { code: 'LIMIT_EXCEEDED' } }),
      ),
  ],
}

/** Depth, aliases, directives, tokens, no suggestions; introspection only where it is allowed. */
export function useLimits(introspection: boolean): Plugin[] {
  const armor = EnvelopArmorPlugin({
    costLimit: { enabled: false },
    maxTokens: { enabled: false },
    maxDepth: { ...reported, n: limits.depth, ignoreIntrospection: true },
    maxAliases: { ...reported, n: limits.aliases },
    maxDirectives: { ...reported, n: limits.directives },
    blockFieldSuggestion: { enabled: true },
  }) as Plugin
  const rest: Plugin = {
    onParse: ({ setParseFn }) =>
      setParseFn((source, options) => parse(source, { ...options, maxTokens: limits.tokens })),
    onValidate: ({ addValidationRule }) => {
      if (!introspection) addValidationRule(NoSchemaIntrospectionCustomRule)
    },
  }
  return [rest, armor]
}

/** What an operation costs, told in `extensions.cost`; too much is refused before it runs. */
export function useCost(): Plugin {
  const known = new LRUCache<string, number>({ max: 5_000 })
  const costs = new WeakMap<DocumentNode, string>()
  let documents = 0

  function costOf(args: ExecutionArgs): number | GraphQLError {
    const variables = inOneLine(args.variableValues ?? {})
    if (variables === null) return tooDeep()
    const id = costs.get(args.document) ?? String(documents++)
    costs.set(args.document, id)
    const key = `${id} ${args.operationName ?? ''} ${variables}`
    const cached = key.length < 2_000 ? known.get(key) : undefined
    if (cached !== undefined) return cached
    const cost = complexityOf(args)
    if (typeof cost !== 'number') return cost
    if (cost > limits.cost) return tooCostly(cost)
    if (key.length < 2_000) known.set(key, cost)
    return cost
  }
  const tooDeep = () =>
    new GraphQLError('These variables are nested too deep.', { extensions: { code: 'INVALID_INPUT' } })
  const tooCostly = (cost: number) =>
    new GraphQLError(
      `This asks for too much: it costs ${cost}, and at most ${limits.cost} is allowed. Ask for shorter lists.`,
      {
        extensions: { code: 'LIMIT_EXCEEDED', cost, limit: limits.cost },
      },
    )

  return {
    onExecute({ args, setResultAndStopExecution }) {
      const cost = costOf(args)
      if (typeof cost !== 'number') return setResultAndStopExecution({ errors: [cost] })
      return {
        onExecuteDone({ result, setResult }) {
          if (!isAsyncIterable(result)) setResult({ ...result, extensions: { ...result.extensions, cost } })
        },
      }
    },
    onSubscribe({ args, setResultAndStopExecution }) {
      const cost = costOf(args)
      if (typeof cost !== 'number') setResultAndStopExecution({ errors: [cost] })
    },
  }
}

/** Variables are read before the execution reads them, so it is here that they turn out to be wrong. */
function complexityOf(args: ExecutionArgs): number | GraphQLError {
  const { schema, variableValues } = args
  try {
    return complexityFromQuery(operationOf(args), { schema, variables: variableValues ?? {} }).complexity
  } catch (error) {
    if (error instanceof GraphQLError) return withCode(error)
    throw error
  }
}

/** Null for what is nested so deep that it cannot be written down. */
function inOneLine(variables: object): string | null {
  try {
    return JSON.stringify(variables)
  } catch {
    return null
  }
}

/** Only the operation that is asked for: the others of its document cost nothing. */
function operationOf({ document, operationName }: ExecutionArgs): DocumentNode {
  if (!operationName) return document
  const definitions = document.definitions.filter(
    d => d.kind !== 'OperationDefinition' || d.name?.value === operationName,
  )
  return { ...document, definitions }
}

/** Waits for the commit that a client brought back in `extensions.commit`. */
export function useCommit(): Plugin {
  async function wait(args: ExecutionArgs): Promise<GraphQLError | null> {
    const ctx = args.contextValue as Context & { params?: { extensions?: { commit?: unknown } } }
    const token = ctx.params?.extensions?.commit
    if (token === undefined) return null
    const commit = typeof token === 'string' ? openCommit(ctx.tokens, token) : null
    if (!commit)
      return new GraphQLError('This commit token is not of this log.', { extensions: { code: 'INVALID_INPUT' } })
    try {
      await untilProjected(ctx, commit)
      return null
    } catch (error) {
      if (error instanceof GraphQLError) return error
      throw error
    }
  }
  return {
    async onExecute({ args, setResultAndStopExecution }) {
      const error = await wait(args)
      if (error) setResultAndStopExecution({ errors: [error] })
    },
    async onSubscribe({ args, setResultAndStopExecution }) {
      const error = await wait(args)
      if (error) setResultAndStopExecution({ errors: [error] })
    },
  }
}

/** Errors of ours as they are; anything else is logged with the request's id and told as that id only. */
export function maskError(log: Log, error: unknown, correlationId: string = crypto.randomUUID()): GraphQLError {
  const original = error instanceof GraphQLError ? (error.originalError ?? error) : error
  if (error instanceof GraphQLError && original instanceof GraphQLError) return withCode(error)
  if (original instanceof Refused) return refused(original, error)
  log.error({ error: original, requestId: correlationId }, 'a request failed')
  const away = original instanceof StoreUnavailable
  const message = away ? 'The database does not answer: try again.' : 'Something went wrong on our side.'
  return at(error, new GraphQLError(message, { extensions: { code: 'INTERNAL', correlationId } }))
}

/**
 * GraphQL's own errors of an execution have no code: they are about variables and arguments, and quote them whole. Those
 * about a body that is no JSON carry the parser's own error, which is nobody's business.
 */
function withCode(error: GraphQLError): GraphQLError {
  const { extensions } = error
  if (extensions.originalError) Object.assign(extensions, { originalError: undefined, http: { status: 400 } })
  if (extensions.code) return error
  const message = error.message.length > 500 ? `${error.message.slice(0, 500)}…` : error.message
  return at(error, new GraphQLError(message, { extensions: { ...extensions, code: 'INVALID_INPUT' } }))
}

/** Masks the errors of an execution under the id of its request. */
export function useMasking(): Plugin {
  return {
    onExecute: ({ args }) => ({
      onExecuteDone({ result, setResult }) {
        if (isAsyncIterable(result) || !result.errors) return
        const { log, requestId } = args.contextValue as unknown as Context
        setResult({ ...result, errors: result.errors.map(error => maskError(log, error, requestId)) })
      },
    }),
  }
}

/** A refusal outside of a mutation's result: of a query's argument, or of a field below a payload. */
const refused = ({ rejection }: Refused, error: unknown): GraphQLError =>
  at(error, new GraphQLError(rejection.message, { extensions: { code: rejection.code } }))

/** The same error, with the place in the query where it happened. */
function at(place: unknown, { message, extensions }: GraphQLError): GraphQLError {
  if (!(place instanceof GraphQLError)) return new GraphQLError(message, { extensions })
  return new GraphQLError(message, { nodes: place.nodes ?? null, path: place.path ?? null, extensions })
}
