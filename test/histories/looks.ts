import { fileToServe } from '../../src/api/file-to-serve.ts'
import { searchMessages } from '../../src/domain/chat/queries/index.ts'
import { globalId, parseGlobalId } from '../../src/graph/node.ts'
import type { Loose } from '../client.ts'
import type { Workshop } from '../workshop.ts'
import type { Signed } from './context.ts'
import type { Model } from './log.ts'

// What somebody sees through the API, and what they should see by the log alone, in the same shape.

const document = `query ($ids: [ID!]!) {
  nodes(ids: $ids) { id ... on Message { body files { id } systemNote { kind text subject { ... on User { id } } } } ... on File { owner: id } }
}`
const lists = `{ viewer {
  unreadCount unreadChatCount unreadNotificationCount
  notifications(first: 100) { edges { node { id category readAt } } }
  chats(first: 100, filter: { archived: null }) { edges { node { id unreadCount unreadMentionCount
    participants(first: 100) { edges { node { user { id } role } } } messages(first: 100) { edges { node { id } } } } } }
  companies(first: 100) { edges { node { id
    members(first: 100) { edges { node { user { id } role } } } templates(first: 100) { edges { node { id } } } } } }
} }`

/** All ids that anybody may ask for, right or wrong. */
function everything(model: Model): [type: string, id: string][] {
  const pairs = (ids: Iterable<string>) => [...ids].flatMap(id => [...model.users.keys()].map(user => `${id}.${user}`))
  return [
    ...[...model.chats.keys()].map((id): [string, string] => ['Chat', id]),
    ...[...model.messages.keys(), ...model.notes.keys()].map((id): [string, string] => ['Message', id]),
    ...[...model.files.keys()].map((id): [string, string] => ['File', id]),
    ...[...model.companies.keys()].map((id): [string, string] => ['Company', id]),
    ...[...model.templates.keys()].map((id): [string, string] => ['MessageTemplate', id]),
    ...pairs(model.chats.keys()).map((id): [string, string] => ['ChatParticipant', id]),
    ...pairs(model.companies.keys()).map((id): [string, string] => ['CompanyMember', id]),
    ...[...model.invitations].map(([id, { companyId }]): [string, string] => [
      'CompanyInvitation',
      `${companyId}.${id}`,
    ]),
  ]
}

const sorted = (lines: Iterable<string>) => [...lines].sort()

/** By the log. */
export function shouldSee(model: Model, userId: string) {
  const { messages, notes, files, templates, companies } = model
  const chats = new Map(model.chatsOf(userId))
  const mine = new Map(model.companiesOf(userId))
  const pictures = new Set([...[...model.users.values()].map(u => u.avatar), ...[...chats.values()].map(c => c.avatar)])
  const sentToMe = new Set([...messages.values()].filter(m => !m.deleted && chats.has(m.chatId)).flatMap(m => m.files))
  const leads = (companyId: string) => ['OWNER', 'ADMIN'].includes(mine.get(companyId)?.people.get(userId)?.role ?? '')
  const isSeen: Record<string, (id: string, of: string) => boolean> = {
    Chat: id => chats.has(id),
    Message: id => chats.has((messages.get(id) ?? notes.get(id))?.chatId ?? ''),
    File: id => !files.get(id)?.deleted && (files.get(id)?.owner === userId || sentToMe.has(id) || pictures.has(id)),
    Company: id => mine.has(id),
    MessageTemplate: id => !templates.get(id)?.removed && mine.has(templates.get(id)?.companyId ?? ''),
    ChatParticipant: (chatId, user) => chats.get(chatId)?.people.has(user) ?? false,
    CompanyMember: (companyId, user) => mine.get(companyId)?.people.has(user) ?? false,
    CompanyInvitation: companyId => leads(companyId) && !companies.get(companyId)?.archived,
  }
  const nodes = everything(model).filter(([type, id]) => isSeen[type]?.(id.split('.')[0] ?? '', id.split('.')[1] ?? ''))
  const roles = (people: Map<string, { role: string }>) =>
    sorted([...people].map(([user, { role }]) => `${user} ${role}`))
  const said = [...messages].filter(([, m]) => !m.deleted && chats.has(m.chatId))
  const notices = [...model.notices.values()].filter(n => n.userId === userId && n.inApp).reverse()
  const unread = [...chats.keys()]
    .filter(id => !model.muted.has(`${id}.${userId}`))
    .map(id => model.unread(userId, id).length)
  return {
    nodes: sorted(nodes.map(([type, id]) => `${type} ${id}`)),
    bodies: sorted(
      [...messages].flatMap(([id, m]) =>
        chats.has(m.chatId)
          ? [
              `${id} ${m.deleted ? null : m.body} ${shown(m.deleted ? [] : m.files.filter(file => !files.get(file)?.deleted))}`,
            ]
          : [],
      ),
    ),
    notes: sorted([...notes].flatMap(([id, { chatId, tells }]) => (chats.has(chatId) ? [`${id} ${tells}`] : []))),
    found: sorted(said.flatMap(([id, { body }]) => (body?.startsWith('note') ? [id] : []))),
    unread: { messages: unread.reduce((a, b) => a + b, 0), chats: unread.filter(Boolean).length },
    notices: { unread: notices.filter(n => !n.read).length, newest: notices.slice(0, 100).map(tell) },
    chats: sorted(
      [...chats].map(([id, { people }]) => {
        const open = model.unread(userId, id)
        const told = [...messages, ...notes].filter(([, m]) => m.chatId === id).map(([m]) => m)
        return `${id} ${open.length} ${open.filter(m => m.mentions.includes(userId)).length} ${roles(people)} ${sorted(told)}`
      }),
    ),
    companies: sorted(
      [...mine].map(([id, { people }]) => {
        const kept = [...templates].filter(([, t]) => t.companyId === id && !t.removed).map(([t]) => t)
        return `${id} ${roles(people)} ${sorted(kept)}`
      }),
    ),
  }
}
const shown = (ids: string[]) => sorted(ids).join()

const tell = ({ id, category, read }: { id: string; category: string; read: boolean }) => `${id} ${category} ${read}`

/** Through the API, as it answers who is signed in. */
export async function sees(
  { ask, userId }: Signed,
  shop: Workshop,
  model: Model,
): Promise<ReturnType<typeof shouldSee>> {
  const inner = (id: string) => parseGlobalId(id)?.id ?? id
  const ids = everything(model).map(([type, id]) => globalId(type, id))
  const nodes: Loose[] = []
  for (let i = 0; i < ids.length; i += 100) nodes.push(...(await ask(document, { ids: ids.slice(i, i + 100) })).nodes)
  const seen = nodes.filter(node => node !== null)
  const { viewer } = await ask(lists)
  const each = (of: Loose, line: (node: Loose) => string) => sorted(of.edges.map(({ node }: Loose) => line(node)))
  const roles = (of: Loose) => each(of, ({ user, role }) => `${inner(user.id)} ${role}`)
  const none = { chatId: null, authorId: null, sentAfter: null, sentBefore: null, has: [], after: null }
  const { found } = (await shop.ask(searchMessages as never, {
    ...none,
    userId,
    query: 'note .',
    asOf: new Date(),
    limit: 1_000,
  })) as Awaited<ReturnType<typeof searchMessages>>
  return {
    nodes: sorted(seen.map(({ id }) => `${parseGlobalId(id)?.type} ${inner(id)}`)),
    bodies: sorted(
      seen
        .filter(n => 'body' in n && !n.systemNote)
        .map(({ id, body, files }) => `${inner(id)} ${body} ${shown(files.map((f: Loose) => inner(f.id)))}`),
    ),
    notes: sorted(
      seen.flatMap(({ id, systemNote: n }) =>
        n ? [`${inner(id)} ${n.kind} ${n.text} ${n.subject && inner(n.subject.id)}`] : [],
      ),
    ),
    found: sorted(found.map(one => one.id)),
    unread: { messages: viewer.unreadCount, chats: viewer.unreadChatCount },
    notices: {
      unread: viewer.unreadNotificationCount,
      newest: viewer.notifications.edges.map(({ node: { id, category, readAt } }: Loose) =>
        tell({ id: inner(id), category, read: readAt !== null }),
      ),
    },
    chats: each(
      viewer.chats,
      c =>
        `${inner(c.id)} ${c.unreadCount} ${c.unreadMentionCount} ${roles(c.participants)} ${each(c.messages, m => inner(m.id))}`,
    ),
    companies: each(viewer.companies, c => `${inner(c.id)} ${roles(c.members)} ${each(c.templates, t => inner(t.id))}`),
  }
}

/** Ids of files whose bytes are given, and of those that should be: see docs/security.md. */
export async function served(shop: Workshop, model: Model): Promise<[given: string[], right: string[]]> {
  const ids = [...model.files.keys()]
  const given = await Promise.all(ids.map(id => fileToServe(shop.ask, id)))
  const pictures = new Set([
    ...[...model.users.values()].map(u => u.avatar),
    ...[...model.chats.values()].filter(c => !c.deleted && c.people.size).map(c => c.avatar),
  ])
  const right = ids.filter(id => {
    const sent = [...model.messages.values()].filter(m => m.files.includes(id))
    const held = sent.some(m => !m.deleted && !model.chats.get(m.chatId)?.deleted)
    return !model.files.get(id)?.deleted && (sent.length === 0 || held || pictures.has(id))
  })
  return [sorted(ids.filter((_, i) => given[i])), sorted(right)]
}
