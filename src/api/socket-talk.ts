import { CloseCode, MessageType, parseMessage, type SubscribePayload } from 'graphql-ws'
import type { Viewer } from '../graph/context.ts'
import type { Origin } from './contexts.ts'
import type { SessionEnd } from './session-watch.ts'
import { shut } from './socket-closing.ts'
import type { Hearing, Line } from './socket-lines.ts'
import { type Asking, type Carrying, Operation } from './socket-operation.ts'

/** What all talks share. */
export interface Host extends Carrying {
  /** Takes a token; false: it is not good, and the socket is being closed. */
  signIn: (talk: Talk, authorization: unknown) => Promise<boolean>
  /** Somebody said who they are. */
  spoke: (talk: Talk) => void
  closed: (talk: Talk) => void
}

/**
 * What is said on one socket, in graphql-transport-ws. The library reads its messages; its server would keep each of them, and a
 * suspended function, as long as its subscription lives. A class, because thousands are idle at a time.
 */
export class Talk implements Hearing, Asking {
  readonly host: Host
  readonly line: Line
  readonly place: string
  readonly baseUrl: string
  viewer: Viewer | null = null
  tokenProblem: string | null = null
  /** In ms. */
  readonly openedAt = Date.now()
  operations: readonly Operation[] = []
  private greeted = false
  private acknowledged = false

  constructor(host: Host, line: Line, { place, baseUrl }: Origin) {
    this.host = host
    this.line = line
    this.place = place
    this.baseUrl = baseUrl
  }

  async heard(text: string): Promise<void> {
    const message = read(text)
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return this.greet(message.payload)
      case MessageType.Ping:
        return this.answerPing(message.payload)
      case MessageType.Pong:
        return
      case MessageType.Subscribe:
        return this.begin(message.id, message.payload)
      case MessageType.Complete:
        return this.operations.find(({ id }) => id === message.id)?.end()
      default:
        return this.line.close(CloseCode.BadRequest, 'Invalid message received')
    }
  }

  closed(): void {
    this.host.closed(this)
    for (const operation of this.operations) operation.end()
  }

  /** Its session is over. */
  over(why: SessionEnd): void {
    shut(this.line, why)
  }

  private async greet(payload: Record<string, unknown> | undefined): Promise<void> {
    if (this.greeted)
      return this.line.close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests')
    this.greeted = true
    this.host.spoke(this)
    if (!(await this.host.signIn(this, payload?.authorization ?? payload?.Authorization))) return
    this.acknowledged = true
    await this.line.say(JSON.stringify({ type: MessageType.ConnectionAck }))
  }

  /** A fresh token may come in a ping: then the socket lives on. */
  private async answerPing(payload: Record<string, unknown> | undefined): Promise<void> {
    if (payload && 'authorization' in payload) await this.host.signIn(this, payload.authorization)
    await this.line.say(JSON.stringify({ type: MessageType.Pong, ...(payload && { payload }) }))
  }

  private async begin(id: string, payload: SubscribePayload): Promise<void> {
    if (!this.acknowledged) return this.line.close(CloseCode.Unauthorized, 'Unauthorized')
    if (this.operations.some(one => one.id === id))
      return this.line.close(CloseCode.SubscriberAlreadyExists, `Subscriber for ${id} already exists`)
    await new Operation(this, id).begin(payload)
  }
}

function read(text: string): ReturnType<typeof parseMessage> | null {
  try {
    return parseMessage(text)
  } catch {
    return null
  }
}
