import type { IncomingMessage } from 'node:http'
import type { Context, Services } from '../graph/context.ts'
import type { Auth } from './auth.ts'

export interface ContextOptions {
  services: Services
  auth: Auth
  placeOf: (req: IncomingMessage) => string
  /** Null: what each request says. */
  publicUrl: string | null
}

/** Who asks, as far as it is known. */
export type Caller = Pick<Context, 'viewer' | 'tokenProblem'>

export interface Contexts {
  /** Everything in one object of its own, as the plugins of Yoga need it. */
  whole: (req: IncomingMessage, requestId: string, caller?: Caller) => Promise<Context>
  /** The same for one query or mutation: what all requests share is inherited and not copied. */
  light: (req: IncomingMessage, requestId: string) => Promise<Context>
}

/** What operations are carried out with. */
export function createContexts({ services, auth, placeOf, publicUrl }: ContextOptions): Contexts {
  async function callerOf(req: IncomingMessage): Promise<Caller> {
    const caller = await auth.authenticate(req.headers.authorization)
    if (!caller) return { viewer: null, tokenProblem: null }
    return 'problem' in caller ? { viewer: null, tokenProblem: caller.problem } : { viewer: caller, tokenProblem: null }
  }
  const own = (req: IncomingMessage, requestId: string, { viewer, tokenProblem }: Caller) => ({
    requestId,
    place: placeOf(req),
    baseUrl: publicUrl ?? `http://${req.headers.host ?? 'localhost'}`,
    loaders: new Map<unknown, unknown>(),
    seat: null,
    asksPosition: true,
    viewer,
    tokenProblem,
  })

  // Only a subscription is ever over before its answer: a query does without the controller.
  const shared: object = Object.create(services, {
    over: {
      get(this: object) {
        const over = new AbortController()
        Object.defineProperty(this, 'over', { value: over })
        return over
      },
    },
  })

  return {
    whole: async (req, requestId, caller) => ({
      ...services,
      ...own(req, requestId, caller ?? (await callerOf(req))),
      over: new AbortController(),
    }),
    light: async (req, requestId) => Object.assign(Object.create(shared), own(req, requestId, await callerOf(req))),
  }
}
