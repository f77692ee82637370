import type { IncomingMessage, ServerResponse } from 'node:http'
import { type DocumentNode, getOperationAST } from 'graphql'
import type { Log } from '../port/log.ts'
import type { Contexts } from './contexts.ts'
import type { Documents } from './documents.ts'
import type { Execution } from './execution.ts'
import { maskError } from './protect.ts'
import { schema } from './schema.ts'

// What nearly every request is: a query or a mutation by POST, well formed, answered with JSON. Whatever else comes is left
// to Yoga, which says what is wrong with it: so there is one place that words each refusal.

export interface PostOptions {
  contexts: Contexts
  documents: Documents
  execution: Execution
  /** What an origin is told that it may do. */
  corsHeaders: (origin: string | undefined) => Readonly<Record<string, string>>
  log: Log
}

/** Answers a request, whose body was read; null when it is not its kind. */
export type Post = (req: IncomingMessage, res: ServerResponse, requestId: string, body: string) => Promise<void> | null

interface Params {
  query: string
  operationName?: string | null
  variables?: Record<string, unknown> | null
  extensions?: Record<string, unknown> | null
}

export function createPost({ contexts, documents, execution, corsHeaders, log }: PostOptions): Post {
  async function answer(
    req: IncomingMessage,
    requestId: string,
    document: DocumentNode,
    params: Params,
  ): Promise<string> {
    const { variables, operationName, extensions } = params
    const context = await contexts.light(req, requestId)
    const result = await execution.execute({
      schema,
      document,
      contextValue: Object.assign(context, { params: { extensions } }),
      ...(variables ? { variableValues: variables } : {}),
      ...(operationName == null ? {} : { operationName }),
    })
    return JSON.stringify(result)
  }

  return (req, res, requestId, body) => {
    const type = mediaType(req.headers.accept ?? '*/*')
    const params = type && paramsOf(body)
    const document = params && documents.good(params.query)
    if (!document) return null
    const operation = getOperationAST(document, params.operationName)
    if (!operation || operation.operation === 'subscription') return null
    const failed = (error: unknown) => JSON.stringify({ errors: [maskError(log, error, requestId)] })
    return answer(req, requestId, document, params)
      .catch(failed)
      .then(text => {
        res.writeHead(200, {
          'content-type': `${type}; charset=utf-8`,
          'content-length': Buffer.byteLength(text),
          ...corsHeaders(req.headers.origin),
        })
        res.end(text)
      })
  }
}

/** JSON of which kind; null for whoever asks for something else before it. */
function mediaType(accept: string): string | null {
  const type = /^\s*(application\/(?:json|\*|graphql-response\+json)|\*\/\*)\s*(?:,|$)/i
    .exec(accept)?.[1]
    ?.toLowerCase()
  if (!type) return null
  return type.endsWith('*') ? 'application/json' : type
}

const names = new Set(['query', 'operationName', 'variables', 'extensions'])

function paramsOf(body: string): Params | null {
  const params = parsed(body)
  if (!isObject(params) || Object.keys(params).some(name => !names.has(name))) return null
  const { query, operationName, variables, extensions } = params
  const good =
    typeof query === 'string' &&
    (operationName == null || typeof operationName === 'string') &&
    (variables == null || isObject(variables)) &&
    (extensions == null || isObject(extensions))
  return good ? (params as unknown as Params) : null
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
