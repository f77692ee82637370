/** A call that gave nothing. `message` says why, without the question, the token or the answer. */
export class CallFailed extends Error {
  /** Whether it may be better in a moment: worth another try. */
  readonly passes: boolean
  /** Whether the question was at fault, not DaData. */
  readonly ours: boolean
  /** How long DaData asked to be left alone, in ms. */
  readonly afterMs: number | null
  constructor(why: string, is: { passes?: boolean; ours?: boolean; afterMs?: number | null; cause?: unknown } = {}) {
    super(why, { cause: is.cause })
    this.name = 'CallFailed'
    this.passes = is.passes ?? false
    this.ours = is.ours ?? false
    this.afterMs = is.afterMs ?? null
  }
}

/** A page of 20 companies with all fields has a few hundred kilobytes. */
const mostBytes = 2_000_000
const mostWaitMs = 24 * 3_600_000

/** One POST of JSON, tried once, that takes `timeoutMs` at most. Throws CallFailed. */
export const postTo =
  (url: string, token: string, timeoutMs: number) =>
  async (method: string, body: object): Promise<string> => {
    try {
      const response = await fetch(new URL(`suggestions/api/4_1/rs/${method}`, url.endsWith('/') ? url : `${url}/`), {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Token ${token}` },
        body: JSON.stringify(body),
        redirect: 'manual', // the token is for this address only
        signal: AbortSignal.timeout(timeoutMs),
      })
      if (response.status !== 200) {
        await response.body?.cancel()
        throw refusal(response)
      }
      return await readBody(response)
    } catch (error) {
      if (error instanceof CallFailed) throw error
      // Who waited once for a slow answer does not wait again.
      if (error instanceof Error && error.name === 'TimeoutError')
        throw new CallFailed(`it took longer than ${timeoutMs} ms`)
      throw new CallFailed('the connection failed or was cut', { passes: true, cause: error })
    }
  }

function refusal({ status, headers }: Response): CallFailed {
  if (status === 401) return new CallFailed('it does not know the token (401): see DADATA_TOKEN')
  if (status === 403) return new CallFailed("it refuses the token (403): the day's limit is used up, or it is blocked")
  if (status === 429)
    return new CallFailed('it is asked too often (429)', { passes: true, afterMs: waitOf(headers.get('retry-after')) })
  if (status >= 500)
    return new CallFailed(`it is out of order (${status})`, {
      passes: true,
      afterMs: waitOf(headers.get('retry-after')),
    })
  if (status < 400) return new CallFailed(`it sends us elsewhere (${status}): see DADATA_URL`)
  return new CallFailed(`it does not take the question (${status})`, { ours: true })
}

/** Retry-After: seconds, or a date. At most a day. */
function waitOf(header: string | null): number | null {
  if (!header) return null
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), mostWaitMs) : null
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > mostBytes) throw new CallFailed(`its answer has more than ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
