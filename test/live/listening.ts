import WebSocket from 'ws'
import { overSocket } from '../../docs/clients/socket.ts'
import { overSse } from '../../docs/clients/sse.ts'
import { eventually, type Loose, type Person, personOf, post } from '../client.ts'
import type { Transport } from './subscribing.ts'

/** A subscription without positions: what it told, and whether it is over. */
export interface Listener {
  /** What the root field gave, one a frame. */
  told: Loose[]
  /** How it ended; null while it goes on. */
  ended: () => Loose
  stop: () => void
}

/** Subscribes once, without coming back. */
export function listen(
  person: Person,
  query: string,
  variables: object,
  { transport = 'socket', url = person.url }: { transport?: Transport; url?: string } = {},
): Listener {
  const at = `${url.replace(/\/$/, '')}/graphql`
  const socket = overSocket(at.replace('http', 'ws'), { webSocketImpl: WebSocket })
  const told: Loose[] = []
  let end: Loose = null
  const attempt = transport === 'sse' ? overSse(at) : socket.attempt
  const leave = attempt({ query, variables: { ...variables } }, person.accessToken, {
    next: ({ data, errors }) => {
      if (errors) end = { errors }
      else told.push(Object.values(data as object)[0])
    },
    over: how => {
      end ??= how
    },
  })
  const stop = () => {
    leave()
    void socket.close()
  }
  return { told, ended: () => end, stop }
}

/** Waits until something fits that was told. */
export const hears = (listener: Listener, fits: (told: Loose) => boolean, what = 'the news'): Promise<Loose> =>
  eventually(() => listener.told.find(fits), 15_000, what)

/** The same person, signed in on one more device. */
export async function onAnotherDevice(person: Person): Promise<Person> {
  const { email, password, url } = person
  const { data } = await post(
    url,
    `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginPayload { tokens { accessToken refreshToken } } } }`,
    { input: { email, password } },
  )
  return personOf(url, { ...person, ...data.login.tokens })
}
