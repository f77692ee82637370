import { hkdfSync } from 'node:crypto'
import { connect as dial } from 'node:net'
import { SignJWT } from 'jose'
import WebSocket from 'ws'
import type { Person } from '../client.ts'
import { testSecret } from '../house.ts'

// What no honest client sends, and what came back in a line.

/** What an answer says of itself: its status and its code, `data` when it is no refusal. */
export interface Told {
  outcome: string
  /** All that came, for what must not be in it. */
  text: string
}

interface Answered {
  errors?: { extensions?: { code?: string } }[]
  data?: Record<string, { __typename?: string; code?: string } | null> | null
}

/** `ValidationError INVALID_INPUT` of a refused mutation, the code of a refused request, `data` of anything else. */
export function codeOf({ errors, data }: Answered): string {
  if (errors) return errors[0]?.extensions?.code ?? 'NO CODE'
  const [result] = Object.values(data ?? {})
  return result?.code ? `${result.__typename} ${result.code}` : 'data'
}

/** One HTTP request. A string is the body as it is; an object is sent as JSON. */
export interface Sent {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | object | ReadableStream | undefined
}

export async function ask(
  url: string,
  { method = 'POST', path = '/graphql', headers = {}, body }: Sent,
): Promise<Told> {
  const raw =
    body === undefined || typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body)
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    ...(raw === undefined ? {} : { body: raw, duplex: 'half' }),
  })
  const text = await response.text()
  const events = /event-stream/.test(response.headers.get('content-type') ?? '')
  const json = events ? /^data: (.+)$/m.exec(text)?.[1] : text
  return { outcome: `${response.status} ${json?.startsWith('{') ? codeOf(JSON.parse(json)) : 'no code'}`, text }
}

/** Writes bytes to the port and reads until the server hangs up. `then`: breaks the line in mid-request. */
export function write(url: string, bytes: string, then: 'wait' | 'break' = 'wait'): Promise<Told> {
  return new Promise(resolve => {
    let text = ''
    const socket = dial(Number(new URL(url).port), '127.0.0.1', () => {
      socket.write(bytes, () => then === 'break' && socket.resetAndDestroy())
    })
    socket.on('data', chunk => (text += chunk))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve({ outcome: `${/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 'nothing'} no code`, text }))
  })
}

/** What is sent on a socket: `init` is waited for, the rest goes out at once. */
export interface Spoken {
  init?: object | null
  frames: readonly (string | Buffer)[]
  headers?: Record<string, string>
  protocol?: string
}

/** Speaks on a socket of its own; resolves with the first answer to an operation, or with how the server closed it. */
export function speak(
  url: string,
  { init, frames, headers = {}, protocol = 'graphql-transport-ws' }: Spoken,
): Promise<Told> {
  return new Promise(resolve => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, { headers })
    const done = (outcome: string, text: string) => {
      resolve({ outcome, text })
      socket.terminate()
    }
    const sendAll = () => {
      for (const frame of frames) socket.send(frame)
    }
    socket.on('open', () =>
      init ? socket.send(JSON.stringify({ type: 'connection_init', payload: init })) : sendAll(),
    )
    socket.on('message', data => {
      const text = String(data)
      const message = JSON.parse(text)
      if (message.type === 'connection_ack') sendAll()
      else if (message.type === 'error') done(`error ${codeOf({ errors: message.payload })}`, text)
      else if (message.type === 'next') done(`next ${codeOf(message.payload)}`, text)
    })
    socket.on('unexpected-response', (_, { statusCode }) => done(`refused ${statusCode}`, ''))
    socket.on('error', error => done('refused', error.message))
    socket.on('close', (code, reason) => done(`closed ${code}`, String(reason)))
  })
}

/** Tokens that are almost good. `signed` is what the server would have signed itself. */
export async function tokensOf({ accessToken }: Person) {
  const [, payload = '', signature = ''] = accessToken.split('.')
  const { sub, sid } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const header = (alg: string) => Buffer.from(JSON.stringify({ alg })).toString('base64url')
  const own = Buffer.from(hkdfSync('sha256', testSecret, '', 'access', 32)).toString('base64')
  const key = new Uint8Array(hkdfSync('sha256', own, '', 'access tokens', 32))
  const sign = (by: Uint8Array, exp: number, issuer = 'wellwon') =>
    new SignJWT({ sid })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(issuer)
      .setSubject(sub)
      .setExpirationTime(exp)
      .sign(by)
  const now = Math.floor(Date.now() / 1_000)
  return {
    signed: await sign(key, now + 60),
    expired: await sign(key, now - 60),
    ofAnotherKey: await sign(new Uint8Array(32), now + 60),
    ofAnotherIssuer: await sign(key, now + 60, 'somebody'),
    unsigned: `${header('HS256')}.${payload}.`,
    algNone: `${header('none')}.${payload}.`,
    algNoneSigned: `${header('none')}.${payload}.${signature}`,
    otherPayload: accessToken.replace(
      payload,
      Buffer.from(JSON.stringify({ sub, sid, exp: now + 9_999 })).toString('base64url'),
    ),
  }
}
