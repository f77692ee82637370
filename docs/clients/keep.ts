// Query, follow from the position of that answer, and begin anew when the feed cannot go on: for any client with a cache.

export interface Feed {
  /** Queries over the network, never from the cache. Gives the position of the answer; none: it is not there, or not for you. */
  query: () => Promise<string | null | undefined>
  /** Subscribes from there; returns the way out. */
  follow: (after: string, handlers: FeedHandlers) => () => void
  /** It is over for good: `ACCESS_REVOKED`, `DELETED`, `NOT_FOUND`, or the error that ended it. */
  onEnd?: ((why: string | Error) => void) | undefined
  /** How long to wait before another try of the query, in ms; the first is 0. */
  waitMs?: (tries: number) => number
}
export interface FeedHandlers {
  onEvent: (event: { __typename: string; reason?: string } | null) => void
  onError: (error: Error) => void
}
export interface Kept {
  stop: () => void
  /** Queries anew, and follows from there. A list that is refetched without its feed loses what came meanwhile. */
  refetch: () => void
}

const patience = (tries: number) => Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random() / 2)

export function keep({ query, follow, onEnd, waitMs = patience }: Feed): Kept {
  let turn = 0
  let leave: () => void = () => undefined

  function stop(): void {
    turn++
    leave()
    leave = () => undefined
  }
  function end(why: string | Error): void {
    stop()
    onEnd?.(why)
  }
  function refetch(): void {
    stop()
    void go(turn)
  }
  async function go(mine: number, tries = 0): Promise<void> {
    const position = await query().catch((error: Error) => error)
    if (mine !== turn) return
    if (position == null) return end('NOT_FOUND')
    if (position instanceof Error) {
      if (isFinal(position)) return end(position)
      const again = setTimeout(() => void go(mine, tries + 1), waitMs(tries))
      leave = () => clearTimeout(again)
      return
    }
    leave = follow(position, {
      onError: error => mine === turn && end(error),
      onEvent(event) {
        if (mine !== turn) return
        if (event?.__typename === 'StreamReset') refetch()
        if (event?.__typename === 'StreamClosed') end(String(event.reason))
      },
    })
  }
  refetch()
  return { stop, refetch }
}

/** The server answered, and would say the same again; as Apollo and as urql tell it. */
function isFinal(error: Error): boolean {
  const { errors, graphQLErrors } = error as { errors?: unknown; graphQLErrors?: unknown }
  const problems = (errors ?? graphQLErrors ?? []) as { extensions?: { code?: string } }[]
  return problems.length > 0 && problems.every(({ extensions }) => extensions?.code !== 'INTERNAL')
}
