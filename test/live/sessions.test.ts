import { afterAll, beforeAll, expect, test } from 'vitest'
import type { App } from '../../src/compose.ts'
import { eventually, openGroup, type Person, password, personOf, post, register, send } from '../client.ts'
import { type House, openDoor, openHouse } from '../house.ts'
import { done } from './acts.ts'
import { openRaw, type Raw } from './raw.ts'
import { chatEvents, follow, heard, messageSteps, over, stepsInLog, type Transport } from './subscribing.ts'

// The promise is a second. Tests wait longer than that rather than fail on a busy machine.

let house: House
/** A second server on the same database, whose tokens live for a few seconds. */
let brief: App & { url: string }
const briefSeconds = 3
beforeAll(async () => {
  house = await openHouse()
  const app = await openDoor(house.databaseUrl, { ACCESS_TOKEN_SECONDS: String(briefSeconds) })
  brief = { ...app, url: `http://127.0.0.1:${app.port}` }
})
afterAll(async () => {
  await brief.stop()
  await house.close()
})

const closing = (raw: Raw) => eventually(raw.closed, 10_000, 'the close')
const tokensOf = `tokens { accessToken refreshToken }`

/** The next access token of a person's session. */
async function renewed(person: Person): Promise<string> {
  const { tokens } = await done(
    { ...person, ask: anonymous(person.url) },
    'refreshSession',
    { refreshToken: person.refreshToken },
    tokensOf,
  )
  Object.assign(person, tokens)
  return person.accessToken
}
const anonymous = (url: string) => async (query: string, variables?: object) => (await post(url, query, variables)).data

/** The same account on one more device. */
async function logIn(person: Person): Promise<Person> {
  const asAnybody = { ...person, ask: anonymous(person.url) }
  const { tokens } = await done(asAnybody, 'login', { email: person.email, password: person.password }, tokensOf)
  return personOf(person.url, { ...person, ...tokens })
}

async function listening(person: Person, chatId: string): Promise<Raw> {
  const raw = await openRaw(person.url, person)
  raw.subscribe('feed', chatEvents, { id: chatId })
  await eventually(() => raw.frames('feed').length > 0)
  return raw
}

test.concurrent('a socket is closed with 4403 when its token expires', async () => {
  const ann = await register(brief.url, 'Ann')
  const raw = await openRaw(brief.url, ann)
  expect((await closing(raw))?.code).toBe(4403)
})

test.concurrent.each<Transport>(['socket', 'sse'])(
  '%s: a fresh token goes on after the old one expired, and nothing is lost',
  async transport => {
    const ann = await register(house.url, 'Ann')
    const bob = await register(brief.url, 'Bob')
    const chat = await openGroup(ann, [bob])
    let renewals = 0
    const token = async (fresh: boolean) => {
      if (!fresh) return bob.accessToken
      renewals++
      return renewed(bob)
    }
    const subscriber = follow(bob, chatEvents, { id: chat.id, after: chat.position }, { transport, token })
    for (let i = 0; renewals < 2; i++) {
      const { id } = await send(ann, chat.id, `${i}`)
      await heard(subscriber, e => e.edge?.node.id === id)
    }
    expect(messageSteps(subscriber.events())).toEqual(await stepsInLog(house.databaseUrl, chat.id))
    subscriber.stop()
  },
)

test.concurrent('a fresh token in a ping keeps the socket, and what is subscribed on it, alive', async () => {
  const ann = await register(brief.url, 'Ann')
  const chat = await openGroup(ann, [])
  const raw = await listening(ann, chat.id)
  const expired = Date.now() + 2_000 * briefSeconds
  await eventually(async () => {
    raw.send({ type: 'ping', payload: { authorization: `Bearer ${await renewed(ann)}` } })
    return Date.now() > expired
  })
  expect(raw.closed()).toBeNull()
  await send(ann, chat.id, 'still here')
  await eventually(() => raw.frames('feed').some(f => f?.event?.edge?.node.body === 'still here'))
  expect((await closing(raw))?.code).toBe(4403) // and without further pings it ends as any other
})

test("a ping cannot trade the session of a socket for somebody else's, or for none", async () => {
  const ann = await register(house.url, 'Ann')
  const eve = await register(house.url, 'Eve')
  const chat = await openGroup(ann, [])
  for (const authorization of [`Bearer ${eve.accessToken}`, '', null, 5]) {
    const raw = await listening(ann, chat.id)
    raw.send({ type: 'ping', payload: { authorization } })
    expect((await closing(raw))?.code).toBe(4400)
  }
})

const ends: [string, (person: Person) => Promise<unknown>][] = [
  ['logging out', person => done(person, 'logout', {})],
  [
    'logging out everywhere, from another device',
    async person => done(await logIn(person), 'logout', { allSessions: true }),
  ],
  [
    'a password change on another device',
    async person =>
      done(await logIn(person), 'changePassword', { currentPassword: password, newPassword: 'another horse battery' }),
  ],
  ['the deletion of the account', person => done(person, 'deleteAccount', { password })],
]

test.each(ends)('%s closes sockets with 4401 and ends SSE', async (_, end) => {
  const ann = await register(house.url, 'Ann')
  const owner = await register(house.url, 'Owner')
  const bystander = await register(house.url, 'Bystander')
  const chat = await openGroup(owner, [ann, bystander])
  const raw = await listening(ann, chat.id)
  const other = await listening(bystander, chat.id)
  const sse = follow(
    ann,
    chatEvents,
    { id: chat.id },
    { transport: 'sse', token: async fresh => (fresh ? null : ann.accessToken) },
  )
  await eventually(() => sse.frames.length > 0)
  await end(ann)
  expect((await closing(raw))?.code).toBe(4401)
  expect(await over(sse)).toEqual({ why: 'signed out' })
  await send(owner, chat.id, 'without her')
  await eventually(() => other.frames('feed').some(f => f.event?.edge?.node.body === 'without her'))
  expect(JSON.stringify([raw.messages, sse.frames])).not.toContain('without her')
  other.socket.terminate()
})

test('SSE ends with UNAUTHENTICATED and completes', async () => {
  const ann = await register(house.url, 'Ann')
  const chat = await openGroup(ann, [])
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${ann.accessToken}`,
    },
    body: JSON.stringify({ query: chatEvents, variables: { id: chat.id } }),
  })
  const whole = response.text()
  await done(ann, 'logout', {})
  const text = await whole
  expect(text).toMatch(/event: next\ndata: .*UNAUTHENTICATED.*\n\nevent: complete/)
})

test('endSession closes the sockets of the one device, and only those', async () => {
  const ann = await register(house.url, 'Ann')
  const chat = await openGroup(ann, [])
  const second = await logIn(ann)
  const raw = await listening(ann, chat.id)
  const gone = await listening(second, chat.id)
  const { viewer } = await second.ask('{ viewer { sessions { id current } } }')
  const { id } = viewer.sessions.find((s: { current: boolean }) => s.current)
  expect(await done(ann, 'endSession', { sessionId: id }, 'removedSessionId')).toMatchObject({ removedSessionId: id })
  expect((await closing(gone))?.code).toBe(4401)
  expect((await second.try('{ viewer { id } }')).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
  await send(ann, chat.id, 'still here')
  await eventually(() => raw.frames('feed').some(f => f?.event?.edge?.node.body === 'still here'))
  raw.socket.terminate()
})

test('a socket of one device hears nothing of the end of another', async () => {
  const ann = await register(house.url, 'Ann')
  const chat = await openGroup(ann, [])
  const second = await logIn(ann)
  const raw = await listening(ann, chat.id)
  const gone = await listening(second, chat.id)
  await done(second, 'logout', {})
  expect((await closing(gone))?.code).toBe(4401)
  await send(ann, chat.id, 'still here')
  await eventually(() => raw.frames('feed').some(f => f?.event?.edge?.node.body === 'still here'))
  raw.socket.terminate()
})
