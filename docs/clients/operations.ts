import {
  account,
  chat,
  company,
  edge,
  full,
  invitation,
  line,
  member,
  membership,
  message,
  notification,
  page,
  participant,
  permissions,
  person,
  reactions,
  rights,
  template,
  totals,
} from './selections.ts'

// What is read: operations that keep a cache whole, for Apollo Client and urql alike. Of each event they select what it changes.
// A position stands before the lists that are read with it, and not in the query of a further page.

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

/**
 * The lists of chats, companies and notifications, and the totals: subscribe to `Inbox` from the `inboxPosition` of this answer.
 * What a notification is about (`subject`, `body`) is as it is for you now, which nothing tells: query it where it is opened.
 */
export const Chats = `query Chats {
  viewer {
    __typename id inboxPosition unreadCount unreadChatCount unreadNotificationCount ${account} user { ${person} }
    chats(first: 100) { ${page(line)} }
    companies(first: 50) { ${page(membership)} }
    notifications(first: 50) { ${page(notification)} }
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
      ... on CompanyJoined { ${edge(membership)} }
      ... on CompanyLeft { removedCompanyId }
      ... on CompanyUpdated { company { ${company} } }
      ... on CompanyArchived { company { ${company} } }
      ... on CompanyMemberRoleChanged { member { ${member} } }
      ... on ProfileUpdated { user { ${person} } }
      ... on ViewerUpdated { viewer { __typename id ${account} } }
      ... on NotificationCreated { ${edge(notification)} viewer { __typename id unreadNotificationCount } }
      ... on NotificationsChanged {
        notifications { __typename id readAt } viewer { __typename id unreadNotificationCount }
      }
      ... on StreamReset { reason }
      ... on StreamClosed { reason }
    }
  }
}`

/** A company that is looked at: subscribe to `FollowCompany` from the `position` of this answer. */
export const Company = `query Company($id: ID!) {
  company(by: { id: $id }) {
    ${company} position memberCount ${rights} viewerMembership { ${member} }
    members(first: 100) { ${page(member)} }
    templates(first: 100) { ${page(template)} }
    chats(first: 100) { ${page(chat)} }
  }
}`
export const FollowCompany = `subscription FollowCompany($id: ID!, $after: StreamPosition) {
  companyEvents(companyId: $id, after: $after) {
    position live
    event {
      __typename
      ... on CompanyUpdated { company { ${company} } }
      ... on CompanyArchived { company { ${company} ${rights} } }
      ... on CompanyMemberAdded { company { __typename id memberCount } ${edge(member)} }
      ... on CompanyMemberRoleChanged { member { ${member} company { __typename id ${rights} } } }
      ... on CompanyMemberRemoved { company { __typename id memberCount } removedMemberId }
      ... on ProfileUpdated { user { ${person} } }
      ... on TemplateCreated { company { __typename id } ${edge(template)} }
      ... on TemplateUpdated { template { ${template} } }
      ... on TemplateRemoved { company { __typename id } removedTemplateId }
      ... on ChatCreated { ${edge(chat)} }
      ... on StreamReset { reason }
      ... on StreamClosed { reason }
    }
  }
}`
/** Whom a company invites: no feed tells it. Query it where it is shown, and where it is dropped. */
export const Invitations = `query Invitations($id: ID!) {
  company(by: { id: $id }) { __typename id invitations(first: 100) { ${page(invitation)} } }
}`
