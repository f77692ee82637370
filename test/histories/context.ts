import { PassThrough } from 'node:stream'
import { type DocumentNode, type ExecutionResult, graphql, parse } from 'graphql'
import { postgresAudience } from '../../src/adapter/postgres/audience.ts'
import { createLive, type Live } from '../../src/api/live.ts'
import { schema } from '../../src/api/schema.ts'
import { createSelections } from '../../src/api/selection.ts'
import { listen, Subscription } from '../../src/api/subscription.ts'
import { membersAmong } from '../../src/domain/chat/queries/index.ts'
import { membershipsAmong } from '../../src/domain/company/queries/index.ts'
import type { Context, Services } from '../../src/graph/context.ts'
import type { Ready } from '../../src/graph/seat.ts'
import { createTokens } from '../../src/graph/tokens.ts'
import { newId } from '../../src/kernel/id.ts'
import type { Loose } from '../client.ts'
import { messagesIn } from '../live/frames.ts'
import type { Workshop } from '../workshop.ts'

// The API without its server: as it answers who is signed in.

export interface Signed {
  userId: string
  ask: (source: string, variables?: object) => Promise<Loose>
  /** Results of a subscription until `over` is aborted, or it ends. */
  hear: (source: string, variables: object, over: AbortController) => AsyncIterable<ExecutionResult<Loose>>
}

export function openApi(shop: Workshop) {
  const audience = postgresAudience(shop.database)
  const quietly = () => undefined
  const log = { debug: quietly, info: quietly, warn: quietly, error: quietly }
  const live: Live = createLive({
    ...{ store: shop.store, audience, pubsub: shop.pubsub, log },
    membersAmong: (chatIds, userIds) => shop.ask(membersAmong, { chatIds, userIds }),
    membershipsAmong: (companyIds, userIds) => shop.ask(membershipsAmong, { companyIds, userIds }),
  })
  const { ask, store } = shop
  const services = { ask, store, audience, live, log, tokens: createTokens('test', 'test') } as unknown as Services
  const contextOf = (userId: string, over = new AbortController()): Context => ({
    ...services,
    ...{
      over,
      asksPosition: true,
      loaders: new Map(),
      tokenProblem: null,
      requestId: 'a history',
      place: '',
      baseUrl: '',
    },
    viewer: { userId, sessionId: newId(), expiresAt: new Date() },
  })
  const selections = createSelections(services)
  const documents = new Map<string, DocumentNode>()
  const parsed = (source: string) => {
    const document = documents.get(source) ?? parse(source)
    documents.set(source, document)
    return document
  }
  return {
    stop: () => live.stop(),
    as: (userId: string): Signed => ({
      userId,
      async ask(source, variables = {}) {
        const variableValues = { ...variables }
        const { data, errors } = await graphql({ schema, source, variableValues, contextValue: contextOf(userId) })
        if (errors?.length) throw new Error(`${userId} was told: ${errors.map(error => error.message)}`)
        return data
      },
      async *hear(source, variables, over) {
        const args = { schema, document: parsed(source), variableValues: { ...variables } }
        const heard = new PassThrough({ objectMode: true })
        const tell = ({ framed }: Ready) => {
          if (heard.readableLength > 3) return false // a slow reader goes on alone
          for (const { payload } of messagesIn(framed('any'))) heard.write(payload)
          return true
        }
        const listener = {
          ...{ tell, context: () => contextOf(userId), over: () => heard.end() },
          next: async (result: ExecutionResult) => void heard.write(result),
          failed: (error: unknown) => heard.destroy(error as Error),
        }
        const contextValue = contextOf(userId)
        const subscribed = await listen({ ...args, contextValue }, () => selections(args, ''), listener)
        if (!(subscribed instanceof Subscription)) return yield subscribed
        over.signal.addEventListener('abort', () => {
          subscribed.end()
          heard.end()
        })
        yield* heard
      },
    }),
  }
}
