import { builder, viewerField } from '../../../graph/builder.ts'
import {
  badInput,
  connectionType,
  type Edge,
  edgeOf,
  type PageArgs,
  pageOf,
  toConnection,
} from '../../../graph/connection.ts'
import { type Batch, type Context, load, Refused, viewerOf } from '../../../graph/context.ts'
import { Node, nodeType, parseGlobalId } from '../../../graph/node.ts'
import { type Placed, signPlace } from '../../../graph/tokens.ts'
import { reject } from '../../../kernel/reject.ts'
import { Inn } from '../commands/index.ts'
import { permissionsOf } from '../company.ts'
import {
  type CompanyView as CompanyRowView,
  companiesByIds,
  companyIdsByInn,
  companyIdsOf,
  type MemberView,
  memberCounts,
  membershipOf,
} from '../queries/index.ts'

export interface CompanyView extends CompanyRowView, Placed {}

export const companyFeed = (id: string): string => `company:${id}`

/** Companies by id, also archived ones. The position is read first: rows may be newer than it, never older. */
export const companies: Batch<string, CompanyView | null> = async (ctx, ids) => {
  if (!ctx.asksPosition) return ctx.ask(companiesByIds, ids)
  const position = await ctx.live.audiencePosition()
  const views = await ctx.ask(companiesByIds, ids)
  return views.map(view => view && { ...view, position: { feed: companyFeed(view.id), ...position } })
}

/** One's part in companies, where one is in now. */
const myMemberships: Batch<string, MemberView | null> = (ctx, companyIds) =>
  ctx.ask(membershipOf, { userId: viewerOf(ctx).userId, companyIds })
export const myMembership = (ctx: Context, companyId: string) => load(ctx, myMemberships, companyId)

/** A company that one is a member of; null for any other. Its position is read before one's own part in it. */
export async function myCompany(ctx: Context, id: string): Promise<CompanyView | null> {
  const company = await load(ctx, companies, id)
  return (await myMembership(ctx, id)) ? company : null
}

/** The same for the answer of a write: who was removed since (a replayed key, a race) is told nothing. Throws Refused. */
export async function answeredCompany(ctx: Context, id: string): Promise<CompanyView> {
  const company = await myCompany(ctx, id)
  if (company) return company
  throw new Refused(reject('NOT_FOUND', 'There is no such company.', { missing: [{ type: 'Company', id }] }))
}

/** A company that is known to be there. */
export async function companyOf(ctx: Context, id: string): Promise<CompanyView> {
  const company = await load(ctx, companies, id)
  if (!company) throw new Error('a company without its row')
  return company
}

const counts: Batch<string, number> = (ctx, ids) => ctx.ask(memberCounts, ids)

interface Permissions extends ReturnType<typeof permissionsOf> {}
const CompanyPermissions = builder.objectRef<Permissions>('CompanyPermissions').implement({
  description: 'What you may do in a company.',
  fields: t => ({
    canEdit: t.exposeBoolean('canEdit', { description: 'Change its details.' }),
    canManageMembers: t.exposeBoolean('canManageMembers', { description: 'Add, invite, remove and promote people.' }),
    canManageTemplates: t.exposeBoolean('canManageTemplates', { description: 'Write templates of messages.' }),
    canCreateChats: t.exposeBoolean('canCreateChats', { description: 'Open chats of the company.' }),
    canArchive: t.exposeBoolean('canArchive', { description: 'Archive it.' }),
  }),
})
const nothing: Permissions = {
  canEdit: false,
  canManageMembers: false,
  canManageTemplates: false,
  canCreateChats: false,
  canArchive: false,
}

/** What the viewer may do in a company: nothing where they are not in. */
export async function myPermissions(ctx: Context, company: CompanyView): Promise<Permissions> {
  const member = await myMembership(ctx, company.id)
  return member ? permissionsOf({ archived: company.archivedAt !== null }, member.role) : nothing
}

export const Company = builder.objectRef<CompanyView>('Company').implement({
  description: 'A tenant: a company or a sole trader, and the people who work in it.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves with the company itself, not with its people or chats.' }),
    name: t.exposeString('name', { description: 'What it is called.' }),
    inn: t.exposeString('inn', { description: 'Tax number: 10 digits of a company, 12 of a sole trader.' }),
    kpp: t.exposeString('kpp', { nullable: true, description: 'Code of its registration with a tax office.' }),
    ogrn: t.exposeString('ogrn', {
      nullable: true,
      description: 'Number in the register: 13 digits of a company, 15 of a sole trader.',
    }),
    legalAddress: t.exposeString('legalAddress', { nullable: true, description: 'Where it is registered.' }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was made here.', resolve: c => c.createdAt }),
    archivedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was archived; null while it is in use.',
      resolve: c => c.archivedAt,
    }),
    memberCount: t.int({
      description: 'How many people are in it now.',
      resolve: (c, _, ctx) => load(ctx, counts, c.id),
    }),
    permissions: t.field({
      ...viewerField,
      type: CompanyPermissions,
      description: 'What you may do in it.',
      resolve: (c, _, ctx) => myPermissions(ctx, c),
    }),
    position: t.field({
      type: 'StreamPosition',
      description:
        'Where its feed was when this was read: subscribe to `companyEvents` from here and nothing is missed.',
      resolve: (c, _, ctx) => signPlace(ctx.tokens, c),
    }),
  }),
})
export const CompanyList = connectionType('Company', Company)

nodeType('Company', myCompany)

const CompanyRef = builder.inputType('CompanyRef', {
  isOneOf: true,
  description: 'Which company: by one of these.',
  fields: t => ({
    id: t.id({ description: 'Id of a Company.' }),
    inn: t.string({ description: 'Its INN. Where an archived company had the same, the live one is meant.' }),
  }),
})

/** An INN as somebody wrote it. Throws INVALID_INPUT. */
export function innOf(text: string): string {
  const { data, error } = Inn.safeParse(text)
  if (error) throw badInput(error.issues[0]?.message ?? 'This is not an INN.')
  return data
}

/** The viewer's company with each INN: the live one, or else an archived one. */
export const myCompaniesByInn: Batch<string, CompanyView | null> = async (ctx, inns) => {
  const ids = await ctx.ask(companyIdsByInn, { inns, userId: viewerOf(ctx).userId })
  return Promise.all(ids.map(id => (id ? myCompany(ctx, id) : null)))
}

builder.queryField('company', t =>
  t.field({
    type: Company,
    nullable: true,
    description: 'A company that you are a member of.',
    args: { by: t.arg({ type: CompanyRef, required: true, description: 'Which.' }) },
    resolve: (_, { by }, ctx) => {
      viewerOf(ctx)
      if (by.inn != null) return load(ctx, myCompaniesByInn, innOf(by.inn))
      const parsed = parseGlobalId(by.id ?? '')
      return parsed?.type === 'Company' ? myCompany(ctx, parsed.id) : null
    },
  }),
)

const companyList = 'companies'
const companyCursor = (company: CompanyView) => [company.id]

/** An edge outside of a page: a payload's, an event's. */
export const companyEdge = (ctx: Context, node: CompanyView): Edge<CompanyView> =>
  edgeOf(ctx, companyList, node, companyCursor(node))

/** A page of the viewer's companies, for the field that the edges add to Viewer. */
export async function myCompanies(ctx: Context, args: PageArgs) {
  const { userId } = viewerOf(ctx)
  const page = pageOf(ctx, companyList, args)
  const after = page.from ? String(page.from[0]) : null
  const ids = await ctx.ask(companyIdsOf, { userId, after, limit: page.limit + 1 })
  const views = await Promise.all(ids.slice(0, page.limit).map(id => load(ctx, companies, id)))
  const rows = views.filter(view => view !== null)
  return toConnection(ctx, companyList, page, rows, ids.length > page.limit, companyCursor)
}
