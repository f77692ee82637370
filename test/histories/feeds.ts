import { isDeepStrictEqual } from 'node:util'
import { Chats, Company, Follow, FollowCompany, Inbox, Room } from '../../docs/clients/operations.ts'
import { parseGlobalId } from '../../src/graph/node.ts'
import { eventually, type Loose } from '../client.ts'
import { type Cache, emptyCache, listed, write } from '../live/cache.ts'
import type { Signed } from './context.ts'
import type { Model } from './log.ts'

// What somebody has who queried once and then heard a feed, and what a query says in the end. Each feed is looked at by itself:
// what another one tells does not make good for what it lost.

const kinds = {
  chat: { query: Room, feed: Follow, lists: { messages: 'MessageEdge', participants: 'ChatParticipantEdge' } },
  company: {
    query: Company,
    feed: FollowCompany,
    lists: { members: 'CompanyMemberEdge', templates: 'MessageTemplateEdge' },
  },
  inbox: {
    query: Chats,
    feed: Inbox,
    lists: { chats: 'ChatEdge', companies: 'CompanyEdge', notifications: 'NotificationEdge' },
  },
}
type Kind = keyof typeof kinds

/** What this feed does not tell: other feeds do, or none. See docs/clients.md. */
const untold: Record<Kind, string[]> = {
  chat: ['position', 'lastActivityAt'],
  company: ['position', 'chats'],
  inbox: ['inboxPosition', 'files', 'pinnedAt'],
}

export interface Followed {
  kind: Kind
  /** Of the chat or the company. */
  id: string
  who: Signed
  cache: Cache
  /** How it ended by itself. */
  ended: string | null
  failed: unknown
  stop: () => void
}

/** Queries, and hears what happens from there on. */
export async function follow(who: Signed, kind: Kind, id: string): Promise<Followed> {
  const { query, feed } = kinds[kind]
  const over = new AbortController()
  const cache = emptyCache()
  const followed: Followed = { kind, id, who, cache, ended: null, failed: null, stop: () => over.abort() }
  const after = snapshot(cache, kind, await who.ask(query, { id, last: 100 }))
  const hear = async () => {
    for await (const { data, errors } of who.hear(feed, { id, after }, over)) {
      if (errors) throw errors[0]
      const [{ event }] = Object.values(data) as [Loose]
      if (event?.reason) followed.ended = event.__typename
      else if (event) absorb(cache, kind, event)
    }
  }
  hear().catch(error => {
    followed.failed = error
  })
  return followed
}

/** People are their ids: names are told where one shares a company, and their titles are of whoever a chat is with. */
const plain = (kind: Kind, value: Loose): Loose =>
  JSON.parse(
    JSON.stringify(value, (name, inner) => {
      if (untold[kind].includes(name)) return undefined
      if (inner?.__typename === 'User') return inner.id
      if (inner?.__typename === 'Notification') return { ...inner, title: undefined }
      return inner?.kind === 'DIRECT' ? { ...inner, title: undefined } : inner
    }),
  )

const inner = (id: string) => parseGlobalId(id)?.id ?? id

/** Writes an answer; gives the position that it was read at. */
function snapshot(cache: Cache, kind: Kind, data: Loose): string {
  const [root] = Object.values(data) as [Loose]
  for (const [field, edge] of Object.entries(kinds[kind].lists)) {
    const nodes = plain(
      kind,
      root[field].edges.map((one: Loose) => one.node),
    )
    cache.lists.set(edge, new Set(nodes.map((node: Loose) => write(cache, node))))
    delete root[field]
  }
  const { pinnedMessages, ...rest } = root
  if (pinnedMessages) cache.lists.set('pinned', new Set(pinnedMessages.edges.map((one: Loose) => one.node.id)))
  write(cache, plain(kind, rest))
  return root.position ?? root.inboxPosition
}

function absorb(cache: Cache, kind: Kind, event: Loose): void {
  const { __typename, edge, ...rest } = plain(kind, event)
  write(cache, rest)
  if (edge) write(cache, edge.node)
  const list = (name: string) => cache.lists.get(name)
  const chat = /^Chat(Archived|Restored)$/.test(__typename) ? rest.chat : edge?.__typename === 'ChatEdge' && edge.node
  if (chat) list('ChatEdge')?.[chat.archivedAt === null ? 'add' : 'delete'](chat.id)
  else if (edge) list(__typename === 'MessagePinned' ? 'pinned' : edge.__typename)?.add(edge.node.id)
  if (__typename === 'MessageUnpinned') list('pinned')?.delete(rest.message.id)
  for (const [name, id] of Object.entries(rest)) {
    if (/^removed\w+Id$/.test(name)) for (const ids of cache.lists.values()) ids.delete(String(id))
  }
}

/** The node of the feed and its lists, and what stands inside of these. */
function shown({ nodes, lists }: Cache, root: string): Loose {
  // Which chat or company somebody is in comes with their new role only.
  const belonging = (node: Loose) => /^(ChatParticipant|CompanyMember)$/.test(node?.__typename)
  const whole = (node: Loose): Loose => ({
    ...node,
    lastMessage: nodes.get(node?.lastMessage),
    viewerMembership: node?.viewerMembership && whole(nodes.get(node.viewerMembership)),
    ...(belonging(node) && { chat: undefined, company: undefined }),
  })
  const all = [...lists.keys()].map(name => [name, listed({ nodes, lists }, name).map(whole)])
  return { root: whole(nodes.get(root)), ...Object.fromEntries(all) }
}

/** Waits until a follower has what a query says, or was rightly cut off. Says what is not so. */
export async function amiss(followed: Followed, { lost }: Model): Promise<string[]> {
  const { kind, id, who, cache } = followed
  if (followed.failed && lost.has(`admin.${who.userId}`)) return [] // disabled for a while: the server closes its sockets
  const what = `the ${kind} ${inner(id)} of ${who.userId}`
  const query = () => who.ask(kinds[kind].query, { id, last: 100 })
  let difference: Loose = null
  const isRight = async () => {
    if (followed.failed) throw new Error(`${what} failed`, { cause: followed.failed })
    const data = await query()
    const [root] = Object.values(data) as [Loose]
    if (followed.ended || !root) return Boolean(followed.ended)
    const now = emptyCache()
    snapshot(now, kind, structuredClone(data))
    difference = [shown(cache, root.id), shown(now, root.id)]
    return isDeepStrictEqual(...(difference as [Loose, Loose]))
  }
  await eventually(isRight, 10_000).catch(error => {
    if (followed.failed) throw error // otherwise the difference tells more
  })
  if (followed.ended === 'StreamClosed' && (lost.has(`${inner(id)}.${who.userId}`) || !(await query()).chat)) return []
  if (followed.ended || !difference) return [`${what} ended: ${followed.ended}`]
  const [heard, said] = difference.map((of: Loose) => Object.values(of).flat()) as [Loose[], Loose[]]
  const odd = (of: Loose[], others: Loose[]) => of.filter(one => !others.some(other => isDeepStrictEqual(one, other)))
  const [more, less] = [odd(heard, said), odd(said, heard)]
  return more.length + less.length ? [`${what}: ${JSON.stringify(more)} is not ${JSON.stringify(less)}`] : []
}
