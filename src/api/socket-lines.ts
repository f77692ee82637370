import type { Duplex } from 'node:stream'
import { type RawData, WebSocket } from 'ws'
import type { Log } from '../port/log.ts'
import { close, shut } from './socket-closing.ts'

const pingEverySeconds = 25
const nothing = Buffer.alloc(0)

/** What a line is for. */
export interface Hearing {
  /** A text came. */
  heard: (text: string) => Promise<void>
  closed: () => void
}

export interface Lines {
  /** Carries what is said on a socket over its stream. */
  carry: (line: Line, stream: Duplex, hearing: Hearing) => void
  stop: () => void
}

/** What all lines share. */
interface Shared {
  log: Log
  /** Since when a frame waits for its reader. */
  waiting: Map<Line, number>
}

/** A socket: each frame leaves before the next is asked for. A class, and listeners that look at `this`, for most of thousands idle. */
export class Line extends WebSocket {
  private shared!: Shared
  private stream!: Duplex
  private hearing!: Hearing
  private share!: Set<Line>
  private pending = 0
  private alive = true
  private end: Promise<void> | null = null

  carry(shared: Shared, share: Set<Line>, stream: Duplex, hearing: Hearing): void {
    Object.assign(this, { shared, share, stream, hearing })
    share.add(this)
    this.on('message', this.take).on('pong', this.hasAnswered).on('error', this.broke).once('close', this.gone)
  }

  private take(data: RawData, isBinary: boolean): void {
    if (isBinary) this.close(close.binary.code, close.binary.reason)
    else this.hearing.heard(String(data)).catch(error => this.failed(error))
  }

  private hasAnswered(): void {
    this.alive = true
  }

  private broke(error: Error): void {
    this.shared.log.debug({ error: error.message }, 'a WebSocket broke')
  }

  private gone(): void {
    this.share.delete(this)
    this.shared.waiting.delete(this)
    this.hearing.closed()
  }

  /** A fault of ours. */
  failed(error: unknown): void {
    this.shared.log.error({ error }, 'a WebSocket message failed')
    this.close(4500, 'Internal server error')
  }

  /** Whether somebody is still there; asked every now and then. */
  look(): void {
    if (this.alive) this.ping()
    else this.terminate()
    this.alive = this.shared.waiting.has(this) // a slow reader is not a dead one
  }

  /**
   * Resolves when the text has left this process: until then its subscription pulls no further one. A socket that is being
   * closed takes none: its subscriptions wait for their end, and read nothing meanwhile.
   */
  say(text: string): Promise<void> {
    if (this.readyState !== this.OPEN) return this.untilGone()
    return new Promise(resolve => {
      this.wait()
      this.send(text, () => {
        this.left()
        resolve()
      })
    })
  }

  /**
   * Writes a frame that is ready. False, and nothing is written: what was said before has not left yet, or nobody hears.
   * Between whole frames of the library, which neither compresses nor fragments, there is room for one of ours.
   */
  tell(frame: Buffer): boolean {
    if (this.readyState !== this.OPEN || this.stream.writableLength > 0) return false
    this.stream.write(frame)
    if (this.stream.writableLength === 0) return true // it has left, as nearly all do: nobody has to be told later
    this.wait()
    this.stream.write(nothing, () => this.left())
    return true
  }

  private untilGone(): Promise<void> {
    if (this.readyState === this.CLOSED) return Promise.resolve()
    this.end ??= new Promise(resolve => this.once('close', () => resolve()))
    return this.end
  }

  private wait(): void {
    if (this.pending++ === 0) this.shared.waiting.set(this, Date.now())
  }

  private left(): void {
    if (--this.pending === 0) this.shared.waiting.delete(this)
    else this.shared.waiting.set(this, Date.now())
  }
}

/** Lines of sockets: who does not answer is cut off, and readers that do not keep up are closed. */
export function createLines({ slowReaderMs, log }: { slowReaderMs: number; log: Log }): Lines {
  const shared: Shared = { log, waiting: new Map() }
  const watchSlow = setInterval(() => {
    const before = Date.now() - slowReaderMs
    for (const [line, since] of shared.waiting) if (since < before) shut(line, 'slow')
  }, 500)

  // One timer for all: a second's share of them each second, so that thousands are not written to at once.
  const shares = Array.from({ length: pingEverySeconds }, () => new Set<Line>())
  let [second, opened] = [0, 0]
  const pinging = setInterval(() => {
    for (const line of shares[second++ % pingEverySeconds] ?? []) line.look()
  }, 1_000)

  return {
    carry(line, stream, hearing) {
      line.carry(shared, shares[opened++ % pingEverySeconds] ?? new Set(), stream, hearing)
    },
    stop() {
      clearInterval(watchSlow)
      clearInterval(pinging)
    },
  }
}
