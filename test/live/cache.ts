import type { Loose } from '../client.ts'

// What a client keeps: nodes by id, and lists of ids. Whatever comes in is written over what is there.

export interface Cache {
  nodes: Map<string, Record<string, unknown>>
  lists: Map<string, Set<string>>
}

export const emptyCache = (): Cache => ({ nodes: new Map(), lists: new Map() })

/** Writes every node inside a value and gives the value back with ids in the place of nodes. */
export function write(cache: Cache, value: Loose): unknown {
  if (Array.isArray(value)) return value.map(one => write(cache, one))
  if (value === null || typeof value !== 'object') return value
  const fields: [string, unknown][] = Object.entries(value).map(([name, inner]) => [name, write(cache, inner)])
  if (typeof value.id !== 'string') return Object.fromEntries(fields)
  const known = cache.nodes.get(value.id) ?? {}
  cache.nodes.set(value.id, { ...known, ...Object.fromEntries(fields) })
  return value.id
}

/** Writes a connection: its nodes, and the list of their ids under a name. */
export function writeList(cache: Cache, name: string, connection: Loose): void {
  const ids = connection.edges.map((edge: Loose) => write(cache, edge.node))
  cache.lists.set(name, new Set(ids))
}

/** The nodes of a list, by id. */
export const listed = (cache: Cache, name: string): unknown[] =>
  [...(cache.lists.get(name) ?? [])].sort().map(id => cache.nodes.get(id))
