import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { LRUCache } from 'lru-cache'

type From = Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } }

/**
 * Where a request comes from: a keyed hash of the client's address, so that nobody finds addresses in tables. `hops`: how many
 * proxies of ours stand in front; what `X-Forwarded-For` says beyond them, anybody could have written.
 */
export function createPlaces(hops: number, secret: string): (req: From) => string {
  const known = new LRUCache<string, string>({ max: 10_000 })
  return req => {
    const address = addressOf(req, hops)
    const found = known.get(address)
    if (found !== undefined) return found
    const place = hash(networkOf(address), secret)
    known.set(address, place)
    return place
  }
}
const hash = (network: string, secret: string) =>
  createHmac('sha256', secret).update(network).digest('base64url').slice(0, 22)

/** The client's address, as the outermost proxy of ours saw it. */
export function addressOf({ headers, socket }: From, hops: number): string {
  const direct = plain(socket.remoteAddress ?? '')
  if (hops === 0) return direct
  const told = [headers['x-forwarded-for'] ?? ''].flat().join(',').split(',').map(plain)
  const seen = told.at(-hops) ?? ''
  return isIP(seen) ? seen : direct
}
const plain = (address: string) => address.trim().replace(/^::ffff:(?=\d+\.)/i, '')

/** One household has a whole /64 of IPv6: its addresses count as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.toLowerCase().replace(/%.*$/, '').split('::')
  const front = head ? head.split(':') : []
  const back = tail ? tail.split(':') : []
  const zeros = tail === undefined ? [] : Array(Math.max(0, 8 - front.length - back.length)).fill('0')
  const groups = [...front, ...zeros, ...back].map(group => Number.parseInt(group, 16).toString(16))
  return `${groups.slice(0, 4).join(':')}::/64`
}
