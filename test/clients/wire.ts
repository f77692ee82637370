import { hkdfSync } from 'node:crypto'
import { vi } from 'vitest'
import { createTokens, signPosition } from '../../src/graph/tokens.ts'
import { testSecret } from '../house.ts'
import { innerId } from '../live/subscribing.ts'

// What can happen to an answer on its way.

const asks = (init: RequestInit | undefined, what: string) => String(init?.body).includes(what)

/** Holds back the next answer to requests that contain this, after the server gave it. */
export function holding(what: string): { there: Promise<void>; release: () => void } {
  let arrived: () => void = () => undefined
  let release: () => void = () => undefined
  const there = new Promise<void>(resolve => {
    arrived = resolve
  })
  const free = new Promise<void>(resolve => {
    release = resolve
  })
  let held = false
  const whole = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const response = await whole(url, init)
    if (!asks(init, what) || held) return response
    held = true
    const text = await response.text()
    arrived()
    await free
    return new Response(text, response)
  })
  return { there, release }
}

/** Puts other words after these, in the first answer that has them; counts the answers that do. */
export function replaced(after: string, by: string): { asked: () => number } {
  let asked = 0
  const whole = globalThis.fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
    const response = await whole(url, init)
    const text = await response.text()
    const at = text.indexOf(after)
    if (at < 0 || asked++) return new Response(text, response)
    const rest = text.slice(at + after.length)
    return new Response(text.slice(0, at + after.length) + by + rest.slice(rest.indexOf('"')), response)
  })
  return { asked: () => asked }
}

/** A position that the server signed in another life: its database was restored since. */
export function foreignPosition(feed: 'chat' | 'user', id: string): string {
  const key = Buffer.from(hkdfSync('sha256', testSecret, '', 'tokens', 32)).toString('base64')
  return signPosition(createTokens(key, 'another epoch'), { feed: `${feed}:${innerId(id)}`, at: 1n, mark: 1n })
}
