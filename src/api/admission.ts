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
  /** In ms. */
  now?: () => number
}

export function createAdmission({ patienceMs, most = 64, now = () => performance.now() }: AdmissionOptions): Admission {
  /** When each began, the oldest first. */
  const underWay = new Set<{ began: number }>()
  return {
    isOpen() {
      if (underWay.size <= most) return true
      let older = 0
      for (const { began } of underWay) if (older++ === most) return now() - began < patienceMs
      return true
    },
    begin() {
      const one = { began: now() }
      underWay.add(one)
      return () => void underWay.delete(one)
    },
  }
}
