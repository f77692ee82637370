import { idOf } from '../../kernel/message.ts'
import { patch, projection, put } from '../../kernel/projection.ts'
import { companyEvents } from './events.ts'
import { companies, companyInvitations, companyMembers } from './tables.ts'

export const companyList = projection('companies', companyEvents, [companies, companyMembers, companyInvitations], {
  CompanyCreated: ({ data, personal, revision, at }) => [
    put(companies, {
      id: data.companyId,
      version: revision,
      inn: personal?.inn ?? null,
      ...details(personal),
      createdAt: at,
    }),
  ],
  CompanyUpdated: ({ data, personal, revision }) => [
    patch(companies, { id: data.companyId, version: revision, ...details(personal) }),
  ],
  CompanyArchived: ({ stream, revision, at }) => [
    patch(companies, { id: idOf(stream), version: revision, archivedAt: at }),
  ],
  CompanyMemberAdded: ({ stream, data, revision, at }) => [
    put(companyMembers, {
      companyId: idOf(stream),
      userId: data.userId,
      role: data.role,
      version: revision,
      joinedAt: at,
      joinedSequence: revision,
    }),
  ],
  CompanyMemberRoleChanged: ({ stream, data, revision }) => [
    patch(companyMembers, { companyId: idOf(stream), userId: data.userId, role: data.role, version: revision }),
  ],
  CompanyMemberRemoved: ({ stream, data, revision, at }) => [
    patch(companyMembers, { companyId: idOf(stream), userId: data.userId, leftAt: at, version: revision }),
  ],
  CompanyMemberInvited: ({ stream, data, personal, revision, at, actor }) => [
    put(companyInvitations, {
      id: data.invitationId,
      companyId: idOf(stream),
      email: personal?.email ?? null,
      role: data.role,
      tokenHash: data.tokenHash,
      invitedBy: actor,
      sequence: revision,
      createdAt: at,
      expiresAt: new Date(data.expiresAt),
    }),
  ],
  CompanyInvitationRevoked: ({ data, at }) => [patch(companyInvitations, { id: data.invitationId, revokedAt: at })],
  CompanyInvitationAccepted: ({ data, at }) => [patch(companyInvitations, { id: data.invitationId, acceptedAt: at })],
  CompanyInvitationForgotten: ({ data }) => [patch(companyInvitations, { id: data.invitationId, email: null })],
})

interface Details {
  name: string
  kpp: string | null
  ogrn: string | null
  legalAddress: string | null
}
const details = (personal: Details | null) => ({
  name: personal?.name ?? null,
  kpp: personal?.kpp ?? null,
  ogrn: personal?.ogrn ?? null,
  legalAddress: personal?.legalAddress ?? null,
})

const ofCompany = ({ stream }: { stream: string }) => [`company:${idOf(stream)}`]
const ofMember = ({ stream, data }: { stream: string; data: { userId: string } }) => [
  `company:${idOf(stream)}`,
  `user:${data.userId}`,
]

/** Whose feed hears of it: all who are in the company, and who comes or goes. Invitations are told by mail. */
export const companyAudience = {
  events: companyEvents,
  on: {
    CompanyUpdated: ofCompany,
    CompanyArchived: ofCompany,
    CompanyMemberAdded: ofMember,
    CompanyMemberRoleChanged: ofMember,
    CompanyMemberRemoved: ofMember,
  },
}
