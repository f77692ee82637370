import {
  BrokenCircuitError,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhen,
  type IRetryBackoffContext,
  retry,
  wrap,
} from 'cockatiel'
import { RegistryUnavailable } from '../../port/company-registry.ts'
import type { Log } from '../../port/log.ts'
import { CallFailed, postTo } from './post.ts'

export interface DadataOptions {
  /** The address of the service, without a path. */
  url: string
  token: string
  log: Log
  /** How long one try may take. */
  timeoutMs?: number
  /** How long nobody is asked after `failures` in a row. */
  pauseMs?: number
  failures?: number
}

const tries = 3
/** Who asks does not wait longer than this for DaData to be asked again. */
const patienceMs = 1_000

/** Asks by a method and reads the answer with `read`, which throws at one that is not shaped as documented. */
export type DadataCall = <T>(method: string, body: object, read: (text: string) => T) => Promise<T>

/** Calls DaData: with a few tries at what passes, and none for a while when it keeps failing. Throws RegistryUnavailable. */
export function dadataCalls(options: DadataOptions): DadataCall {
  const { log, timeoutMs = 2_000, pauseMs = 30_000, failures = 5 } = options
  const post = postTo(options.url, options.token, timeoutMs)
  let openUntil: Date | null = null
  /** Until when DaData asked to be left alone. */
  let heldUntil = 0

  const tried = retry(
    handleWhen(e => e instanceof CallFailed && e.passes && (e.afterMs ?? 0) <= patienceMs),
    { maxAttempts: tries - 1, backoff: waits },
  )
  const breaker = circuitBreaker(
    handleWhen(e => e instanceof CallFailed && !e.ours),
    { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failures) },
  )
  breaker.onBreak(reason => {
    openUntil = new Date(Date.now() + pauseMs)
    const why = 'error' in reason ? reason.error.message : 'it keeps failing'
    log.error({ why, seconds: pauseMs / 1_000 }, 'DaData fails and is left alone for a while')
  })
  breaker.onReset(() => log.info({}, 'DaData answers again'))
  const calls = wrap(tried, breaker)

  return async (method, body, read) => {
    if (Date.now() < heldUntil) throw new RegistryUnavailable('it asked us to wait', new Date(heldUntil))
    try {
      return await calls.execute(async () => understood(await post(method, body), read))
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new RegistryUnavailable('it keeps failing', openUntil)
      if (!(error instanceof CallFailed)) throw error
      if (error.afterMs === null) throw new RegistryUnavailable(error.message, null, error)
      heldUntil = Math.max(heldUntil, Date.now() + error.afterMs)
      throw new RegistryUnavailable(error.message, new Date(heldUntil), error)
    }
  }
}

function understood<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text)
  } catch {
    throw new CallFailed('its answer is not what it is documented to be')
  }
}

/** Never before DaData's Retry-After, and with jitter, so that many who failed together do not come back together. */
const waits = new DelegateBackoff<IRetryBackoffContext<unknown>>(({ attempt, result }) => {
  const asked = 'error' in result && result.error instanceof CallFailed ? (result.error.afterMs ?? 0) : 0
  return asked + Math.random() * 50 * 2 ** attempt
})
