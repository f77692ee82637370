import type { IncomingMessage } from 'node:http'
import { type CORSOptions, createYoga, type Plugin } from 'graphql-yoga'
import type { Context, Services } from '../graph/context.ts'
import type { Auth } from './auth.ts'
import { createExecution } from './execution.ts'
import { maskError, useLimits } from './protect.ts'
import { schema } from './schema.ts'
import { createSelections } from './selection.ts'
import type { SessionWatch } from './session-watch.ts'
import { type Carrier, sessionOver, subscribe } from './subscribe.ts'

export interface ApiOptions {
  services: Services
  auth: Auth
  sessionWatch: SessionWatch
  corsOrigins: readonly string[]
  introspection: boolean
  placeOf: (req: IncomingMessage) => string
  /** Null: what each request says. */
  publicUrl: string | null
}

/** What a transport knows of a request before GraphQL does. */
export interface ServerContext {
  req: IncomingMessage
  /** In logs, in answers to faults of ours, and in the header `x-request-id`. */
  requestId: string
  /** A WebSocket looks after its session itself; here is what it knows of it. */
  socket?: Pick<Context, 'viewer' | 'tokenProblem'> & Pick<Carrier, 'tell'>
}

/** The GraphQL engine: HTTP and SSE by itself, WebSockets through `getEnveloped`. */
export function createApi({
  services,
  auth,
  sessionWatch,
  corsOrigins,
  introspection,
  placeOf,
  publicUrl,
}: ApiOptions) {
  async function context({ req, requestId, socket }: ServerContext): Promise<Context> {
    const baseUrl = publicUrl ?? `http://${req.headers.host ?? 'localhost'}`
    const base = {
      ...services,
      requestId,
      place: placeOf(req),
      baseUrl,
      over: new AbortController(),
      loaders: new Map(),
    }
    if (socket) return { ...base, viewer: socket.viewer, tokenProblem: socket.tokenProblem }
    const caller = await auth.authenticate(req.headers.authorization)
    const good = caller && !('problem' in caller)
    return { ...base, viewer: good ? caller : null, tokenProblem: caller && !good ? caller.problem : null }
  }

  const selections = createSelections(services)
  const execution = createExecution()
  const useExecution: Plugin<Context, ServerContext> = {
    onExecute: ({ setExecuteFn }) => setExecuteFn(execution.execute),
    async onSubscribe({ args, setSubscribeFn, setResultAndStopExecution }) {
      const admitted = await execution.admit(args)
      if (typeof admitted !== 'number') return setResultAndStopExecution({ errors: [admitted] })
      const ctx = args.contextValue as unknown as ServerContext & Context
      const { viewer, over, socket, baseUrl } = ctx
      // A WebSocket is closed when its session ends; an SSE stream ends by itself.
      const watch = () =>
        viewer && !socket ? sessionWatch.watch(viewer, why => over.abort(sessionOver(why))) : () => undefined
      setSubscribeFn(of => subscribe(of, { watch, select: () => selections(of, baseUrl), tell: socket?.tell ?? null }))
    },
  }

  return createYoga<ServerContext, Context>({
    schema,
    context,
    graphiql: false,
    landingPage: false,
    batching: false,
    multipart: false,
    logging: false,
    healthCheckEndpoint: '/health-of-yoga',
    cors: request => corsOf(corsOrigins, request.headers.get('origin')),
    maskedErrors: { maskError: error => maskError(services.log, error) },
    plugins: [...useLimits(introspection), useExecution],
  })
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
