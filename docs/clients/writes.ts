import { company, edge, full, invitation, line, member, membership, message, person, template } from './selections.ts'

// What is written. In the answer of a mutation nothing is selected that the feeds tell anyway, but what has a version.

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
export const MarkNotificationsRead = `mutation MarkNotificationsRead($input: MarkNotificationsAsReadInput!) {
  markNotificationsAsRead(input: $input) { ... on MarkNotificationsAsReadPayload { commit } ${refusal} }
}`
export const CreateCompany = `mutation CreateCompany($input: CreateCompanyInput!) {
  createCompany(input: $input) {
    ... on CreateCompanyPayload { ${edge(membership)} commit } ${refusal} }
}`
export const UpdateCompany = `mutation UpdateCompany($input: UpdateCompanyInput!) {
  updateCompany(input: $input) { ... on UpdateCompanyPayload { company { ${company} } commit } ${refusal} }
}`
export const AddMember = `mutation AddMember($input: AddCompanyMemberInput!) {
  addCompanyMember(input: $input) {
    ... on AddCompanyMemberPayload { company { __typename id } ${edge(member)} commit } ${refusal} }
}`
export const ChangeMemberRole = `mutation ChangeMemberRole($input: ChangeCompanyMemberRoleInput!) {
  changeCompanyMemberRole(input: $input) {
    ... on ChangeCompanyMemberRolePayload { member { ${member} } commit } ${refusal} }
}`
export const Invite = `mutation Invite($input: InviteCompanyMemberInput!) {
  inviteCompanyMember(input: $input) {
    ... on InviteCompanyMemberPayload { company { __typename id } ${edge(invitation)} commit } ${refusal} }
}`
export const Revoke = `mutation Revoke($input: RevokeCompanyInvitationInput!) {
  revokeCompanyInvitation(input: $input) {
    ... on RevokeCompanyInvitationPayload { company { __typename id } removedInvitationId commit } ${refusal} }
}`
export const CreateTemplate = `mutation CreateTemplate($input: CreateTemplateInput!) {
  createTemplate(input: $input) {
    ... on CreateTemplatePayload { ${edge(`${template} company { __typename id }`)} commit } ${refusal} }
}`
export const UpdateTemplate = `mutation UpdateTemplate($input: UpdateTemplateInput!) {
  updateTemplate(input: $input) { ... on UpdateTemplatePayload { template { ${template} } commit } ${refusal} }
}`
