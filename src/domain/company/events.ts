import { z } from 'zod'
import { defineEvents } from '../../kernel/message.ts'

export const CompanyRole = z.enum(['OWNER', 'ADMIN', 'MEMBER'])
export type CompanyRole = z.infer<typeof CompanyRole>

const userId = z.uuid()
const companyId = z.uuid()
const invitationId = z.uuid()
/** Of a sole trader all of it is about one person. */
const Details = z.object({
  name: z.string(),
  kpp: z.string().nullable(),
  ogrn: z.string().nullable(),
  legalAddress: z.string().nullable(),
})
const ofCompany = (data: { companyId: string }) => data.companyId

/** A tenant: its details, its people, and who is asked to join. */
export const companyEvents = defineEvents('company', {
  CompanyCreated: {
    v: 1,
    bump: true,
    data: z.object({ companyId }),
    personal: Details.extend({ inn: z.string() }),
    key: ofCompany,
  },
  CompanyUpdated: { v: 1, bump: true, data: z.object({ companyId }), personal: Details, key: ofCompany },
  CompanyArchived: { v: 1, bump: true, data: z.object({}) },
  CompanyMemberAdded: { v: 1, bump: true, data: z.object({ userId, role: CompanyRole }) },
  CompanyMemberRoleChanged: { v: 1, bump: true, data: z.object({ userId, role: CompanyRole }) },
  CompanyMemberRemoved: { v: 1, bump: true, data: z.object({ userId }) },
  /** `tokenHash`: SHA-256 of the token that is mailed, in base64url. The token itself is nowhere. */
  CompanyMemberInvited: {
    v: 1,
    bump: true,
    data: z.object({ invitationId, role: CompanyRole, tokenHash: z.string(), expiresAt: z.iso.datetime() }),
    personal: z.object({ email: z.string() }),
    key: (data: { invitationId: string }) => data.invitationId,
  },
  CompanyInvitationRevoked: { v: 1, bump: true, data: z.object({ invitationId }) },
  CompanyInvitationAccepted: { v: 1, bump: true, data: z.object({ invitationId, userId }) },
  /** Its address is erased, in the log too. */
  CompanyInvitationForgotten: { v: 1, bump: true, data: z.object({ invitationId }) },
})
