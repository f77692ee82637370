/** So many requests are carried out at a time; who comes meanwhile waits in line, and too long a line is cut. */
export interface Admission {
  /** Resolves when it is a request's turn, with what to call when it was answered; with null when it is refused. */
  enter: () => Promise<(() => void) | null>
}

export interface AdmissionOptions {
  /** How long a request waits in line when more come than can be answered, in ms. */
  patienceMs: number
  /** So many at a time. More of them would not be answered faster, only each of them later. */
  most?: number
  /** A line that has not stood for so long, in ms, comes from a burst or a stall and is not cut. */
  burstMs?: number
  /** In ms. */
  now?: () => number
}

interface Waiting {
  came: number
  go: (leave: (() => void) | null) => void
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { patienceMs, most = 64, burstMs = 250, now = () => performance.now() } = options
  let underWay = 0
  /** The oldest first. */
  const line: Waiting[] = []
  let standsSince = 0
  let isCut = false

  // All in turn, as long as nobody waits for too long. Then half as many, of whom each takes half as long, and the newest first:
  // in turn, each would begin just before its patience ends.
  const hasRoom = () => underWay < (isCut ? most / 2 : most)

  function leave(): void {
    underWay--
    while (line.length > 0 && hasRoom()) {
      underWay++
      const next = isCut ? line.pop() : line.shift()
      if (line.length === 0) isCut = false
      next?.go(leave)
    }
  }

  /** Only who comes has others refused: a line that nobody joins gets shorter by itself. */
  function cut(at: number): void {
    if (at - standsSince < burstMs) return
    const stay = line.findIndex(({ came }) => at - came < patienceMs)
    const late = line.splice(0, stay < 0 ? line.length : stay)
    if (late.length) isCut = true
    for (const { go } of late) go(null)
  }

  return {
    enter() {
      if (line.length === 0 && hasRoom()) {
        underWay++
        return Promise.resolve(leave)
      }
      const at = now()
      if (line.length === 0) standsSince = at
      cut(at)
      return new Promise(go => line.push({ came: at, go }))
    },
  }
}
