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

/** One change of the lists called `field` of a node: an edge to put in, or a node to take out. */
export type Change = { parent: Entity; field: string } & ({ edge: Edge; out?: never } | { edge?: never; out: Entity })
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

/** The node and the field whose lists hold such edges. */
const places: Record<string, { of: 'chat' | 'company' | 'viewer'; field: string }> = {
  MessageEdge: { of: 'chat', field: 'messages' },
  ChatParticipantEdge: { of: 'chat', field: 'participants' },
  ChatEdge: { of: 'viewer', field: 'chats' },
  CompanyEdge: { of: 'viewer', field: 'companies' },
  CompanyMemberEdge: { of: 'company', field: 'members' },
  CompanyInvitationEdge: { of: 'company', field: 'invitations' },
  MessageTemplateEdge: { of: 'company', field: 'templates' },
  NotificationEdge: { of: 'viewer', field: 'notifications' },
}
/** What lists are ordered by. All others are ascending by when their nodes came. */
const orders: Record<string, { by: string; up: boolean }> = {
  messages: { by: 'sequence', up: true },
  pinnedMessages: { by: 'pinnedAt', up: false },
  chats: { by: 'lastActivityAt', up: false },
  notifications: { by: 'createdAt', up: false },
}
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
 * What an event, or the payload of a mutation, changes. Select `chat { id }` or `company { id }` beside an edge, and `cursor`
 * and `node { id }` in it. `viewer` is the Viewer of the cache.
 */
export function changesOf(it: Fields & { __typename?: string }, viewer: Entity | null): Changes {
  const kind = String(it.__typename)
  const owners = { chat: it.chat, company: it.company, viewer } as Record<string, Entity | null | undefined>
  const lists: Change[] = []
  const pins = /Pin/.test(kind)
  const put = (edge: Edge, field?: string) => {
    const place = places[edge.__typename]
    const parent = place && owners[place.of]
    if (place && parent) lists.push({ parent, field: field ?? place.field, edge })
  }
  for (const edge of [it.edge, ...((it.edges as unknown[]) ?? [])]) {
    if (edge) put(edge as Edge, pins ? 'pinnedMessages' : undefined)
  }
  if (/^Unpin|Unpinned$/.test(kind) && owners.chat) {
    lists.push({ parent: owners.chat, field: 'pinnedMessages', out: (it.message ?? it.unpinnedMessage) as Entity })
  }
  const chat = it.chat as (Entity & Fields) | undefined
  if (/^(ChatArchived|ChatRestored|ArchiveChatPayload|RestoreChatPayload)$/.test(kind) && chat && viewer) {
    lists.push({ parent: viewer, field: 'chats', edge: { __typename: 'ChatEdge', cursor: chat.id, node: chat } })
  }
  const gone: Entity[] = []
  for (const [name, __typename] of Object.entries(removals)) {
    if (typeof it[name] !== 'string') continue
    const out = { __typename, id: it[name] }
    const place = places[`${__typename}Edge`]
    const parent = place && owners[place.of]
    if (parent) lists.push({ parent, field: place.field, out })
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
  const { by, up } = orders[field] ?? { by: null, up: true }
  if (up && hasNextPage !== false) return -1
  const own = by === null ? undefined : (edge.node[by] as string | number | undefined)
  if (own === undefined) return edges.length
  const after = edges.findIndex(other => {
    const theirs = rank(other) as typeof own
    return up ? theirs > own : theirs < own
  })
  return after < 0 ? edges.length : after
}

/** The field of its nodes that a list is ordered by. */
export const orderOf = (field: string): string => orders[field]?.by ?? 'id'
