/** Who asks, in the order of the columns. `participant` is a MEMBER; `removed` was one. */
export const people = ['anonymous', 'stranger', 'participant', 'removed', 'reader', 'admin', 'owner'] as const
export type Who = (typeof people)[number]

/**
 * What each gets of each field. 401: UNAUTHENTICATED. gone: null, or NOT_FOUND, as for what is not there. no: FORBIDDEN.
 * wrong: INVALID_CREDENTIALS. keep: STATE_CONFLICT. old: TOKEN_EXPIRED. away: EXTERNAL_UNAVAILABLE. yes: the field; any other word: its value,
 * as `ask.ts` reads it.
 *
 * Fields of a node are asked through `node(id:)`: of the chat, of a participant in it, of a message in it, of a file of the owner's in it, of the
 * company, of a member of it, of the owner's own Viewer and Session, and of the owner's User.
 */
export const table = `
                                anonymous stranger participant removed reader admin owner
Query.chat                      401       gone     yes         gone    yes    yes   yes
Query.company                   401       gone     yes         gone    yes    yes   yes
Query.messageSearch             401       gone     yes         gone    yes    yes   yes
Query.companyInvitation         yes       yes      yes         yes     yes    yes   yes
Query.companyLookup             401       away     away        away    away   away  away
Query.companySuggestions        401       away     away        away    away   away  away
Query.node                      401       gone     yes         gone    yes    yes   yes
Query.nodes                     401       gone     yes         gone    yes    yes   yes
Query.user                      401       yes      yes         yes     yes    yes   yes
Query.users                     401       yes      yes         yes     yes    yes   yes
Query.viewer                    gone      yes      yes         yes     yes    yes   yes

Mutation.acceptCompanyInvitation 401       wrong    wrong       wrong   wrong  wrong wrong
Mutation.addCompanyMember       401       gone     no          gone    no     yes   yes
Mutation.addParticipants        401       gone     no          gone    no     yes   yes
Mutation.addReaction            401       gone     yes         gone    no     yes   yes
Mutation.archiveChat            401       gone     no          gone    no     yes   yes
Mutation.archiveCompany         401       gone     no          gone    no     no    yes
Mutation.changeCompanyMemberRole 401       gone     no          gone    no     yes   yes
Mutation.changeParticipantRole  401       gone     no          gone    no     yes   yes
Mutation.changePlatformRole     401       no       no          no      no     no    no
Mutation.changePassword         401       wrong    wrong       wrong   wrong  wrong wrong
Mutation.completeFileUpload     401       gone     gone        gone    gone   gone  yes
Mutation.createChat             401       yes      yes         yes     yes    yes   yes
Mutation.createCompany          401       yes      yes         yes     yes    yes   yes
Mutation.createFileUpload       401       yes      yes         yes     yes    yes   yes
Mutation.createTemplate         401       gone     no          gone    no     yes   yes
Mutation.deleteAccount          401       wrong    wrong       wrong   wrong  wrong wrong
Mutation.deleteChat             401       gone     no          gone    no     no    yes
Mutation.deleteFile             401       gone     no          gone    no     no    yes
Mutation.deleteMessage          401       gone     no          gone    no     yes   yes
Mutation.deleteTemplate         401       gone     no          gone    no     yes   yes
Mutation.editMessage            401       gone     no          gone    no     no    yes
Mutation.disableUser            401       no       no          no      no     no    no
Mutation.enableUser             401       no       no          no      no     no    no
Mutation.endSession             401       gone     gone        gone    gone   gone  yes
Mutation.inviteCompanyMember    401       gone     no          gone    no     yes   yes
Mutation.leaveChat              401       gone     yes         gone    yes    yes   keep
Mutation.login                  yes       yes      yes         yes     yes    yes   yes
Mutation.logout                 401       yes      yes         yes     yes    yes   yes
Mutation.markNotificationsAsRead 401      yes      yes         yes     yes    yes   yes
Mutation.markMessagesAsRead     401       gone     yes         gone    yes    yes   yes
Mutation.muteChat               401       gone     yes         gone    yes    yes   yes
Mutation.pinMessage             401       gone     no          gone    no     yes   yes
Mutation.refreshSession         yes       yes      yes         yes     yes    yes   yes
Mutation.register               yes       yes      yes         yes     yes    yes   yes
Mutation.removeCompanyMember    401       gone     no          gone    no     yes   yes
Mutation.removeParticipant      401       gone     no          gone    no     yes   yes
Mutation.removeReaction         401       gone     yes         gone    yes    yes   yes
Mutation.requestEmailVerification 401     yes      yes         yes     yes    yes   yes
Mutation.requestPasswordReset   yes       yes      yes         yes     yes    yes   yes
Mutation.resetPassword          old       old      old         old     old    old   old
Mutation.restoreChat            401       gone     no          gone    no     yes   yes
Mutation.revokeCompanyInvitation 401       gone     no          gone    no     yes   yes
Mutation.sendMessage            401       gone     yes         gone    no     yes   yes
Mutation.setPresence            401       yes      yes         yes     yes    yes   yes
Mutation.setTyping              401       gone     yes         gone    no     yes   yes
Mutation.unmuteChat             401       gone     yes         gone    yes    yes   yes
Mutation.unpinMessage           401       gone     no          gone    no     yes   yes
Mutation.updateChat             401       gone     no          gone    no     yes   yes
Mutation.updateCompany          401       gone     no          gone    no     yes   yes
Mutation.updateNotificationPreferences 401 yes     yes         yes     yes    yes   yes
Mutation.updateProfile          401       yes      yes         yes     yes    yes   yes
Mutation.updateSettings         401       yes      yes         yes     yes    yes   yes
Mutation.verifyEmail            old       old      old         old     old    old   old
Mutation.updateTemplate         401       gone     no          gone    no     yes   yes

Subscription.chatEvents         401       gone     yes         gone    yes    yes   yes
Subscription.companyEvents      401       gone     yes         gone    yes    yes   yes
Subscription.inbox              401       yes      yes         yes     yes    yes   yes
Subscription.presence           401       yes      yes         yes     yes    yes   yes
Subscription.typing             401       gone     yes         gone    yes    yes   yes

Chat.archivedAt                 401       gone     yes         gone    yes    yes   yes
Chat.avatar                     401       gone     yes         gone    yes    yes   yes
Chat.company                    401       gone     yes         gone    yes    yes   yes
Chat.createdAt                  401       gone     yes         gone    yes    yes   yes
Chat.deletedAt                  401       gone     yes         gone    yes    yes   yes
Chat.id                         401       gone     yes         gone    yes    yes   yes
Chat.kind                       401       gone     yes         gone    yes    yes   yes
Chat.lastActivityAt             401       gone     yes         gone    yes    yes   yes
Chat.lastMessage                401       gone     yes         gone    yes    yes   yes
Chat.messages                   401       gone     yes         gone    yes    yes   yes
Chat.muted                      401       gone     false       gone    false  false false
Chat.mutedUntil                 401       gone     yes         gone    yes    yes   yes
Chat.participantCount           401       gone     yes         gone    yes    yes   yes
Chat.participants               401       gone     yes         gone    yes    yes   yes
Chat.peer                       401       gone     nobody      gone    nobody nobody nobody
Chat.permissions                401       gone     S           gone    -      SNDEPA SNDEPAX
Chat.pinnedMessages             401       gone     yes         gone    yes    yes   yes
Chat.position                   401       gone     yes         gone    yes    yes   yes
Chat.sharedFiles                401       gone     yes         gone    yes    yes   yes
Chat.title                      401       gone     Room        gone    Room   Room  Room
Chat.unreadCount                401       gone     2           gone    2      2     1
Chat.unreadMentionCount         401       gone     0           gone    0      0     0
Chat.version                    401       gone     yes         gone    yes    yes   yes
Chat.viewerParticipant          401       gone     MEMBER      gone    READER ADMIN OWNER

ChatParticipant.chat            401       gone     yes         gone    yes    yes   yes
ChatParticipant.id              401       gone     yes         gone    yes    yes   yes
ChatParticipant.joinedAt        401       gone     yes         gone    yes    yes   yes
ChatParticipant.lastReadAt      401       gone     yes         gone    yes    yes   yes
ChatParticipant.lastReadSequence 401      gone     yes         gone    yes    yes   yes
ChatParticipant.role            401       gone     yes         gone    yes    yes   yes
ChatParticipant.user            401       gone     yes         gone    yes    yes   yes
ChatParticipant.version         401       gone     yes         gone    yes    yes   yes

Company.archivedAt              401       gone     yes         gone    yes    yes   yes
Company.chats                   401       gone     yes         gone    yes    yes   yes
Company.createdAt               401       gone     yes         gone    yes    yes   yes
Company.id                      401       gone     yes         gone    yes    yes   yes
Company.inn                     401       gone     yes         gone    yes    yes   yes
Company.invitations             401       gone     nothing     gone    nothing list  list
Company.kpp                     401       gone     yes         gone    yes    yes   yes
Company.legalAddress            401       gone     yes         gone    yes    yes   yes
Company.memberCount             401       gone     yes         gone    yes    yes   yes
Company.members                 401       gone     yes         gone    yes    yes   yes
Company.name                    401       gone     yes         gone    yes    yes   yes
Company.ogrn                    401       gone     yes         gone    yes    yes   yes
Company.permissions             401       gone     C           gone    C      EMTC  EMTCA
Company.position                401       gone     yes         gone    yes    yes   yes
Company.templates               401       gone     yes         gone    yes    yes   yes
Company.version                 401       gone     yes         gone    yes    yes   yes
Company.viewerMembership        401       gone     MEMBER      gone    MEMBER ADMIN OWNER

CompanyInvitation.acceptedAt    401       gone     gone        gone    gone   yes   yes
CompanyInvitation.company       401       gone     gone        gone    gone   yes   yes
CompanyInvitation.companyName   401       gone     gone        gone    gone   yes   yes
CompanyInvitation.createdAt     401       gone     gone        gone    gone   yes   yes
CompanyInvitation.email         401       gone     gone        gone    gone   yes   yes
CompanyInvitation.expiresAt     401       gone     gone        gone    gone   yes   yes
CompanyInvitation.id            401       gone     gone        gone    gone   yes   yes
CompanyInvitation.invitedBy     401       gone     gone        gone    gone   yes   yes
CompanyInvitation.revokedAt     401       gone     gone        gone    gone   yes   yes
CompanyInvitation.role          401       gone     gone        gone    gone   yes   yes

CompanyMember.company           401       gone     yes         gone    yes    yes   yes
CompanyMember.id                401       gone     yes         gone    yes    yes   yes
CompanyMember.joinedAt          401       gone     yes         gone    yes    yes   yes
CompanyMember.role              401       gone     yes         gone    yes    yes   yes
CompanyMember.user              401       gone     yes         gone    yes    yes   yes
CompanyMember.version           401       gone     yes         gone    yes    yes   yes

File.contentType                401       gone     yes         gone    yes    yes   yes
File.durationMs                 401       gone     yes         gone    yes    yes   yes
File.height                     401       gone     yes         gone    yes    yes   yes
File.id                         401       gone     yes         gone    yes    yes   yes
File.name                       401       gone     yes         gone    yes    yes   yes
File.previewHash                401       gone     yes         gone    yes    yes   yes
File.rejectionReason            401       gone     yes         gone    yes    yes   yes
File.size                       401       gone     yes         gone    yes    yes   yes
File.state                      401       gone     yes         gone    yes    yes   yes
File.thumbnailUrl               401       gone     yes         gone    yes    yes   yes
File.url                        401       gone     yes         gone    yes    yes   yes
File.urlExpiresAt               401       gone     yes         gone    yes    yes   yes
File.width                      401       gone     yes         gone    yes    yes   yes

Message.author                  401       gone     yes         gone    yes    yes   yes
Message.body                    401       gone     yes         gone    yes    yes   yes
Message.chat                    401       gone     yes         gone    yes    yes   yes
Message.contentKind             401       gone     yes         gone    yes    yes   yes
Message.createdAt               401       gone     yes         gone    yes    yes   yes
Message.deletedAt               401       gone     yes         gone    yes    yes   yes
Message.editedAt                401       gone     yes         gone    yes    yes   yes
Message.entities                401       gone     yes         gone    yes    yes   yes
Message.files                   401       gone     yes         gone    yes    yes   yes
Message.id                      401       gone     yes         gone    yes    yes   yes
Message.idempotencyKey          401       gone     yes         gone    yes    yes   yes
Message.mentions                401       gone     yes         gone    yes    yes   yes
Message.pinnedAt                401       gone     yes         gone    yes    yes   yes
Message.reactions               401       gone     yes         gone    yes    yes   yes
Message.reactors                401       gone     yes         gone    yes    yes   yes
Message.readBy                  401       gone     yes         gone    yes    yes   yes
Message.replyTo                 401       gone     yes         gone    yes    yes   yes
Message.revisions               401       gone     yes         gone    yes    yes   yes
Message.sequence                401       gone     yes         gone    yes    yes   yes
Message.source                  401       gone     yes         gone    yes    yes   yes
Message.systemNote              401       gone     yes         gone    yes    yes   yes
Message.viewerReactions         401       gone     yes         gone    yes    yes   yes
Message.version                 401       gone     yes         gone    yes    yes   yes

MessageTemplate.body            401       gone     yes         gone    yes    yes   yes
MessageTemplate.company         401       gone     yes         gone    yes    yes   yes
MessageTemplate.id              401       gone     yes         gone    yes    yes   yes
MessageTemplate.name            401       gone     yes         gone    yes    yes   yes
MessageTemplate.variables       401       gone     yes         gone    yes    yes   yes
MessageTemplate.version         401       gone     yes         gone    yes    yes   yes
Notification.actor              401       gone     gone        gone    gone   gone  yes
Notification.body               401       gone     gone        gone    gone   gone  yes
Notification.category           401       gone     gone        gone    gone   gone  yes
Notification.createdAt          401       gone     gone        gone    gone   gone  yes
Notification.id                 401       gone     gone        gone    gone   gone  yes
Notification.readAt             401       gone     gone        gone    gone   gone  yes
Notification.subject            401       gone     gone        gone    gone   gone  yes
Notification.title              401       gone     gone        gone    gone   gone  yes

Session.createdAt               401       gone     gone        gone    gone   gone  yes
Session.current                 401       gone     gone        gone    gone   gone  true
Session.deviceName              401       gone     gone        gone    gone   gone  yes
Session.expiresAt               401       gone     gone        gone    gone   gone  yes
Session.id                      401       gone     gone        gone    gone   gone  yes
Session.lastUsedAt              401       gone     gone        gone    gone   gone  yes

User.avatar                     401       yes      yes         yes     yes    yes   yes
User.createdAt                  401       yes      yes         yes     yes    yes   yes
User.deletedAt                  401       yes      yes         yes     yes    yes   yes
User.displayName                401       yes      yes         yes     yes    yes   yes
User.handle                     401       yes      yes         yes     yes    yes   yes
User.id                         401       yes      yes         yes     yes    yes   yes
User.presence                   401       unknown  OFFLINE     unknown OFFLINE OFFLINE OFFLINE
User.status                     401       yes      yes         yes     yes    yes   yes
User.version                    401       yes      yes         yes     yes    yes   yes

Viewer.chats                    401       gone     gone        gone    gone   gone  yes
Viewer.companies                401       gone     gone        gone    gone   gone  yes
Viewer.email                    401       gone     gone        gone    gone   gone  yes
Viewer.emailVerifiedAt          401       gone     gone        gone    gone   gone  yes
Viewer.id                       401       gone     gone        gone    gone   gone  yes
Viewer.inboxPosition            401       gone     gone        gone    gone   gone  yes
Viewer.locale                   401       gone     gone        gone    gone   gone  yes
Viewer.notificationPreferences  401       gone     gone        gone    gone   gone  yes
Viewer.notifications            401       gone     gone        gone    gone   gone  yes
Viewer.platformRole             401       gone     gone        gone    gone   gone  yes
Viewer.sessions                 401       gone     gone        gone    gone   gone  yes
Viewer.timeZone                 401       gone     gone        gone    gone   gone  yes
Viewer.unreadChatCount          401       gone     gone        gone    gone   gone  yes
Viewer.unreadNotificationCount  401       gone     gone        gone    gone   gone  yes
Viewer.unreadCount              401       gone     gone        gone    gone   gone  yes
Viewer.user                     401       gone     gone        gone    gone   gone  yes
`

/** The table, by field. */
export const lines: Record<string, Record<Who, string>> = Object.fromEntries(
  table
    .trim()
    .split('\n')
    .slice(1)
    .filter(line => line.trim())
    .map(line => {
      const [field = '', ...outcomes] = line.trim().split(/\s+/)
      if (outcomes.length !== people.length) throw new Error(`${field} has ${outcomes.length} outcomes`)
      return [field, Object.fromEntries(people.map((who, i) => [who, outcomes[i]])) as Record<Who, string>]
    }),
)

/**
 * Fields of types that are no nodes have no lines of their own: who gets their holder, gets them. What they hold of others
 * is nodes, which have lines. So the only question is who holds the types that are for one person alone.
 */
export const holders: Record<string, readonly string[]> = {
  Viewer: [
    'ChangePasswordPayload.viewer',
    'ChatRemoved.viewer',
    'DeleteChatPayload.viewer',
    'LeaveChatPayload.viewer',
    'LoginPayload.viewer',
    'MarkMessagesAsReadPayload.viewer',
    'MarkNotificationsAsReadPayload.viewer',
    'NotificationCreated.viewer',
    'NotificationsChanged.viewer',
    'UpdateNotificationPreferencesPayload.viewer',
    'MuteChatPayload.viewer',
    'Query.viewer',
    'UnmuteChatPayload.viewer',
    'RefreshSessionPayload.viewer',
    'RegisterPayload.viewer',
    'RequestEmailVerificationPayload.viewer',
    'ResetPasswordPayload.viewer',
    'UnreadCountChanged.viewer',
    'UpdateSettingsPayload.viewer',
    'VerifyEmailPayload.viewer',
    'ViewerUpdated.viewer',
  ],
  Session: ['Viewer.sessions'],
  AuthTokens: [
    'LoginPayload.tokens',
    'RefreshSessionPayload.tokens',
    'RegisterPayload.tokens',
    'ResetPasswordPayload.tokens',
  ],
  ChatPermissions: ['Chat.permissions'],
  Presence: ['User.presence'],
  CompanyLookup: ['CompanySuggestions.companies'],
  CompanyPermissions: ['Company.permissions'],
}
