import {
  answeredCompany,
  Company,
  CompanyRoleEnum,
  type CompanyView,
  MemberList,
  memberEdge,
  members,
} from '../../domain/company/graphql/index.ts'
import type { MemberView } from '../../domain/company/queries/index.ts'
import { Email, Handle } from '../../domain/userAccount/commands.ts'
import { accountIdByHandle, confirmedAccountIdByEmail } from '../../domain/userAccount/queries.ts'
import { builder } from '../../graph/builder.ts'
import { command, commandField, payloadType } from '../../graph/command-field.ts'
import type { Edge } from '../../graph/connection.ts'
import { type Context, load, Refused, viewerOf } from '../../graph/context.ts'
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from '../../graph/errors.ts'
import { idOf } from '../../graph/node.ts'
import { reject } from '../../kernel/reject.ts'
import type { Commit } from '../../port/event-store.ts'

// Somebody is named by what only accounts know, and added to a company: so this stands above both.

const UserRef = builder.inputType('UserRef', {
  isOneOf: true,
  description: 'Whom: by one of these.',
  fields: t => ({
    id: t.id({ description: 'Id of a User.' }),
    email: t.string({ description: 'The confirmed e-mail address of an account, in upper or lower case.' }),
    handle: t.string({ description: 'The handle of an account.' }),
  }),
})

/** The account that is meant; null where there is none. What it answers is for owners and admins: see docs/security.md. */
async function userIdOf(ctx: Context, ref: typeof UserRef.$inferInput): Promise<string | null> {
  if (ref.id != null) return idOf('User', ref.id)
  const [field, text, shape] = ref.email != null ? ['email', ref.email, Email] : ['handle', ref.handle ?? '', Handle]
  const { data, error } = shape.safeParse(text)
  if (error) {
    const message = error.issues[0]?.message ?? 'It is not one.'
    const issues = [{ path: ['user', String(field)], code: 'INVALID_INPUT' as const, message }]
    throw new Refused(reject('INVALID_INPUT', 'The input is not valid.', { issues }))
  }
  return ctx.ask(field === 'email' ? confirmedAccountIdByEmail : accountIdByHandle, data)
}

commandField('addCompanyMember', {
  description: 'Adds somebody who has an account to a company. Who is in it already keeps their role.',
  input: builder.inputType('AddCompanyMemberInput', {
    description: 'Whom to add.',
    fields: t => ({
      companyId: t.id({ required: true, description: 'Id of the Company.' }),
      user: t.field({ type: UserRef, required: true, description: 'Whom.' }),
      role: t.field({ type: CompanyRoleEnum, required: true, description: 'What they may do.' }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input add once.' }),
    }),
  }),
  payload: payloadType<{ company: CompanyView; edge: Edge<MemberView>; commit: Commit }>(
    'AddCompanyMemberPayload',
    t => ({
      company: t.field({ type: Company, description: 'The company as it is now.', resolve: p => p.company }),
      edge: t.field({ type: MemberList.edge, description: 'That person, in the company.', resolve: p => p.edge }),
    }),
  ),
  errors: [ValidationError, NotFoundError, ForbiddenError, ConflictError],
  paths: { userId: ['user', 'id'] },
  resolve: async (input, ctx) => {
    const companyId = idOf('Company', input.companyId)
    const userId = await userIdOf(ctx, input.user)
    const wanted = { companyId, userId, role: input.role }
    const commit = await command(ctx, viewerOf(ctx).userId, 'AddCompanyMember', wanted, input)
    const company = await answeredCompany(ctx, companyId)
    const member = userId && (await load(ctx, members, `${companyId}.${userId}`))
    // A key that is used again after its person gave the address or the handle away.
    if (!member) throw new Refused(reject('NOT_FOUND', 'The person whom this key added is called otherwise now.'))
    return { company, edge: memberEdge(ctx, member), commit }
  },
})
