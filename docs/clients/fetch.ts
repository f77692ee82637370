import type { Session } from './session.ts'

// A `fetch` for any GraphQL client over HTTP: it signs in, renews the token, brings commits back and waits out COMMIT_PENDING.

type Json = Record<string, unknown>
interface Result {
  data?: Record<string, Json | null> | null
  errors?: { extensions?: { code?: string; commit?: string } }[]
}

export interface FetchOptions {
  session: Session
  /** What becomes of each answer before the client sees it. */
  settle?: (data: object) => object
  /** How long to wait before asking again for what is stored but not shown, in ms; the first is 0. */
  waitMs?: (tries: number) => number
}

/** Mutations that would do it twice if they came twice without a key. */
export const creating = /^(register|send|create|invite|accept|link|addParticipants|addCompanyMember)/

/** The field of a mutation; null for a query. */
const mutationOf = (query: string): string | null => {
  const [, name, aliased] = /\bmutation\b[^{]*\{\s*(\w+)(?:\s*:\s*(\w+))?/.exec(query) ?? []
  return aliased ?? name ?? null
}

/** Give it to Apollo's HttpLink or to urql's client as their `fetch`. */
export function createFetch({ session, settle = data => data, waitMs = patience }: FetchOptions): typeof fetch {
  let commit: string | null = null

  return async (url, init = {}) => {
    const asked = JSON.parse(String(init.body)) as { query: string; variables?: { input?: Json }; extensions?: Json }
    const mutation = mutationOf(asked.query)
    const again = !mutation || asked.variables?.input?.idempotencyKey != null || !creating.test(mutation)
    let own: string | null = null // the commit that this request came back for
    let fresh = false
    for (let tries = 0; ; ) {
      const token = await session.token(fresh)
      const brought = own ?? commit
      const extensions = { ...asked.extensions, ...(brought && { commit: brought }) }
      const headers = new Headers(init.headers)
      if (token) headers.set('authorization', `Bearer ${token}`)
      const response = await fetch(url, { ...init, headers, body: JSON.stringify({ ...asked, extensions }) })
      const type = response.headers.get('content-type') ?? ''
      if (!type.includes('json')) return response
      const result = (await response.json()) as Result
      const problems = (result.errors ?? []).map(error => error.extensions)
      if (token && !fresh && problems.some(problem => problem?.code === 'UNAUTHENTICATED')) {
        fresh = true
        continue
      }
      const pending = problems.find(problem => problem?.code === 'COMMIT_PENDING')
      if (pending?.commit && again) {
        own = pending.commit
        await wait(waitMs(tries++), init.signal)
        continue
      }
      if (commit === brought) commit = null // it is shown now, or means nothing any more
      commit = pending?.commit ?? commitOf(result) ?? commit
      const settled = result.data ? { ...result, data: settle(result.data) } : result
      return new Response(JSON.stringify(settled), { status: response.status, headers: { 'content-type': type } })
    }
  }
}

const commitOf = ({ data }: Result): string | null => {
  const found = Object.values(data ?? {}).find(payload => typeof payload?.commit === 'string')
  return found ? String(found.commit) : null
}

/** From a quarter of a second to half a minute, spread so that not everybody comes back at once. */
const patience = (tries: number) => Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random() / 2)

function wait(ms: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((done, left) => {
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      left(signal.reason)
    })
  })
}
