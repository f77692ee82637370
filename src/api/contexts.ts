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
type Caller = Pick<Context, 'viewer' | 'tokenProblem'>
/** From where, and by which address of the server. */
export type Origin = Pick<Context, 'place' | 'baseUrl'>
/** Who asks on a socket. */
export type Speaker = Caller & Origin

export interface Contexts {
  /** Everything in one object of its own, as the plugins of Yoga need it. */
  whole: (req: IncomingMessage, requestId: string) => Promise<Context>
  /** The same for one query or mutation: what all requests share is inherited and not copied. */
  light: (req: IncomingMessage, requestId: string) => Promise<Context>
  /** The same for one operation on a socket. */
  speaking: (speaker: Speaker) => Context
  originOf: (req: IncomingMessage) => Origin
}

/** What operations are carried out with. */
export function createContexts({ services, auth, placeOf, publicUrl }: ContextOptions): Contexts {
  async function callerOf(req: IncomingMessage): Promise<Caller> {
    const caller = await auth.authenticate(req.headers.authorization)
    if (!caller) return { viewer: null, tokenProblem: null }
    return 'problem' in caller ? { viewer: null, tokenProblem: caller.problem } : { viewer: caller, tokenProblem: null }
  }
  const originOf = (req: IncomingMessage): Origin => ({
    place: placeOf(req),
    baseUrl: publicUrl ?? `http://${req.headers.host ?? 'localhost'}`,
  })
  const own = (requestId: string, { place, baseUrl }: Origin, { viewer, tokenProblem }: Caller) => ({
    requestId,
    place,
    baseUrl,
    loaders: new Map<unknown, unknown>(),
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

  const light = (requestId: string, origin: Origin, caller: Caller): Context =>
    Object.assign(Object.create(shared), own(requestId, origin, caller))

  return {
    originOf,
    whole: async (req, requestId) => ({
      ...services,
      ...own(requestId, originOf(req), await callerOf(req)),
      over: new AbortController(),
    }),
    light: async (req, requestId) => light(requestId, originOf(req), await callerOf(req)),
    speaking: speaker => light(crypto.randomUUID(), speaker, speaker),
  }
}
