import { z } from 'zod'
import { defineCommands } from '../../../kernel/message.ts'
import { line } from '../../../kernel/text.ts'
import { CompanyRole } from '../events.ts'
import { Inn, Kpp, Ogrn } from './numbers.ts'
import { type InvitationToken, Token } from './token.ts'

export { Inn, isInn, isKpp, isOgrn, isSoleTrader } from './numbers.ts'
export { type InvitationToken, invitationToken, openInvitationToken } from './token.ts'

const companyId = z.uuid()
const userId = z.uuid()
const invitationId = z.uuid()
const expectedVersion = z.int().optional()
const ofCompany = (c: { companyId: string }) => `company-${c.companyId}`

const Name = line(1, 200)
const LegalAddress = line(1, 500)
const Email = z.string().trim().toLowerCase().max(254).pipe(z.email('This is not an e-mail address.'))

export const companyCommands = defineCommands({
  CreateCompany: {
    input: z.object({
      companyId,
      inn: Inn,
      name: Name,
      kpp: Kpp.nullable(),
      ogrn: Ogrn.nullable(),
      legalAddress: LegalAddress.nullable(),
    }),
    stream: ofCompany,
  },
  UpdateCompany: {
    input: z.object({
      companyId,
      name: Name.optional(),
      kpp: Kpp.nullable().optional(),
      ogrn: Ogrn.nullable().optional(),
      legalAddress: LegalAddress.nullable().optional(),
      expectedVersion,
    }),
    stream: ofCompany,
  },
  ArchiveCompany: { input: z.object({ companyId, expectedVersion }), stream: ofCompany },
  /** `userId`: null for somebody who was named and is not there; that is said only to who may know. */
  AddCompanyMember: {
    input: z.object({ companyId, userId: userId.nullable(), role: CompanyRole }),
    stream: ofCompany,
    facts: ['isKnownUser'],
  },
  ChangeCompanyMemberRole: {
    input: z.object({ companyId, userId, role: CompanyRole, expectedVersion }),
    stream: ofCompany,
  },
  RemoveCompanyMember: { input: z.object({ companyId, userId }), stream: ofCompany },
  /** Of the house itself: the account of a member is deleted. */
  RemoveDeletedMember: { input: z.object({ companyId, userId }), stream: ofCompany },
  InviteCompanyMember: {
    input: z.object({ companyId, invitationId, email: Email, role: CompanyRole, tokenHash: line(1, 100) }),
    stream: ofCompany,
    facts: ['accountOfEmail'],
  },
  RevokeCompanyInvitation: { input: z.object({ companyId, invitationId }), stream: ofCompany },
  /** Of the house itself: nobody needs the address any more. */
  ForgetCompanyInvitation: { input: z.object({ companyId, invitationId }), stream: ofCompany },
  /** The token says which company it is for: whoever has one can have it accepted. */
  AcceptCompanyInvitation: {
    input: z.object({ token: Token }),
    stream: (c: { token: InvitationToken }) => ofCompany(c.token),
    facts: ['emailOfActor'],
  },
})
