import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import { viewerOf } from '../../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../../graph/errors.ts'
import { globalId, idOf } from '../../../graph/node.ts'
import type { Commit } from '../../../port/event-store.ts'
import type { MemberView } from '../queries/index.ts'
import { answeredCompany, Company, type CompanyView } from './company.ts'
import { CompanyMember, CompanyRoleEnum, memberOf } from './member.ts'

// Who is in: promote, remove, leave. Adding is in the edges: it knows accounts.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

/** `<company>.<user>` of a CompanyMember's id. */
function partsOf(id: string): { companyId: string; userId: string } {
  const [companyId = '', userId = ''] = idOf('CompanyMember', id).split('.')
  return { companyId, userId }
}

commandField('changeCompanyMemberRole', {
  description: 'Changes what somebody may do in a company. Only owners make owners.',
  input: builder.inputType('ChangeCompanyMemberRoleInput', {
    description: 'Whose role, and which.',
    fields: t => ({
      memberId: t.id({ required: true, description: 'Id of the CompanyMember.' }),
      role: t.field({ type: CompanyRoleEnum, required: true, description: 'What they may do from now on.' }),
      expectedVersion: t.int({ description: 'The version you saw; a stale one is refused.' }),
    }),
  }),
  payload: payloadType<{ member: MemberView; commit: Commit }>('ChangeCompanyMemberRolePayload', t => ({
    member: t.field({ type: CompanyMember, description: 'With the new role.', resolve: p => p.member }),
  })),
  errors,
  subject: input => input.memberId,
  resolve: async (input, ctx) => {
    const { companyId, userId } = partsOf(input.memberId)
    const wanted = { companyId, userId, role: input.role, expectedVersion: input.expectedVersion ?? undefined }
    const commit = await command(ctx, viewerOf(ctx).userId, 'ChangeCompanyMemberRole', wanted)
    return { member: await memberOf(ctx, companyId, userId), commit }
  },
})

commandField('removeCompanyMember', {
  description: 'Removes somebody from a company and from its chats; or yourself: you leave. Its last owner stays.',
  input: builder.inputType('RemoveCompanyMemberInput', {
    description: 'Whom to remove.',
    fields: t => ({ memberId: t.id({ required: true, description: 'Id of the CompanyMember.' }) }),
  }),
  payload: payloadType<{ company: CompanyView | null; memberId: string; commit: Commit }>(
    'RemoveCompanyMemberPayload',
    t => ({
      company: t.field({
        type: Company,
        nullable: true,
        description: 'The company as it is now; null when it was you who left.',
        resolve: p => p.company,
      }),
      removedMemberId: t.id({ description: 'Who is gone.', resolve: p => globalId('CompanyMember', p.memberId) }),
    }),
  ),
  errors,
  resolve: async (input, ctx) => {
    const viewer = viewerOf(ctx).userId
    const { companyId, userId } = partsOf(input.memberId)
    const commit = await command(ctx, viewer, 'RemoveCompanyMember', { companyId, userId })
    const company = userId === viewer ? null : await answeredCompany(ctx, companyId)
    return { company, memberId: `${companyId}.${userId}`, commit }
  },
})
