import { isUuid } from '../kernel/id.ts'
import { reject } from '../kernel/reject.ts'
import { builder } from './builder.ts'
import { type Context, Refused, viewerOf } from './context.ts'

/** Everything that has a global id, under which caches keep it. */
export interface NodeView {
  nodeType: string
  id: string
}

export const Node = builder.interfaceRef<NodeView>('Node').implement({
  description: 'Anything with a global id.',
  resolveType: view => view.nodeType,
  fields: t => ({
    id: t.id({
      description: 'Global and opaque; `node(id:)` finds it again.',
      resolve: view => globalId(view.nodeType, view.id),
    }),
  }),
})

/** How nodes of a type are found; null for absent and for forbidden alike, exactly as the typed fields answer. */
export type FindNode = (ctx: Context, id: string) => Promise<NodeView | null>
const finders = new Map<string, { find: FindNode; parts: number }>()

/** Makes a type reachable by `node` and `nodes`. `parts`: of how many UUIDs, joined by dots, its inner ids are made. */
export function nodeType(type: string, find: FindNode, parts = 1): void {
  finders.set(type, { find, parts })
}

export const globalId = (type: string, id: string): string => Buffer.from(`${type}:${id}`).toString('base64url')

/** The type and the inner id of a global id; null for anything that is none of ours. */
export function parseGlobalId(id: string): { type: string; id: string } | null {
  if (id.length > 200) return null
  const [type, inner, rest] = Buffer.from(id, 'base64url').toString().split(':')
  if (!type || !inner || rest !== undefined) return null
  const parts = inner.split('.')
  if (globalId(type, inner) !== id || parts.length !== finders.get(type)?.parts || !parts.every(isUuid)) return null
  return { type, id: inner }
}

/** The inner id of an argument of a mutation. Throws Refused(NOT_FOUND) for an id of another type, foreign or forged. */
export function idOf(type: string, id: string): string {
  const parsed = parseGlobalId(id)
  if (parsed?.type === type) return parsed.id
  throw new Refused(reject('NOT_FOUND', `There is no such ${words(type)}.`, { missing: [{ type: '', id }] }))
}

/** `ChatParticipant` -> `chat participant`. */
const words = (type: string) => type.replace(/\B[A-Z]/g, c => ` ${c}`).toLowerCase()

export async function findNode(ctx: Context, id: string): Promise<NodeView | null> {
  const parsed = parseGlobalId(id)
  return (parsed && (await finders.get(parsed.type)?.find(ctx, parsed.id))) ?? null
}

builder.queryFields(t => ({
  node: t.field({
    type: Node,
    nullable: true,
    description: 'Any node by its global id; null when it is not there or not for you.',
    args: { id: t.arg.id({ required: true, description: 'A global id.' }) },
    resolve: (_, { id }, ctx) => {
      viewerOf(ctx)
      return findNode(ctx, id)
    },
  }),
  nodes: t.field({
    type: [Node],
    nullable: { list: true, items: true },
    complexity: ({ ids }) => ({ field: 1, multiplier: ids.length }),
    description: 'Nodes by their global ids, at most 100, in the order asked for.',
    args: { ids: t.arg.idList({ required: true, description: 'Global ids, at most 100.' }) },
    resolve: (_, { ids }, ctx) => {
      viewerOf(ctx)
      return Promise.all(atMost(100, 'ids', ids).map(id => findNode(ctx, id)))
    },
  }),
}))

/** A list argument that is not too long. Throws LIMIT_EXCEEDED. */
export function atMost<T>(max: number, name: string, list: readonly T[]): readonly T[] {
  if (list.length > max)
    throw new Refused(
      reject('LIMIT_EXCEEDED', `${name} takes at most ${max} at a time.`, {
        issues: [{ path: [name], code: 'LIMIT_EXCEEDED', message: `At most ${max} at a time.` }],
      }),
    )
  return list
}
