// What the operations select of each node, the same everywhere: a cache has all of it, wherever it came from. Rules: `id` and
// `version` of every node; counts and `lastMessage` of chats only where the inbox speaks.

export const person = '__typename id version handle displayName'
export const message = `__typename id version sequence body idempotencyKey createdAt editedAt deletedAt pinnedAt
  author { ... on User { ${person} } } replyTo { __typename id } mentions { ${person} }
  contentKind systemNote { kind text subject { ... on User { ${person} } } }
  entities { kind offset length url } files { __typename id name contentType size state }`
export const reactions = 'reactions { emoji count } viewerReactions'
export const full = `${message} ${reactions}`
export const permissions =
  'permissions { canSend canPin canDeleteMessages canEdit canManageParticipants canArchive canDelete }'
export const participant = `__typename id version role joinedAt lastReadAt lastReadSequence user { ${person} }`
export const chat = '__typename id version kind title archivedAt lastActivityAt company { __typename id }'
export const line = `${chat} unreadCount unreadMentionCount muted mutedUntil lastMessage { ${message} }`
export const totals = 'viewer { __typename id unreadCount unreadChatCount }'
export const member = `__typename id version role joinedAt user { ${person} }`
export const company = '__typename id version name inn kpp ogrn legalAddress createdAt archivedAt'
export const membership = `${company} viewerMembership { ${member} }`
export const rights = 'permissions { canEdit canManageMembers canManageTemplates canCreateChats canArchive }'
export const template = '__typename id version name body variables'
export const invitation = `__typename id email role createdAt expiresAt invitedBy { ${person} }`
export const notification = `__typename id category title createdAt readAt actor { ${person} }`
export const account = 'email emailVerifiedAt locale timeZone platformRole'
export const edge = (node: string) => `edge { __typename cursor node { ${node} } }`
export const page = (node: string) => `edges { __typename cursor node { ${node} } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`
