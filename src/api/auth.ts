import { hkdfSync } from 'node:crypto'
import { errors, jwtVerify, SignJWT } from 'jose'
import { LRUCache } from 'lru-cache'
import type { AuthTokens, Services, Viewer } from '../graph/context.ts'
import type { Tokens } from '../graph/tokens.ts'
import { batchedOne } from '../kernel/batched.ts'
import { isUuid } from '../kernel/id.ts'
import type { Session, Sessions } from '../port/sessions.ts'

// Who asks. Tokens of another issuer (OpenID Connect) will come in by `authenticate`.

/** A token that is not good, and whether a fresh one of the same session may be. */
export interface NotGood {
  problem: string
  renew: boolean
}

type Caller = Viewer | NotGood | null

export interface Auth extends Pick<Services, 'issue' | 'refresh'> {
  /** The caller of an `Authorization` header; null when there is none. At once, when both token and session are known. */
  authenticate: (authorization: string | null | undefined) => Caller | Promise<Caller>
  /** Forgets what it remembers of sessions for up to a second. */
  forget: () => void
}

export interface AuthOptions {
  secret: string
  accessSeconds: number
  sessions: Sessions
  tokens: Tokens
}

export function createAuth({ secret, accessSeconds, sessions, tokens }: AuthOptions): Auth {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', 'access tokens', 32))
  const verified = new LRUCache<string, Viewer>({ max: 10_000 })
  const live = new LRUCache<string, boolean>({ max: 10_000, ttl: 1_000 })
  const looked = batchedOne<boolean>(async ids => {
    const found = await sessions.live(ids)
    return new Map(ids.map(id => [id, found.has(id)]))
  })

  async function verify(token: string): Promise<Viewer | NotGood> {
    const known = verified.get(token)
    if (known && known.expiresAt.getTime() > Date.now()) return known
    try {
      const { payload } = await jwtVerify(token, key, { algorithms: ['HS256'], issuer: 'wellwon' })
      const { sub, sid, exp } = payload
      if (!sub || typeof sid !== 'string' || !exp || !isUuid(sub) || !isUuid(sid))
        return { problem: 'This access token is not valid.', renew: false }
      const caller = { userId: sub, sessionId: sid, expiresAt: new Date(exp * 1000) }
      verified.set(token, caller)
      return caller
    } catch (error) {
      const expired = error instanceof errors.JWTExpired
      return expired
        ? { problem: 'This access token has expired: use refreshSession.', renew: true }
        : { problem: 'This access token is not valid.', renew: false }
    }
  }

  async function isLive(id: string): Promise<boolean> {
    const known = live.get(id)
    if (known !== undefined) return known
    const now = await looked(id)
    live.set(id, now)
    return now
  }

  async function lookedUp(token: string): Promise<Caller> {
    const caller = await verify(token)
    if ('problem' in caller) return caller
    return (await isLive(caller.sessionId)) ? caller : { problem: 'This session has ended: log in.', renew: false }
  }

  async function issue(session: Pick<Session, 'id' | 'userId' | 'generation' | 'expiresAt'>): Promise<AuthTokens> {
    const end = Math.min(Math.floor(Date.now() / 1000) + accessSeconds, Math.floor(session.expiresAt.getTime() / 1000))
    const accessToken = await new SignJWT({ sid: session.id })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('wellwon')
      .setSubject(session.userId)
      .setIssuedAt()
      .setExpirationTime(end)
      .sign(key)
    return {
      accessToken,
      accessTokenExpiresAt: new Date(end * 1000),
      // Its successor has the next number: asked for twice, it is the same.
      refreshToken: tokens.sign('refresh', [session.id, session.generation + 1]),
      refreshTokenExpiresAt: session.expiresAt,
    }
  }

  return {
    issue,
    async refresh(token) {
      const [id, generation] = tokens.open('refresh', token) ?? []
      if (typeof id !== 'string' || typeof generation !== 'number') return null
      const session = await sessions.use(id, generation)
      live.delete(id)
      return session ? { userId: session.userId, sessionId: session.id, tokens: await issue(session) } : null
    },
    authenticate(authorization) {
      if (!authorization) return null
      const token = /^Bearer ([\w-]+\.[\w-]+\.[\w-]*)$/i.exec(authorization)?.[1]
      if (!token) return { problem: 'Send the access token as `Authorization: Bearer …`.', renew: false }
      const known = verified.get(token)
      if (known && known.expiresAt.getTime() > Date.now() && live.get(known.sessionId)) return known
      return lookedUp(token)
    },
    forget: () => live.clear(),
  }
}
