import { builder } from '../../../graph/builder.ts'
import { command, commandField, payloadType } from '../../../graph/command-field.ts'
import type { Edge } from '../../../graph/connection.ts'
import { type Context, Refused, viewerOf } from '../../../graph/context.ts'
import {
  ConflictError,
  CredentialsError,
  ForbiddenError,
  NotFoundError,
  ValidationError,
} from '../../../graph/errors.ts'
import { globalId, idOf } from '../../../graph/node.ts'
import { notTooOften } from '../../../graph/often.ts'
import { newId } from '../../../kernel/id.ts'
import { reject } from '../../../kernel/reject.ts'
import type { Commit } from '../../../port/event-store.ts'
import { invitationToken, openInvitationToken } from '../commands/index.ts'
import { type InvitationView, invitationIdOf } from '../queries/index.ts'
import { answeredCompany, Company, CompanyList, type CompanyView, companyEdge } from './company.ts'
import { InvitationList, invitationEdge, invitationOf } from './invitation.ts'
import { CompanyRoleEnum } from './member.ts'

// Who is asked to join: invite, revoke, accept.

const errors = [ValidationError, NotFoundError, ForbiddenError, ConflictError]

commandField('inviteCompanyMember', {
  description:
    'Invites somebody by e-mail, with or without an account, for seven days. Inviting an address twice sends nothing more.',
  input: builder.inputType('InviteCompanyMemberInput', {
    description: 'Whom to invite.',
    fields: t => ({
      companyId: t.id({ required: true, description: 'Id of the Company.' }),
      email: t.string({ required: true, description: 'Their address. Only an account of this address can accept.' }),
      role: t.field({ type: CompanyRoleEnum, required: true, description: 'What they will be allowed to do.' }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input invite once.' }),
    }),
  }),
  payload: payloadType<{ company: CompanyView; edge: Edge<InvitationView>; commit: Commit }>(
    'InviteCompanyMemberPayload',
    t => ({
      company: t.field({ type: Company, description: 'The company as it is now.', resolve: p => p.company }),
      edge: t.field({
        type: InvitationList.edge,
        description: 'The invitation, as an edge of the company.',
        resolve: p => p.edge,
      }),
    }),
  ),
  errors,
  resolve: async (input, ctx) => {
    const companyId = idOf('Company', input.companyId)
    const invitationId = newId()
    const { hash: tokenHash } = invitationToken(ctx.tokens.derive, { companyId, invitationId })
    const { email, role } = input
    const wanted = { companyId, invitationId, email, role, tokenHash }
    const commit = await counted(ctx, userId => command(ctx, userId, 'InviteCompanyMember', wanted, input))
    const company = await answeredCompany(ctx, companyId)
    const found = await ctx.ask(invitationIdOf, { companyId, sequence: commit.first, email })
    // A key that is used again after its invitation was answered or revoked, and another address was never asked.
    if (!found) throw new Refused(reject('STATE_CONFLICT', 'The invitation of this key is not open any more.'))
    return { company, edge: invitationEdge(ctx, await invitationOf(ctx, found)), commit }
  },
})

/** Each invitation is a mail to somebody who may not want it. What sends none does not count. Throws RATE_LIMITED. */
async function counted(ctx: Context, invite: (userId: string) => Promise<Commit>): Promise<Commit> {
  const { userId } = viewerOf(ctx)
  const limit = { name: 'invite', points: ctx.limits.invite, seconds: 3_600 }
  await notTooOften(ctx, limit, userId)
  let sent = true // also when nobody knows
  try {
    const commit = await invite(userId)
    sent = commit.first !== null && !commit.again
    return commit
  } catch (error) {
    sent = !(error instanceof Refused)
    throw error
  } finally {
    if (!sent) await ctx.throttle.giveBack(limit, userId)
  }
}

commandField('revokeCompanyInvitation', {
  description: 'Takes an invitation back: it cannot be accepted any more.',
  input: builder.inputType('RevokeCompanyInvitationInput', {
    description: 'Which invitation.',
    fields: t => ({ invitationId: t.id({ required: true, description: 'Id of the CompanyInvitation.' }) }),
  }),
  payload: payloadType<{ company: CompanyView; invitationId: string; commit: Commit }>(
    'RevokeCompanyInvitationPayload',
    t => ({
      company: t.field({ type: Company, description: 'The company as it is now.', resolve: p => p.company }),
      removedInvitationId: t.id({
        description: 'Which is gone.',
        resolve: p => globalId('CompanyInvitation', p.invitationId),
      }),
    }),
  ),
  errors,
  resolve: async (input, ctx) => {
    const id = idOf('CompanyInvitation', input.invitationId)
    const [companyId = '', invitationId = ''] = id.split('.')
    const wanted = { companyId, invitationId }
    const commit = await command(ctx, viewerOf(ctx).userId, 'RevokeCompanyInvitation', wanted)
    return { company: await answeredCompany(ctx, companyId), invitationId: id, commit }
  },
})

commandField('acceptCompanyInvitation', {
  description: 'Joins the company that you were invited to. The account has to be of the address that was invited.',
  input: builder.inputType('AcceptCompanyInvitationInput', {
    description: 'The invitation.',
    fields: t => ({
      token: t.string({ required: true, description: 'As it was mailed; good once, for seven days.' }),
      idempotencyKey: t.field({ type: 'UUID', description: 'Made by the client: the same key and input join once.' }),
    }),
  }),
  payload: payloadType<{ edge: Edge<CompanyView>; commit: Commit }>('AcceptCompanyInvitationPayload', t => ({
    edge: t.field({
      type: CompanyList.edge,
      description: 'The company, as an edge of your list.',
      resolve: p => p.edge,
    }),
  })),
  errors: [CredentialsError, ConflictError],
  resolve: async (input, ctx) => {
    const token = openInvitationToken(input.token)
    if (!token) throw notGood()
    const wanted = { token: input.token }
    const commit = await command(ctx, viewerOf(ctx).userId, 'AcceptCompanyInvitation', wanted, input)
    return { edge: companyEdge(ctx, await answeredCompany(ctx, token.companyId)), commit }
  },
})

const notGood = () =>
  new Refused(reject('INVALID_CREDENTIALS', 'This invitation is not good: it was used, or revoked, or never was.'))
