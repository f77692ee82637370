import type { ObjectRef } from '@pothos/core'
import { GraphQLError } from 'graphql'
import { line } from '../kernel/text.ts'
import { builder, type Types } from './builder.ts'
import type { Context } from './context.ts'

export interface Edge<View> {
  node: View
  cursor: string
}
export interface Connection<View> {
  edges: readonly Edge<View>[]
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null }
}

export const PageInfo = builder.objectRef<Connection<unknown>['pageInfo']>('PageInfo').implement({
  description: 'Whether there is more, and from where.',
  fields: t => ({
    hasNextPage: t.exposeBoolean('hasNextPage', { description: 'Whether there is more after the last edge.' }),
    hasPreviousPage: t.exposeBoolean('hasPreviousPage', {
      description: 'Whether there is more before the first edge.',
    }),
    startCursor: t.exposeString('startCursor', { nullable: true, description: 'Cursor of the first edge.' }),
    endCursor: t.exposeString('endCursor', { nullable: true, description: 'Cursor of the last edge.' }),
  }),
})

/** `<Name>Connection` and `<Name>Edge` of a node type, shared by all lists of it. */
export function connectionType<View>(name: string, node: ObjectRef<Types, View>) {
  const edge = builder.objectRef<Edge<View>>(`${name}Edge`).implement({
    description: 'A node and its place in the list.',
    fields: t => ({
      cursor: t.exposeString('cursor', { description: 'Opaque: give it to `after` or `before`.' }),
      node: t.field({ type: node, description: 'The node itself.', resolve: e => e.node as never }),
    }),
  })
  const connection = builder.objectRef<Connection<View>>(`${name}Connection`).implement({
    description: 'A page of a list.',
    fields: t => ({
      edges: t.field({ type: [edge], description: 'Nodes with their cursors.', resolve: c => [...c.edges] as never }),
      pageInfo: t.field({ type: PageInfo, description: 'Whether there is more.', resolve: c => c.pageInfo }),
    }),
  })
  return { edge, connection }
}

/** A page asked for: `limit` items from `from` on, forwards or backwards. `from` is what a cursor holds. */
export interface Page {
  limit: number
  backwards: boolean
  from: (string | number)[] | null
}

export interface PageArgs {
  first?: number | null | undefined
  after?: string | null | undefined
  last?: number | null | undefined
  before?: string | null | undefined
}

/** Reads page arguments of the named list. Throws a clear error for impossible ones and for a cursor of another list. */
export function pageOf(ctx: Context, list: string, args: PageArgs, fallback: 'first' | 'last' = 'first'): Page {
  const { first, last, after, before } = args
  if (first != null && last != null) throw badInput('Ask for `first` or for `last`, not for both.')
  if (after != null && before != null) throw badInput('Go on `after` or `before` a cursor, not both.')
  const backwards = last != null || (first == null && (before != null || (after == null && fallback === 'last')))
  const limit = (backwards ? last : first) ?? 20
  if (limit < 0 || limit > 100) throw badInput(`\`${backwards ? 'last' : 'first'}\` is from 0 to 100.`)
  if (backwards && after != null) throw badInput('`last` goes with `before`.')
  if (!backwards && before != null) throw badInput('`first` goes with `after`.')
  const token = backwards ? before : after
  return { limit, backwards, from: token == null ? null : openCursor(ctx, list, token) }
}

function openCursor(ctx: Context, list: string, token: string): (string | number)[] {
  const [of, ...from] = ctx.tokens.open('cursor', token) ?? []
  if (of !== list) throw badInput('This cursor is not of this list.')
  return from
}

export const cursorOf = (ctx: Context, list: string, at: readonly (string | number)[]): string =>
  ctx.tokens.sign('cursor', [list, ...at])

/** Signed when it is asked for: most lists are read without the cursors of their edges, and a signature costs more than a row. */
export const edgeOf = <View>(ctx: Context, list: string, node: View, at: readonly (string | number)[]): Edge<View> => ({
  node,
  get cursor() {
    return cursorOf(ctx, list, at)
  },
})

/**
 * A connection from rows in list order. `more`: whether there is more in the direction of travel (the query asked for one
 * row too many and dropped it).
 */
export function toConnection<View>(
  ctx: Context,
  list: string,
  page: Page,
  rows: readonly View[],
  more: boolean,
  at: (view: View) => readonly (string | number)[],
): Connection<View> {
  const edges = rows.map(node => edgeOf(ctx, list, node, at(node)))
  const beyond = page.from !== null
  return {
    edges,
    pageInfo: {
      hasNextPage: page.backwards ? beyond : more,
      hasPreviousPage: page.backwards ? more : beyond,
      get startCursor() {
        return edges[0]?.cursor ?? null
      },
      get endCursor() {
        return edges.at(-1)?.cursor ?? null
      },
    },
  }
}

const searched = line(1, 200)

/** What a list is searched for; null for nothing. Throws INVALID_INPUT for what no name or title can hold. */
export function searchOf(query: string | null | undefined): string | null {
  if (!query?.trim()) return null
  const { data, error } = searched.safeParse(query)
  if (error) throw badInput(`This cannot be searched for. ${error.issues[0]?.message}`)
  return data
}

/** A wrong argument of a query: queries have no result unions, so it is a top-level error. */
export const badInput = (message: string, code: 'INVALID_INPUT' | 'NOT_FOUND' = 'INVALID_INPUT'): GraphQLError =>
  new GraphQLError(message, { extensions: { code } })
