import {
  type ASTNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  getOperationAST,
  Kind,
  visit,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { type Context, type Services, sharedContext } from '../graph/context.ts'
import type { Frame } from '../graph/frame.ts'
import type { Ready, Shared } from '../graph/seat.ts'
import { executePlanned } from './plans/execute.ts'
import { textFrames } from './text-frame.ts'

/** Frames as all see them who select the same of them: executed once, serialized once. */
export interface Made extends Ready {
  /** Of the first. */
  result: ExecutionResult
  /** How many characters they have. */
  size: number
}

/** What many subscriptions select of frames: one document, operation, variables and address of the server. */
export interface Selection extends Shared {
  /** As of any of them, and of nobody's request. What they differ in, frames say themselves. */
  args: ExecutionArgs
  /** The frame as all see it; null when it depends on who looks, or failed: then each has to execute it. */
  made: (frame: Frame<object>) => Promise<Made | null>
  leave: () => void
}

/** Gives the selection of a subscription, which lives as long as anybody has not left it. */
export type Selections = (args: ExecutionArgs, baseUrl: string) => Selection

/** How often frames were executed and written down for all. */
export const work = { executions: 0, serializations: 0 }

// Whoever follows the same feed asks within a moment; who comes later is told what is so by then.
const keptMs = 1_000
const keptBytes = 16 * 1024 * 1024

interface Known {
  baseUrl: string
  members: number
  /** Types of events of which this selection depends on who looks. */
  personal: Set<string>
  selection: Selection
}

export function createSelections(services: Services): Selections {
  const known = new Map<string, Known>()
  const underWay = new Map<string, Promise<Made | null>>()
  const kept = new LRUCache<string, Made>({
    ttl: keptMs,
    maxSize: keptBytes,
    sizeCalculation: (of, key) => 2 * (of.size + key.length) + 500,
  })

  /** All at once; null where one of them depends on who looks, or failed. */
  async function make({ selection, baseUrl, personal }: Known, frames: readonly Frame<object>[]): Promise<Made | null> {
    const loaders: Context['loaders'] = new Map() // all that is told at once was read before anything is loaded for it
    const contexts = new Map<string, ReturnType<typeof sharedContext>>() // by type: each notes whether it depends on who looks
    const contextOf = (type: string) => {
      const shared = contexts.get(type) ?? sharedContext(services, baseUrl, loaders)
      contexts.set(type, shared)
      return shared.ctx
    }
    work.executions += frames.length
    const execute = (frame: Frame<object>) =>
      executePlanned({ ...selection.args, contextValue: contextOf(typeOf(frame)), rootValue: frame })
    const results = await Promise.all(frames.map(execute))
    for (const [type, { isPersonal }] of contexts) if (isPersonal()) personal.add(type)
    if (frames.some(frame => personal.has(typeOf(frame))) || results.some(result => result.errors)) return null
    work.serializations += frames.length
    return madeOf(results)
  }

  function made(of: Known, frames: readonly Frame<object>[]): Promise<Made | null> {
    if (!frames.every(frame => isOfFeed(frame) && !of.personal.has(typeOf(frame)))) return Promise.resolve(null)
    if (of.members === 1) return make(of, frames) // nobody else will ask
    const key = `${of.selection.name} ${keyOf(frames)}`
    const before = kept.get(key) ?? underWay.get(key)
    if (before) return Promise.resolve(before)
    const making = make(of, frames).finally(() => underWay.delete(key))
    underWay.set(key, making)
    return making.then(one => {
      if (one) kept.set(key, one)
      return one
    })
  }

  function begun(name: string, args: ExecutionArgs, baseUrl: string): Known {
    const of: Known = {
      ...{ baseUrl, members: 0, personal: new Set() },
      selection: {
        ...{ name, args: { ...args, contextValue: null } },
        together: frames => made(of, frames),
        // Alone, it costs less to execute it in one's own name.
        made: frame => (of.members > 1 ? made(of, [frame]) : Promise.resolve(null)),
        leave() {
          if (--of.members === 0) known.delete(name)
        },
      },
    }
    known.set(name, of)
    return of
  }

  return (args, baseUrl) => {
    const name = nameOf(args, baseUrl)
    const of = known.get(name) ?? begun(name, args, baseUrl)
    of.members++
    return of.selection
  }
}

const isOfFeed = (frame: object) => 'position' in frame
const typeOf = ({ event }: Frame<object>) => (event && 'eventType' in event ? String(event.eventType) : '')

/** All of the frames: events of one position may differ, as may what is known of state. */
const keyOf = (frames: readonly Frame<object>[]) =>
  JSON.stringify(frames.map(({ position: { feed, at, mark }, live, event }) => [feed, `${at}`, `${mark}`, live, event]))

function madeOf(results: readonly ExecutionResult[]): Made {
  const texts = results.map(result => JSON.stringify(result))
  const framed = (id: string) => {
    const before = `{"id":${JSON.stringify(id)},"type":"next","payload":`
    return textFrames(texts.map(text => `${before}${text}}`))
  }
  // Whoever serializes by itself, as Yoga does for SSE, is given the text.
  const result = Object.assign(results[0] ?? {}, { stringify: () => texts[0] ?? '' })
  return { result, size: texts.reduce((sum, text) => sum + text.length, 0), framed: forFew(framed) }
}

/** Remembers a few: many clients count from 1; others make their ids up. */
function forFew(framed: Ready['framed']): Ready['framed'] {
  const known = new Map<string, Buffer>()
  let last: { id: string; frame: Buffer } | null = null
  return id => {
    if (last?.id === id) return last.frame
    const frame = known.get(id) ?? framed(id)
    if (known.size < 8) known.set(id, frame)
    last = { id, frame }
    return frame
  }
}

interface KnownDocument {
  id: number
  /** By the name of the operation. */
  variables: Map<string, readonly string[]>
}
const documents = new WeakMap<DocumentNode, KnownDocument>()
let documentIds = 0

function nameOf({ document, operationName, variableValues }: ExecutionArgs, baseUrl: string): string {
  const of: KnownDocument = documents.get(document) ?? { id: documentIds++, variables: new Map() }
  documents.set(document, of)
  const operation = operationName ?? ''
  const names = of.variables.get(operation) ?? variablesBelow(document, operationName)
  of.variables.set(operation, names)
  const given = variableValues ?? {}
  const values = names.map(name => (name in given ? [given[name]] : []))
  return JSON.stringify([of.id, operation, baseUrl, values])
}

/**
 * Variables that an operation uses anywhere but in the arguments of its root field. Those say which feed is followed and
 * from where, which frames say themselves.
 */
function variablesBelow(document: DocumentNode, operationName: string | null | undefined): string[] {
  const names = new Set<string>()
  const enter = (node: ASTNode) => {
    if (node.kind === Kind.VARIABLE) names.add(node.name.value)
  }
  const collect = (node: ASTNode) => visit(node, { enter })
  const operation = getOperationAST(document, operationName)
  for (const directive of operation?.directives ?? []) collect(directive)
  for (const selection of operation?.selectionSet.selections ?? [])
    collect(selection.kind === Kind.FIELD ? { ...selection, arguments: [] } : selection)
  for (const definition of document.definitions) if (definition.kind === Kind.FRAGMENT_DEFINITION) collect(definition)
  return [...names].sort()
}
