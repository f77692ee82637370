import type { Attempt, Problem } from './resuming-link.ts'

// The same feeds over server-sent events, where WebSockets do not get through: give it to `createLink` as its `attempt`.

/** One request a feed, by `fetch`: `EventSource` can neither post nor send a token. */
export const overSse =
  (url: string): Attempt =>
  (operation, token, { next, over }) => {
    const leaving = new AbortController()
    follow(url, operation, token, leaving.signal, next).then(over, () => over({}))
    return () => leaving.abort()
  }

async function follow(
  url: string,
  operation: object,
  token: string,
  signal: AbortSignal,
  next: (result: { data?: unknown; errors?: readonly Problem[] }) => void,
): Promise<{ errors?: readonly Problem[] }> {
  const response = await fetch(url, {
    method: 'POST',
    signal,
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', authorization: `Bearer ${token}` },
    body: JSON.stringify(operation),
  })
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    const { errors } = (await response.json()) as { errors?: readonly Problem[] }
    return errors ? { errors } : {}
  }
  for await (const [kind, data] of eventsOf(response)) {
    if (kind === 'complete') return {}
    if (kind === 'next') next(JSON.parse(data))
  }
  return {}
}

/** Events as `[name, data]`; a line that begins with a colon only keeps the line warm. */
async function* eventsOf({ body }: Response): AsyncGenerator<[name: string, data: string]> {
  if (!body) return
  let rest = ''
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + text).split('\n\n')
    rest = blocks.pop() ?? ''
    for (const block of blocks) {
      const lines = block.split('\n')
      const of = (field: string) =>
        lines.filter(l => l.startsWith(`${field}:`)).map(l => l.slice(field.length + 1).trim())
      yield [of('event')[0] ?? 'message', of('data').join('\n')]
    }
  }
}
