import { type ExecutionArgs, type ExecutionResult, type GraphQLError, getOperationAST } from 'graphql'
import { MessageType, type SubscribePayload } from 'graphql-ws'
import type { Context, Viewer } from '../graph/context.ts'
import type { Ready } from '../graph/seat.ts'
import type { Speaker } from './contexts.ts'
import { refused, type SocketExecution } from './socket-execution.ts'
import type { Line } from './socket-lines.ts'
import { type Listener, Subscription } from './subscription.ts'

const most = 50

/** What operations are carried out with. */
export interface Carrying {
  execution: SocketExecution
  /** A query or a mutation. */
  execute: (line: Line, args: ExecutionArgs) => Promise<ExecutionResult>
  isLeaving: () => boolean
}

/** The talk that operations come in. */
export interface Asking extends Speaker {
  readonly host: Carrying
  readonly line: Line
  /** At most 50 and mostly one: an array that is no longer than it has to be takes less than a map. */
  operations: readonly Operation[]
}

/** One operation of a talk, until it is answered or over. */
export class Operation implements Listener {
  readonly id: string
  private readonly talk: Asking
  /** Who began it: it goes on as theirs. */
  private readonly viewer: Viewer | null
  private subscription: Subscription | null = null

  constructor(talk: Asking, id: string) {
    this.talk = talk
    this.id = id
    this.viewer = talk.viewer
    talk.operations = [...talk.operations, this]
  }

  async begin(payload: SubscribePayload): Promise<void> {
    const { host, line, operations } = this.talk
    if (operations.length > most)
      return this.fail([refused(`A socket carries at most ${most} operations at a time.`, 'LIMIT_EXCEEDED')])
    if (host.isLeaving()) return this.fail([refused('The server is going away: ask again.', 'INTERNAL')])
    const args = host.execution.argsOf(this.talk, payload)
    if (!('document' in args)) return this.fail(args)
    if (getOperationAST(args.document, args.operationName)?.operation !== 'subscription')
      return this.answer(await host.execute(line, args))
    const subscribed = await host.execution.subscribe(args, this)
    if (!(subscribed instanceof Subscription)) return this.answer(subscribed)
    if (this.isUnderWay()) this.subscription = subscribed
    else subscribed.end()
  }

  async next(result: ExecutionResult): Promise<void> {
    if (this.isUnderWay()) await this.say(MessageType.Next, result)
  }

  tell(ready: Ready): boolean {
    return this.talk.line.tell(ready.framed(this.id))
  }

  async over(): Promise<void> {
    if (this.remove()) await this.say(MessageType.Complete)
  }

  failed(error: unknown): void {
    this.talk.line.failed(error)
  }

  context(): Context {
    const { place, baseUrl, host } = this.talk
    return host.execution.context({ place, baseUrl, viewer: this.viewer, tokenProblem: null })
  }

  /** The client does not want it any more. */
  end(): void {
    this.remove()
    this.subscription?.end()
  }

  private async answer(result: ExecutionResult): Promise<void> {
    await this.next(result)
    await this.over()
  }

  private async fail(errors: readonly GraphQLError[]): Promise<void> {
    if (this.remove()) await this.say(MessageType.Error, errors)
  }

  private isUnderWay(): boolean {
    return this.talk.operations.includes(this)
  }

  /** False: it was removed before. */
  private remove(): boolean {
    const { talk } = this
    const others = talk.operations.filter(one => one !== this)
    const was = others.length < talk.operations.length
    talk.operations = others
    return was
  }

  private say(type: MessageType, payload?: object): Promise<void> {
    return this.talk.line.say(JSON.stringify({ id: this.id, type, payload }))
  }
}
