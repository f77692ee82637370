import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'

/**
 * Where a subscriber is. `at` is a revision in the feed of a chat, a log position in an inbox. `mark` is the log position
 * up to which it knows what is state and not history (read markers, unread counts).
 */
export interface Position {
  feed: string
  at: bigint
  mark: bigint
}

/** Opaque, signed words that clients carry for us: positions, cursors, commits, refresh tokens. */
export interface Tokens {
  epoch: string
  sign: (purpose: string, value: readonly (string | number)[]) => string
  /** The value back, or null when it is not ours, not of this purpose, or was changed. */
  open: (purpose: string, token: string) => (string | number)[] | null
  /** 32 secret bytes for a purpose, the same each time: a token made of them can be made again and needs no place. */
  derive: (purpose: string, of: string) => Buffer
}

export function createTokens(secret: string, epoch: string): Tokens {
  const key = createSecretKey(secret, 'utf8')
  const mac = (purpose: string, body: string) =>
    createHmac('sha256', key).update(`${purpose}\n${body}`).digest('base64url').slice(0, 20) // 15 bytes

  return {
    epoch,
    derive: (purpose, of) => createHmac('sha256', key).update(`derive ${purpose}\n${of}`).digest(),
    sign(purpose, value) {
      const body = Buffer.from(JSON.stringify(value)).toString('base64url')
      return `${body}.${mac(purpose, body)}`
    },
    open(purpose, token) {
      const [body, signature, rest] = token.split('.')
      if (!body || !signature || rest !== undefined) return null
      const given = Buffer.from(signature) // as it is written: base64url has several spellings of the same bytes
      const expected = Buffer.from(mac(purpose, body))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      return JSON.parse(Buffer.from(body, 'base64url').toString()) as (string | number)[]
    },
  }
}

/** A position as clients carry it. */
export const signPosition = (tokens: Tokens, position: Position): string =>
  tokens.sign('position', [tokens.epoch, position.feed, position.at.toString(), position.mark.toString()])

/** What was read together with where its feed was before; without that where nobody asked. */
export interface Placed {
  position?: Position
}
/** The position of a view that has to have one. */
export function signPlace(tokens: Tokens, { position }: Placed): string {
  if (!position) throw new Error('a view without its position')
  return signPosition(tokens, position)
}

/** `foreign`: of another epoch, so that it means nothing in this log; null: not a position of this feed. */
export function openPosition(tokens: Tokens, feed: string, token: string): Position | 'foreign' | null {
  const [epoch, of, at, mark] = tokens.open('position', token) ?? []
  if (of !== feed) return null
  if (epoch !== tokens.epoch) return 'foreign'
  return { feed, at: BigInt(at ?? 0), mark: BigInt(mark ?? 0) }
}
