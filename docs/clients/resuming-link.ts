// Follows `chatEvents`, `companyEvents` and `inbox` for ever, over sockets that break, tokens that expire and servers that
// restart, and loses nothing: it goes on `after` the last frame that was taken. Copy it, with socket.ts or sse.ts as its way to the
// server; it needs no framework.

/** One step of a feed: an event or none, and where you are after it. */
export interface Frame<Event = unknown> {
  position: string
  live: boolean
  event: Event | null
}

/** A subscription whose one root field takes `after` and gives frames; it must select `position` and `event { __typename }`. */
export interface Operation {
  query: string
  variables?: Record<string, unknown>
}

/** Why a feed is over for good. */
export type End =
  /** Query anew, and subscribe from the position of that answer. */
  | { why: 'reset'; reason: string }
  /** You are not in it any more (ACCESS_REVOKED), or it was deleted (DELETED). */
  | { why: 'closed'; reason: string }
  /** The session has ended: sign in. */
  | { why: 'signed out' }
  /** The server does not take the operation: it is wrong, and would be wrong again. */
  | { why: 'refused'; errors: readonly Problem[] }

export interface Handlers<Event> {
  /** Takes a frame; `data` is the whole result that it came in. When it throws, the feed goes on from before that frame, and `onError` gets what was thrown. */
  onFrame: (frame: Frame<Event>, data: object) => void
  onError?: (error: unknown) => void
  onEnd?: (end: End) => void
}

export interface Problem {
  message: string
  extensions?: { code?: string } | undefined
}

/** A way to the server: one attempt at a subscription, which tells results and, once, how it ended. Returns the way out. */
export type Attempt = (operation: Operation, token: string, sink: Sink) => () => void
export interface Sink {
  next: (result: { data?: unknown; errors?: readonly Problem[] | undefined }) => void
  /** Broken off with a close code or with errors; with neither the server completed it. */
  over: (how: { code?: number; errors?: readonly Problem[] }) => void
}

export interface LinkOptions {
  attempt: Attempt
  /** The access token; a new one (by `refreshSession`) when `fresh`. Null: nobody is signed in any more. */
  token: (fresh: boolean) => Promise<string | null>
  /** How long to wait before another try, in ms; the first is 0. */
  waitMs?: (tries: number) => number
  /** Heartbeats come every 30 s at the latest: who is silent for longer than this (ms) is left and called again. */
  silenceMs?: number
}

/** From a quarter of a second to half a minute, spread so that not everybody comes back at once. */
const patience = (tries: number) => Math.min(30_000, 250 * 2 ** tries) * (0.5 + Math.random() / 2)

export function createLink({ attempt, token, waitMs = patience, silenceMs = 60_000 }: LinkOptions) {
  let refreshing: Promise<string | null> | null = null
  /** Feeds that share a socket lose it together, and share the new token too. */
  function tokenOf(fresh: boolean): Promise<string | null> {
    if (!fresh) return refreshing ?? token(false)
    refreshing ??= token(true).finally(() => {
      refreshing = null
    })
    return refreshing
  }

  /** Follows a feed until it ends or `stop` (what this returns) is called. */
  function subscribe<Event>(operation: Operation, { onFrame, onError, onEnd }: Handlers<Event>): () => void {
    let after = operation.variables?.after ?? null
    let tries = 0
    let stale = false
    let stopped = false
    let leave: () => void = () => undefined
    let timer: ReturnType<typeof setTimeout> | undefined

    function stop(): void {
      stopped = true
      clearTimeout(timer)
      leave()
    }
    function finish(end: End): void {
      stop()
      onEnd?.(end)
    }
    function again(): void {
      clearTimeout(timer)
      if (!stopped) timer = setTimeout(() => void go(), waitMs(tries++))
    }

    async function go(): Promise<void> {
      const word = await tokenOf(stale).catch(() => undefined)
      if (stopped) return
      if (word === undefined) return again()
      if (word === null) return finish({ why: 'signed out' })
      stale = false
      let frames = 0
      let left = false
      const over: Sink['over'] = ({ code, errors }) => {
        if (left || stopped) return
        left = true
        if (code === 4401) return finish({ why: 'signed out' })
        const codes = (errors ?? []).map(error => error.extensions?.code)
        stale = code === 4403 || codes.includes('UNAUTHENTICATED')
        if (errors?.length && !stale && !codes.includes('INTERNAL')) return finish({ why: 'refused', errors })
        again()
      }
      const breakOff = (errors?: readonly Problem[]) => {
        leave()
        over(errors ? { errors } : {})
      }
      const listen = () => {
        clearTimeout(timer)
        timer = setTimeout(breakOff, silenceMs)
      }
      listen()
      leave = attempt({ ...operation, variables: { ...operation.variables, after } }, word, {
        over,
        next({ data, errors }) {
          if (left || stopped) return
          if (errors?.length) return breakOff(errors) // never past a frame with errors
          listen()
          const [frame] = Object.values(data as Record<string, Frame<Event>>)
          if (!frame) return breakOff()
          try {
            onFrame(frame, data as object)
          } catch (error) {
            onError?.(error)
            return breakOff()
          }
          after = frame.position
          if (frames++) tries = 0 // the first one comes at once, also from a server that then fails
          const end = endOf(frame.event)
          if (end) finish(end)
        },
      })
      if (left || stopped) leave()
    }
    void go()
    return stop
  }
  return { subscribe }
}

function endOf(event: unknown): End | null {
  const { __typename, reason } = (event ?? {}) as { __typename?: string; reason?: string }
  if (__typename === 'StreamReset') return { why: 'reset', reason: reason ?? '' }
  return __typename === 'StreamClosed' ? { why: 'closed', reason: reason ?? '' } : null
}
