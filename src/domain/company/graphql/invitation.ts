import { builder, viewerField } from '../../../graph/builder.ts'
import { badInput, connectionType, type Edge, edgeOf, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load } from '../../../graph/context.ts'
import { Node, nodeType } from '../../../graph/node.ts'
import { openInvitationToken } from '../commands/index.ts'
import { type InvitationView, invitationsByIds, invitationsOf } from '../queries/index.ts'
import { Company, companies, myCompany, myPermissions } from './company.ts'
import { CompanyRoleEnum } from './member.ts'

const invitations: Batch<string, InvitationView | null> = (ctx, ids) => ctx.ask(invitationsByIds, ids)

/** An invitation that is known to be or have been there. */
export async function invitationOf(ctx: Context, id: string): Promise<InvitationView> {
  const invitation = await load(ctx, invitations, id)
  if (!invitation) throw new Error('an invitation without its row')
  return invitation
}

export const CompanyInvitation = builder.objectRef<InvitationView>('CompanyInvitation').implement({
  description: 'Somebody is asked to join a company, by e-mail.',
  interfaces: [Node],
  fields: t => ({
    company: t.field({
      ...viewerField,
      type: Company,
      nullable: true,
      description: 'Which company; null for who is not a member of it.',
      resolve: (i, _, ctx) => (ctx.viewer ? myCompany(ctx, i.companyId) : null),
    }),
    companyName: t.string({
      description: 'What the company is called.',
      resolve: async (i, _, ctx) => (await load(ctx, companies, i.companyId))?.name ?? '',
    }),
    email: t.exposeString('email', { description: 'Whose address was invited.' }),
    role: t.field({ type: CompanyRoleEnum, description: 'What they will be allowed to do.', resolve: i => i.role }),
    createdAt: t.field({ type: 'DateTime', description: 'When they were invited.', resolve: i => i.createdAt }),
    expiresAt: t.field({ type: 'DateTime', description: 'Until when it is good.', resolve: i => i.expiresAt }),
    acceptedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was accepted.',
      resolve: i => i.acceptedAt,
    }),
    revokedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was revoked.',
      resolve: i => i.revokedAt,
    }),
  }),
})
export const InvitationList = connectionType('CompanyInvitation', CompanyInvitation)

nodeType(
  'CompanyInvitation',
  async (ctx, id) => {
    const [companyId = '', invitationId = ''] = id.split('.')
    const company = await myCompany(ctx, companyId)
    if (!company || !(await mayManage(ctx, companyId))) return null
    const invitation = await load(ctx, invitations, invitationId)
    return invitation?.companyId === companyId ? invitation : null
  },
  2,
)

/** Whether the viewer is of those who invite. */
const mayManage = async (ctx: Context, companyId: string): Promise<boolean> => {
  const company = await load(ctx, companies, companyId)
  return company !== null && (await myPermissions(ctx, company)).canManageMembers
}

const invitationList = (companyId: string) => `invitations.${companyId}`
const invitationCursor = (i: InvitationView) => [i.sequence]
export const invitationEdge = (ctx: Context, node: InvitationView): Edge<InvitationView> =>
  edgeOf(ctx, invitationList(node.companyId), node, invitationCursor(node))

builder.objectField(Company, 'invitations', t =>
  t.field({
    ...viewerField,
    type: InvitationList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Who is invited and has not answered, by when they were; null for who may not invite.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async ({ id: companyId }, args, ctx) => {
      const page = pageOf(ctx, invitationList(companyId), args)
      if (!(await mayManage(ctx, companyId))) return null
      const after = page.from ? Number(page.from[0]) : null
      const rows = await ctx.ask(invitationsOf, { companyId, after, limit: page.limit + 1 })
      const shown = rows.slice(0, page.limit)
      return toConnection(ctx, invitationList(companyId), page, shown, rows.length > page.limit, invitationCursor)
    },
  }),
)

builder.queryField('companyInvitation', t =>
  t.field({
    type: CompanyInvitation,
    nullable: true,
    description: 'The invitation of a token that was mailed, while it is good; also for who is not signed in.',
    args: { token: t.arg.string({ required: true, description: 'As it was mailed.' }) },
    resolve: async (_, { token }, ctx) => {
      const opened = openInvitationToken(token)
      if (!opened) throw badInput('This is not a token of an invitation.')
      const invitation = await load(ctx, invitations, opened.invitationId)
      if (!invitation || invitation.tokenHash !== opened.hash || invitation.companyId !== opened.companyId) return null
      const company = await load(ctx, companies, invitation.companyId)
      const open = !invitation.acceptedAt && !invitation.revokedAt && invitation.expiresAt > new Date()
      return open && company && !company.archivedAt ? invitation : null
    },
  }),
)
