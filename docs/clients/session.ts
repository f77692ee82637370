// The tokens of a signed-in person, renewed when they run out. Shared by requests and feeds, so that they renew once.

export interface Tokens {
  accessToken: string
  refreshToken: string
}

export interface Session {
  /** The access token; a new one when `fresh`. Null: nobody is signed in, or not any more. Throws when the server cannot be reached. */
  token: (fresh: boolean) => Promise<string | null>
  /** What `register` and `login` gave; null signs out here. */
  set: (tokens: Tokens | null) => void
}

const refreshing = `mutation Refresh($input: RefreshSessionInput!) {
  refreshSession(input: $input) { ... on RefreshSessionPayload { tokens { accessToken refreshToken } } ... on Error { code } }
}`

/** `keep` hears of each change: store the tokens where the next start of your program finds them. */
export function createSession(
  url: string,
  tokens: Tokens | null = null,
  keep: (tokens: Tokens | null) => void = () => undefined,
): Session {
  let now = tokens
  let renewal: Promise<string | null> | null = null

  function set(tokens: Tokens | null): void {
    now = tokens
    keep(tokens)
  }
  async function renew(refreshToken: string): Promise<string | null> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: refreshing, variables: { input: { refreshToken } } }),
    })
    const { data, errors } = (await response.json()) as {
      data?: { refreshSession?: { tokens?: Tokens } }
      errors?: unknown[]
    }
    if (errors || !data?.refreshSession) throw new Error('The session could not be renewed just now.')
    if (now?.refreshToken === refreshToken) set(data.refreshSession.tokens ?? null)
    return now?.accessToken ?? null
  }
  return {
    set,
    token(fresh) {
      if (!fresh || !now) return renewal ?? Promise.resolve(now?.accessToken ?? null)
      renewal ??= renew(now.refreshToken).finally(() => {
        renewal = null
      })
      return renewal
    },
  }
}
