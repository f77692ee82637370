/** Which requests are taken in: none while too many wait for too long, for whom one more would only wait longer. */
export interface Admission {
  isOpen: () => boolean
  /** A request begins to be carried out. Call what it gives when it was answered. */
  begin: () => () => void
}

export interface AdmissionOptions {
  /** How long a request may be under way, in ms. */
  patienceMs: number
  /** So many may be for longer: some wait for others than this process. */
  most?: number
  /** How much longer when nobody was refused for a while, in ms: a stall is no load. */
  stallMs?: number
  /** In ms. */
  now?: () => number
}

/** So long after a refusal it is taken for load again, and not for a stall. */
const alertMs = 5_000

export function createAdmission(options: AdmissionOptions): Admission {
  const { patienceMs, most = 64, stallMs = 250, now = () => performance.now() } = options
  /** When each began, the oldest first. */
  const underWay = new Set<{ began: number }>()
  let alertUntil = Number.NEGATIVE_INFINITY

  function areLate(patience: number, at: number): boolean {
    if (underWay.size <= most) return false
    let older = 0
    for (const { began } of underWay) if (older++ === most) return at - began >= patience
    return false
  }

  return {
    isOpen() {
      const at = now()
      if (!areLate(at < alertUntil ? patienceMs : patienceMs + stallMs, at)) return true
      alertUntil = at + alertMs
      return false
    },
    begin() {
      const one = { began: now() }
      underWay.add(one)
      return () => void underWay.delete(one)
    },
  }
}
