import pg from 'pg'

import WebSocket from 'ws'
import { type Attempt, createLink, type End } from '../../docs/clients/resuming-link.ts'
import { overSocket } from '../../docs/clients/socket.ts'
import { overSse } from '../../docs/clients/sse.ts'
import { globalId } from '../../src/graph/node.ts'
import { eventually, type Loose, type Person } from '../client.ts'

export { globalId }

// Subscribers as the documentation has them, and what the log says that they should have seen.

export type Transport = 'socket' | 'sse'

export const chatEvents = `subscription ($id: ID!, $after: StreamPosition) { chatEvents(chatId: $id, after: $after) {
  position live event { __typename
    ... on MessageSent { edge { node { id body } } }
    ... on MessageEdited { message { id body } }
    ... on MessageDeleted { message { id body } }
    ... on MessagesMarkedAsRead { participant { id lastReadSequence } }
    ... on ParticipantRemoved { removedParticipantId }
    ... on StreamReset { reason }
    ... on StreamClosed { reason } } } }`

export interface Subscriber {
  frames: Loose[]
  /** The events of the frames that have one. */
  events: () => Loose[]
  /** How often it called the server. */
  attempts: () => number
  ended: () => End | null
  stop: () => void
}

export interface Subscribing {
  transport?: Transport
  /** Where, when it is not the person's own server. */
  url?: string
  token?: (fresh: boolean) => Promise<string | null>
  waitMs?: () => number
  onFrame?: (frame: Loose) => void
}

/** Follows a feed through the documented link. */
export function follow(person: Person, query: string, variables: object, options: Subscribing = {}): Subscriber {
  const url = `${(options.url ?? person.url).replace(/\/$/, '')}/graphql`
  const socket = overSocket(url.replace('http', 'ws'), { webSocketImpl: WebSocket })
  const way: Attempt = options.transport === 'sse' ? overSse(url) : socket.attempt
  let attempts = 0
  let end: End | null = null
  const link = createLink({
    attempt: (...all) => {
      attempts++
      return way(...all)
    },
    token: options.token ?? (async () => person.accessToken),
    waitMs: options.waitMs ?? (() => 5),
  })
  const frames: Loose[] = []
  const stop = link.subscribe<Loose>(
    { query, variables: { ...variables } },
    {
      onFrame: frame => {
        options.onFrame?.(frame)
        frames.push(frame)
      },
      onEnd: how => {
        end = how
      },
    },
  )
  return {
    frames,
    events: () => frames.map(f => f.event).filter(Boolean),
    attempts: () => attempts,
    ended: () => end,
    stop: () => {
      stop()
      void socket.close()
    },
  }
}

/** What happened to messages, as `<event> <global id>`. */
export const messageSteps = (events: readonly Loose[]): string[] =>
  events
    .filter(e => /^Message(Sent|Edited|Deleted)$/.test(e.__typename))
    .map(e => `${e.__typename} ${(e.edge?.node ?? e.message).id}`)

/** The same as the log has it, in order. */
export async function stepsInLog(databaseUrl: string, chatId: string): Promise<string[]> {
  const rows = await sql<{ type: string; id: string }>(
    databaseUrl,
    `select type, data::jsonb->>'messageId' id from events where stream = $1 and type like 'Message%' order by revision`,
    [`chat-${innerId(chatId)}`],
  )
  return rows.map(row => `${row.type} ${globalId('Message', row.id)}`)
}

/** The inner part of a global id. */
export const innerId = (id: string): string => Buffer.from(id, 'base64url').toString().split(':')[1] ?? ''

export async function sql<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Waits for an event that fits. */
export const heard = (subscriber: Subscriber, fits: (event: Loose) => boolean, what?: string): Promise<Loose> =>
  eventually(() => subscriber.events().find(fits), 15_000, what ?? 'the event')

/** Waits until the feed is over. */
export const over = (subscriber: Subscriber): Promise<End | null> =>
  eventually(subscriber.ended, 15_000, 'the end of the feed')
