import type { IncomingMessage } from 'node:http'
import type { DocumentNode, GraphQLError } from 'graphql'
import { type CORSOptions, createYoga, type Plugin } from 'graphql-yoga'
import type { Context } from '../graph/context.ts'
import { type ContextOptions, createContexts } from './contexts.ts'
import { createDocuments, documentCaches } from './documents.ts'
import { createExecution } from './execution.ts'
import { createPost } from './post.ts'
import { maskError, useLimits } from './protect.ts'
import { schema } from './schema.ts'
import { createSelections } from './selection.ts'
import type { SessionWatch, Watched } from './session-watch.ts'
import { createSocketExecution } from './socket-execution.ts'
import { sessionOver, subscribe } from './subscribe.ts'

export interface ApiOptions extends ContextOptions {
  sessionWatch: SessionWatch
  corsOrigins: readonly string[]
  introspection: boolean
}

/** What a transport knows of a request before GraphQL does. */
export interface ServerContext {
  req: IncomingMessage
  /** In logs, in answers to faults of ours, and in the header `x-request-id`. */
  requestId: string
}

/**
 * The GraphQL engine. `api`: HTTP and SSE. `post`: what nearly every request is, without Yoga's way through it, over the same
 * documents and the same execution; `onSockets`: what comes on sockets, in the same way.
 */
export function createApi({ sessionWatch, corsOrigins, introspection, ...about }: ApiOptions) {
  const { log } = about.services
  const contexts = createContexts(about)
  const selections = createSelections(about.services)
  const execution = createExecution()

  const useExecution: Plugin<Context, ServerContext> = {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execution.execute),
    async onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const admitted = await execution.admit(args)
      if (typeof admitted !== 'number') return setResultAndStopExecution({ errors: [admitted] })
      const { viewer, over, baseUrl } = args.contextValue as unknown as Context
      const watched: Watched = { viewer, over: why => over.abort(sessionOver(why)) }
      sessionWatch.watch(watched)
      over.signal.addEventListener('abort', () => sessionWatch.unwatch(watched), { once: true })
      setSubscribeFn(of => subscribe(of, () => selections(of, baseUrl)))
    },
  }

  const api = createYoga<ServerContext, Context>({
    schema,
    context: ({ req, requestId }) => contexts.whole(req, requestId),
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    healthCheckEndpoint: '/health-of-yoga',
    cors: request => corsOf(corsOrigins, request.headers.get('origin')),
    maskedErrors: { maskError: error => maskError(log, error) },
    parserAndValidationCache: documentCaches(),
    plugins: [...useLimits(introspection), useExecution],
  })

  const documents = createDocuments(
    text => api.getEnveloped().parse(text) as DocumentNode,
    document => api.getEnveloped().validate(schema, document) as readonly GraphQLError[],
  )
  const corsHeaders = (origin: string | undefined) => headersOf(corsOf(corsOrigins, origin ?? null))
  return {
    api,
    post: createPost({ contexts, documents, execution, corsHeaders, log }),
    onSockets: createSocketExecution({ contexts, documents, execution, selections }),
    originOf: contexts.originOf,
  }
}
export type Api = ReturnType<typeof createApi>

/** What an origin may do. Given the whole list, Yoga answers others with the origin `null`, which sandboxed pages have. */
const corsOf = (origins: readonly string[], origin: string | null): CORSOptions =>
  origin !== null &&
  origins.includes(origin) && {
    origin,
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type'],
    credentials: false,
    maxAge: 86_400,
  }

const headersOf = (allowed: CORSOptions): Record<string, string> =>
  allowed === false
    ? {}
    : {
        'access-control-allow-origin': String(allowed.origin),
        'access-control-allow-methods': String(allowed.methods?.join(', ')),
        'access-control-allow-headers': String(allowed.allowedHeaders?.join(', ')),
        'access-control-max-age': String(allowed.maxAge),
      }
