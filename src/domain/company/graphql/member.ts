import { builder, viewerField } from '../../../graph/builder.ts'
import { connectionType, type Edge, edgeOf, type PageArgs, pageOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load } from '../../../graph/context.ts'
import { Node, nodeType } from '../../../graph/node.ts'
import type { CompanyRole } from '../events.ts'
import { type MemberView, membersByIds, membersOf } from '../queries/index.ts'
import { Company, type CompanyView, companies, myMembership } from './company.ts'

export const CompanyRoleEnum = builder.enumType('CompanyRole', {
  description: 'What somebody may do in a company.',
  values: {
    OWNER: { description: 'Everything, also archive it and make owners.' },
    ADMIN: { description: 'Manage people, details and templates.' },
    MEMBER: { description: 'Work in it: see its people, open chats.' },
  } satisfies Record<CompanyRole, { description: string }>,
})

/** Members by `<company>.<user>`, also those who left. */
export const members: Batch<string, MemberView | null> = (ctx, ids) => ctx.ask(membersByIds, ids)

/** A member that is known to be or have been there. */
export async function memberOf(ctx: Context, companyId: string, userId: string): Promise<MemberView> {
  const member = await load(ctx, members, `${companyId}.${userId}`)
  if (!member) throw new Error('a member without its row')
  return member
}

export const CompanyMember = builder.objectRef<MemberView>('CompanyMember').implement({
  description: 'Somebody in a company.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves when the role changes.' }),
    company: t.field({
      type: Company,
      nullable: true,
      description: 'Which company.',
      resolve: (m, _, ctx) => load(ctx, companies, m.companyId),
    }),
    role: t.field({ type: CompanyRoleEnum, description: 'What they may do.', resolve: m => m.role }),
    joinedAt: t.field({ type: 'DateTime', description: 'When they joined.', resolve: m => m.joinedAt }),
  }),
})
export const MemberList = connectionType('CompanyMember', CompanyMember)

nodeType(
  'CompanyMember',
  async (ctx, id) => {
    const [companyId, userId] = id.split('.')
    if (!companyId || !userId || !(await myMembership(ctx, companyId))) return null
    const member = await load(ctx, members, id)
    return member?.leftAt ? null : member
  },
  2,
)

builder.objectField(Company, 'viewerMembership', t =>
  t.field({
    ...viewerField,
    type: CompanyMember,
    nullable: true,
    description: 'You in it; null when you are not.',
    resolve: (c, _, ctx) => myMembership(ctx, c.id),
  }),
)

export const CompanyMemberFilter = builder.inputType('CompanyMemberFilter', {
  description: 'Which people of a company.',
  fields: t => ({
    query: t.string({ description: 'Beginning of a handle or a name, in upper or lower case.' }),
    role: t.field({ type: [CompanyRoleEnum], description: 'Only with one of these roles.' }),
  }),
})

const memberList = (companyId: string) => `members.${companyId}`
const memberCursor = (m: MemberView) => [m.joinedSequence, m.userId]
export const memberEdge = (ctx: Context, node: MemberView): Edge<MemberView> =>
  edgeOf(ctx, memberList(node.companyId), node, memberCursor(node))

/** A page of a company's people, for the field that the edges add: only they know names. `userIds`: only of these. */
export async function membersPage(
  ctx: Context,
  { id: companyId }: CompanyView,
  args: PageArgs & { roles: readonly CompanyRole[] | null; userIds: readonly string[] | null },
) {
  const { roles, userIds } = args
  const page = pageOf(ctx, memberList(companyId), args)
  const [sequence, userId] = page.from ?? []
  const after = page.from ? { sequence: Number(sequence), userId: String(userId) } : null
  const rows = await ctx.ask(membersOf, { companyId, roles, userIds, after, limit: page.limit + 1 })
  const shown = rows.slice(0, page.limit)
  return toConnection(ctx, memberList(companyId), page, shown, rows.length > page.limit, memberCursor)
}
