// Operations that keep a cache whole, for Apollo Client and urql alike. Of each event they select what it changes.
// A position stands before the lists that are read with it, and not in the query of a further page. More rules: `id` and `version` of every node; counts and `lastMessage` of chats only where the inbox speaks; in the answer of a
// mutation nothing that the feeds tell anyway, but what has a version.

const person = '__typename id version handle displayName'
const message = `__typename id version sequence body idempotencyKey createdAt editedAt deletedAt pinnedAt
  author { ... on User { ${person} } } replyTo { __typename id } mentions { ${person} }
  contentKind systemNote { kind text subject { ... on User { ${person} } } } entities { kind offset length url } files { __typename id name contentType size state }`
const reactions = 'reactions { emoji count } viewerReactions'
const full = `${message} ${reactions}`
const permissions =
  'permissions { canSend canPin canDeleteMessages canEdit canManageParticipants canArchive canDelete }'
const participant = `__typename id version role joinedAt lastReadAt lastReadSequence user { ${person} }`
const chat = '__typename id version kind title archivedAt'
const line = `${chat} lastActivityAt unreadCount unreadMentionCount muted mutedUntil lastMessage { ${message} }`
const totals = 'viewer { __typename id unreadCount unreadChatCount }'
const edge = (node: string) => `edge { __typename cursor node { ${node} } }`
const page = (node: string) => `edges { __typename cursor node { ${node} } }
  pageInfo { hasNextPage hasPreviousPage startCursor endCursor }`

/** A chat that is open: subscribe to `Follow` from the `position` of this answer. `Older` goes back in its messages. */
export const Room = `query Room($id: ID!, $last: Int = 50) {
  chat(id: $id) {
    ${chat} position participantCount ${permissions}
    participants(first: 100) { ${page(participant)} }
    pinnedMessages(first: 20) { ${page(full)} }
    messages(last: $last) { ${page(full)} }
  }
}`
export const Older = `query Older($id: ID!, $before: String!, $last: Int = 50) {
  chat(id: $id) { __typename id messages(last: $last, before: $before) { ${page(full)} } }
}`
export const Follow = `subscription Follow($id: ID!, $after: StreamPosition) {
  chatEvents(chatId: $id, after: $after) {
    position live
    event {
      __typename
      ... on MessageSent { chat { __typename id } ${edge(full)} }
      ... on MessageEdited { message { ${message} } }
      ... on MessageDeleted { message { ${full} } }
      ... on MessagePinned { chat { __typename id } ${edge(full)} }
      ... on MessageUnpinned { chat { __typename id } message { ${message} } }
      ... on ReactionsChanged { message { __typename id version ${reactions} } }
      ... on MessagesMarkedAsRead { participant { __typename id lastReadAt lastReadSequence } }
      ... on ChatUpdated { chat { ${chat} } }
      ... on ChatArchived { chat { ${chat} ${permissions} } }
      ... on ChatRestored { chat { ${chat} ${permissions} } }
      ... on ParticipantAdded { chat { __typename id participantCount } ${edge(participant)} }
      ... on ParticipantRoleChanged { participant { ${participant} chat { __typename id ${permissions} } } }
      ... on ParticipantRemoved { chat { __typename id participantCount } removedParticipantId }
      ... on StreamReset { reason }
      ... on StreamClosed { reason }
    }
  }
}`

/** The list of chats and the totals: subscribe to `Inbox` from the `inboxPosition` of this answer. */
export const Chats = `query Chats {
  viewer {
    __typename id inboxPosition unreadCount unreadChatCount user { ${person} }
    chats(first: 100) { ${page(line)} }
  }
}`
export const MoreChats = `query MoreChats($after: String!) {
  viewer { __typename id chats(first: 100, after: $after) { ${page(line)} } }
}`
export const Inbox = `subscription Inbox($after: StreamPosition) {
  inbox(after: $after) {
    position live
    event {
      __typename
      ... on ChatCreated { ${edge(line)} }
      ... on ChatUpdated { chat { ${chat} } }
      ... on ChatArchived { chat { ${line} } }
      ... on ChatRestored { chat { ${line} } }
      ... on ChatRemoved { removedChatId ${totals} }
      ... on UnreadCountChanged { ${edge(line)} ${totals} }
      ... on ProfileUpdated { user { ${person} } }
      ... on StreamReset { reason }
      ... on StreamClosed { reason }
    }
  }
}`

const refusal = '... on Error { code message }'
/** Give `tokens` to the session, and keep them out of sight. */
export const Register = `mutation Register($input: RegisterInput!) {
  register(input: $input) {
    ... on RegisterPayload { tokens { accessToken refreshToken } viewer { __typename id user { ${person} } } } ${refusal}
  }
}`
export const CreateChat = `mutation CreateChat($input: CreateChatInput!) {
  createChat(input: $input) { ... on CreateChatPayload { ${edge(line)} commit } ${refusal} }
}`
export const Send = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    ... on SendMessagePayload { chat { __typename id } ${edge(full)} commit } ${refusal} }
}`
export const Edit = `mutation Edit($input: EditMessageInput!) {
  editMessage(input: $input) { ... on EditMessagePayload { editedMessage { ${message} } commit } ${refusal} }
}`
export const Delete = `mutation Delete($input: DeleteMessageInput!) {
  deleteMessage(input: $input) { ... on DeleteMessagePayload { deletedMessage { ${full} } commit } ${refusal} }
}`
export const MarkRead = `mutation MarkRead($input: MarkMessagesAsReadInput!) {
  markMessagesAsRead(input: $input) { ... on MarkMessagesAsReadPayload { commit } ${refusal} }
}`
export const React = `mutation React($input: AddReactionInput!) {
  addReaction(input: $input) { ... on AddReactionPayload { commit } ${refusal} }
}`
export const Pin = `mutation Pin($input: PinMessageInput!) {
  pinMessage(input: $input) { ... on PinMessagePayload { commit } ${refusal} }
}`
export const Mute = `mutation Mute($input: MuteChatInput!) {
  muteChat(input: $input) { ... on MuteChatPayload { commit } ${refusal} }
}`
