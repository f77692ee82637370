// What load.ts is asked to send, and what it gives back.

/** In a request, each time another UUID. */
export const freshUuid = '00000000-0000-4000-8000-00000000f00d'

export interface Load {
  port: number
  /** For each connection the requests that it sends, any of them each time. */
  connections: readonly (readonly string[])[]
  seconds: number
  /** One of these stands in every good answer. */
  expect: readonly string[]
  /** Requests a second, whether or not the earlier ones are answered; absent: each connection sends when it was answered. */
  rate?: number
}

/** Times in milliseconds; with a `rate` from when a request was due. */
export interface Loaded {
  /** Good answers, and how many a second. */
  good: number
  /** How many of those were messages sent. */
  sent: number
  rate: number
  p50: number
  p95: number
  p99: number
  /** Refused politely: RATE_LIMITED, or 503 with Retry-After. */
  shed: number
  failed: number
  /** The first bad answer. */
  sample: string | null
  /** CPU seconds of the load itself, a second. */
  cpu: number
}

/** An HTTP request with a GraphQL operation. */
export function request(query: string, variables: object, token?: string): string {
  const body = JSON.stringify({ query, variables })
  const lines = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    'accept: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(token ? [`authorization: Bearer ${token}`] : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Throws when there was anything but good answers. */
export function allGood(loaded: Loaded): Loaded {
  const { failed, shed, sample, rate } = loaded
  if (failed || shed || !(rate > 0)) throw new Error(`${failed} requests failed, ${shed} were shed: ${sample}`)
  return loaded
}
