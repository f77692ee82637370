// What events and payloads mean for the lists of a normalized cache. Nodes update themselves, by their ids; what a cache
// cannot know is which lists a new edge belongs to, and who is gone.

export type Fields = Record<string, unknown>
export interface Entity {
  __typename: string
  id: string
}
export interface Edge extends Fields {
  __typename: string
  cursor: string
  node: Entity & Fields
}

/** One change of the lists called `field` of a node: an edge to put in, a node to take out, or neither: drop them. */
export type Change = { parent: Entity; field: string } & ({ edge: Edge; out?: never } | { edge?: never; out?: Entity })
export interface Changes {
  lists: Change[]
  /** Nodes that are gone: evict them. */
  gone: Entity[]
}

/** Types without an id: each is a part of the node that holds it. */
export const parts = [
  'ChatPermissions',
  'CompanyPermissions',
  'MessageEntity',
  'NotificationPreference',
  'Presence',
  'ReactionCount',
  'SystemNote',
]

/** Lists that are parts of a node: a new one replaces the one before. */
export const wholes: Record<string, string[]> = {
  Message: ['entities', 'files', 'mentions', 'reactions', 'viewerReactions'],
  MessageTemplate: ['variables'],
  Viewer: ['notificationPreferences', 'sessions'],
}

/** Mutations whose payload adds an edge or takes something away. */
export const relisting = [
  'acceptCompanyInvitation',
  'addCompanyMember',
  'addParticipants',
  'archiveChat',
  'createChat',
  'createCompany',
  'createTemplate',
  'deleteChat',
  'deleteFile',
  'deleteTemplate',
  'endSession',
  'inviteCompanyMember',
  'leaveChat',
  'pinMessage',
  'removeCompanyMember',
  'removeParticipant',
  'restoreChat',
  'revokeCompanyInvitation',
  'sendMessage',
  'unpinMessage',
]

/** The nodes and the fields whose lists hold such edges. */
const places: Record<string, { of: 'chat' | 'company' | 'viewer'; field: string }[]> = {
  MessageEdge: [{ of: 'chat', field: 'messages' }],
  ChatParticipantEdge: [{ of: 'chat', field: 'participants' }],
  ChatEdge: [
    { of: 'viewer', field: 'chats' },
    { of: 'company', field: 'chats' },
  ],
  CompanyEdge: [{ of: 'viewer', field: 'companies' }],
  CompanyMemberEdge: [{ of: 'company', field: 'members' }],
  CompanyInvitationEdge: [{ of: 'company', field: 'invitations' }],
  MessageTemplateEdge: [{ of: 'company', field: 'templates' }],
  NotificationEdge: [{ of: 'viewer', field: 'notifications' }],
}
const pins: (typeof places)[string] = [{ of: 'chat', field: 'pinnedMessages' }]
/** What lists are ordered by: of each kind of node, by what moves with it or by when it came. */
const orders: Record<string, { by: string; up: boolean }> = {
  messages: { by: 'sequence', up: true },
  pinnedMessages: { by: 'pinnedAt', up: false },
  participants: { by: 'joinedAt', up: true },
  chats: { by: 'lastActivityAt', up: false },
  companies: { by: 'createdAt', up: true },
  members: { by: 'joinedAt', up: true },
  invitations: { by: 'createdAt', up: true },
  templates: { by: 'name', up: true },
  notifications: { by: 'createdAt', up: false },
}
/** After these only the server can tell whom a company invites, and whether you may see it. */
const uninvited = /^(CompanyArchived|CompanyMemberAdded|CompanyMemberRoleChanged)$/
const removals: Record<string, string> = {
  removedChatId: 'Chat',
  removedCompanyId: 'Company',
  removedFileId: 'File',
  removedInvitationId: 'CompanyInvitation',
  removedMemberId: 'CompanyMember',
  removedParticipantId: 'ChatParticipant',
  removedSessionId: 'Session',
  removedTemplateId: 'MessageTemplate',
}

/**
 * What an event, or the payload of a mutation, changes. Select `chat { id }` or `company { id }` beside an edge, or in its
 * node, and `cursor` and `node { id }` in it. `viewer` is the Viewer of the cache.
 */
export function changesOf(it: Fields & { __typename?: string }, viewer: Entity | null): Changes {
  const kind = String(it.__typename)
  const chat = it.chat as (Entity & Fields) | undefined
  const company = (it.company ?? (it.member as Fields | undefined)?.company) as Entity | undefined
  const lists: Change[] = []
  const put = (edge: Edge, at = places[edge.__typename] ?? []) => {
    const owners = { chat, viewer, company: company ?? (edge.node.company as Entity | null | undefined) }
    for (const { of, field } of at) {
      const parent = owners[of]
      // A chat whose counts are not selected is none for the list of chats: the inbox puts it there.
      const whole = of !== 'viewer' || edge.__typename !== 'ChatEdge' || 'unreadCount' in edge.node
      if (parent && whole) lists.push({ parent, field, edge })
    }
  }
  for (const edge of [it.edge, ...((it.edges as unknown[]) ?? [])]) {
    if (edge) put(edge as Edge, /Pin/.test(kind) ? pins : undefined)
  }
  if (/^(ChatArchived|ChatRestored|ArchiveChatPayload|RestoreChatPayload)$/.test(kind) && chat) {
    put({ __typename: 'ChatEdge', cursor: chat.id, node: chat })
  }
  if (/^Unpin|Unpinned$/.test(kind) && chat) {
    lists.push({ parent: chat, field: 'pinnedMessages', out: (it.message ?? it.unpinnedMessage) as Entity })
  }
  if (uninvited.test(kind) && company) lists.push({ parent: company, field: 'invitations' })
  const gone: Entity[] = []
  for (const [name, __typename] of Object.entries(removals)) {
    if (typeof it[name] !== 'string') continue
    const out = { __typename, id: it[name] }
    for (const { of, field } of places[`${__typename}Edge`] ?? []) {
      const parent = { chat, company, viewer }[of]
      if (parent) lists.push({ parent, field, out })
    }
    gone.push(out)
  }
  return { lists, gone }
}

/** Whether a node belongs to a list with these arguments; null: only the server can tell, so query that list anew. */
export function belongs({ field }: Change, args: Fields | null, read: (name: string) => unknown): boolean | null {
  const { archived = false, ...filter } = (args?.filter ?? {}) as Fields
  if (Object.values(filter).some(value => value != null)) return null
  if (field === 'pinnedMessages') return read('pinnedAt') != null
  return field !== 'chats' || archived === null || archived === (read('archivedAt') != null)
}

/** Where in a list of edges a new one goes; -1: nowhere, because there is more of this list that is not loaded. */
export function placeIn<E>(
  field: string,
  edges: readonly E[],
  edge: Edge,
  rank: (edge: E) => unknown,
  hasNextPage: unknown,
): number {
  const { by, up } = orderOf(field)
  if (up && hasNextPage !== false) return -1
  const own = edge.node[by] as string | number | undefined
  if (own === undefined) return edges.length
  const after = edges.findIndex(other => {
    const theirs = rank(other) as typeof own
    return up ? theirs > own : theirs <= own // of two that came at once, the later one
  })
  return after < 0 ? edges.length : after
}

/** The field of its nodes that a list is ordered by, and whether it ascends. */
export const orderOf = (field: string) => orders[field] ?? { by: 'id', up: true }

/** Which of two nodes stands before the other, for `sort`: in lists that are put in order as they are read. */
export function compare(field: string, one: (name: string) => unknown, other: (name: string) => unknown): number {
  const { by, up } = orderOf(field)
  const name = one(by) === other(by) ? 'id' : by
  return String(one(name)) < String(other(name)) === up ? -1 : 1
}
