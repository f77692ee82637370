import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor'
import { GraphQLError, NoSchemaIntrospectionCustomRule, parse, type ValidationContext } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { limits } from '../graph/builder.ts'
import { Refused } from '../graph/context.ts'
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

/** What graphql ends a message with when it knows something that is called nearly so. */
const hint = / Did you mean [^?]*\?$/

/** Depth, aliases, directives, tokens; introspection, and hints at what there is, only where they are allowed. */
export function useLimits(introspection: boolean): Plugin[] {
  const armor = EnvelopArmorPlugin({
    costLimit: { enabled: false },
    maxTokens: { enabled: false },
    maxDepth: { ...reported, n: limits.depth, ignoreIntrospection: true },
    maxAliases: { ...reported, n: limits.aliases },
    maxDirectives: { ...reported, n: limits.directives },
    blockFieldSuggestion: { enabled: false },
  }) as Plugin
  const rest: Plugin = {
    onParse: ({ setParseFn }) =>
      setParseFn((source, options) => parse(source, { ...options, maxTokens: limits.tokens })),
    onValidate: ({ addValidationRule }) => {
      if (introspection) return
      addValidationRule(NoSchemaIntrospectionCustomRule)
      return ({ result }) => {
        for (const error of result as readonly Error[]) error.message = error.message.replace(hint, '')
      }
    },
  }
  return [rest, armor]
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
 * GraphQL's own errors of an execution have no code: they are about variables and arguments, quote them whole, and hint at
 * names. Those about a body that is no JSON carry the parser's own error, which is nobody's business.
 */
export function withCode(error: GraphQLError): GraphQLError {
  const { extensions } = error
  if (extensions.originalError) Object.assign(extensions, { originalError: undefined, http: { status: 400 } })
  if (extensions.code) return error
  const said = error.message.replace(hint, '')
  const message = said.length > 500 ? `${said.slice(0, 500)}…` : said
  return at(error, new GraphQLError(message, { extensions: { ...extensions, code: 'INVALID_INPUT' } }))
}

/** A refusal outside of a mutation's result: of a query's argument, or of a field below a payload. */
const refused = ({ rejection }: Refused, error: unknown): GraphQLError =>
  at(error, new GraphQLError(rejection.message, { extensions: { code: rejection.code } }))

/** The same error, with the place in the query where it happened. */
function at(place: unknown, { message, extensions }: GraphQLError): GraphQLError {
  if (!(place instanceof GraphQLError)) return new GraphQLError(message, { extensions })
  return new GraphQLError(message, { nodes: place.nodes ?? null, path: place.path ?? null, extensions })
}
