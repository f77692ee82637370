// Answers and events overtake each other. What is older than what was seen before must not be written over it:
// not a node of a lower `version`, and not a count from anywhere but the inbox.

type Json = Record<string, unknown>
/** Where data is from. */
interface Source {
  ofInbox: boolean
  ofMutation: boolean
}
interface Seen {
  version: number
  fields: Json
  counts: Json
}

/** Written from the inbox, and from the query that it goes on from, only. */
const counts = /^unread\w*Count$|^lastActivityAt$/
/** Has no version and is told by `chatEvents`: the answer of a mutation is not newer than what was seen. */
const state = /^(reactions|viewerReactions)$/
/** Where an answer was read. It stays with the lists of that answer, however old its nodes are. */
const positions = /^(position|inboxPosition)$/
const removed = /^removed\w+Id$/

export interface Newest {
  /** The data of an answer or a frame with what is older in it replaced. Nodes need their `id` and `version`. */
  settle: (data: object) => object
  /** After a reset: versions of another log may be lower. */
  forget: () => void
}

/** Remembers so many nodes: those that answers under way may speak of. */
export function keepNewest(limit = 10_000): Newest {
  const seen = new Map<string, Seen>()

  function settleNode(node: Json, id: string, { ofInbox, ofMutation }: Source): Json {
    const known = seen.get(id) ?? { version: -1, fields: {}, counts: {} }
    const { version } = node
    const older = typeof version === 'number' && version < known.version
    const settled = Object.fromEntries(
      Object.entries(node).map(([name, value]) => {
        if (counts.test(name)) return [name, ofInbox ? value : (known.counts[name] ?? value)]
        const mine = known.fields[name]
        if (state.test(name) && ofMutation) return [name, mine ?? value]
        return [name, older && !positions.test(name) && covers(mine, value) ? mine : value]
      }),
    )
    const told = Object.entries(node).filter(([name]) => counts.test(name))
    seen.delete(id) // so that it is the last to be dropped
    seen.set(id, {
      version: older || typeof version !== 'number' ? known.version : version,
      fields:
        typeof version !== 'number' ? known.fields : { ...(version > known.version ? {} : known.fields), ...settled },
      counts: ofInbox ? { ...known.counts, ...Object.fromEntries(told) } : known.counts,
    })
    for (const oldest of seen.keys()) {
      if (seen.size <= limit) break
      seen.delete(oldest)
    }
    return settled
  }

  function settle(value: unknown, source: Source): unknown {
    if (Array.isArray(value)) return value.map(one => settle(one, source))
    if (value === null || typeof value !== 'object') return value
    const object = Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, settle(inner, source)]))
    for (const [name, id] of Object.entries(object)) if (removed.test(name)) seen.delete(String(id))
    return typeof object.id === 'string' ? settleNode(object, object.id, source) : object
  }

  return {
    forget: () => seen.clear(),
    settle(data) {
      const { inbox, viewer } = data as { inbox?: unknown; viewer?: { inboxPosition?: unknown } }
      const ofMutation = Object.values(data).some(payload => typeof payload?.commit === 'string')
      return settle(data, { ofInbox: Boolean(inbox || viewer?.inboxPosition), ofMutation }) as object
    },
  }
}

/** Whether a known value can stand for another: it has all of its fields, and is no list of another page. */
function covers(known: unknown, value: unknown): boolean {
  if (known === undefined) return false
  if (value === null || typeof value !== 'object' || known === null || typeof known !== 'object') return true
  if (Array.isArray(value)) return Array.isArray(known) && (!value.length || known.every(one => covers(one, value[0])))
  if ('edges' in value) return false
  return Object.entries(value).every(([name, inner]) => covers((known as Json)[name], inner))
}
