import { Chat, ChatFilter, ChatList, myChats } from '../../domain/chat/graphql/index.ts'
import {
  Company,
  CompanyInvitation,
  CompanyList,
  CompanyMember,
  CompanyMemberFilter,
  CompanyMemberRemoved,
  companies,
  MemberList,
  membersPage,
  myCompanies,
  myMembership,
} from '../../domain/company/graphql/index.ts'
import { memberIdsOf } from '../../domain/company/queries/index.ts'
import { User, UserFilter, UserList, users, usersPage, Viewer } from '../../domain/userAccount/graphql/index.ts'
import { usersNamed } from '../../domain/userAccount/queries.ts'
import { builder, viewerField } from '../../graph/builder.ts'
import { searchOf } from '../../graph/connection.ts'
import { load, viewerOf } from '../../graph/context.ts'
import { globalId, parseGlobalId } from '../../graph/node.ts'
import { userOf } from './users.ts'

// Companies, and the people in them.

builder.objectField(CompanyMember, 'user', t =>
  t.field({ type: User, description: 'Who it is.', resolve: (m, _, ctx) => userOf(ctx, m.userId) }),
)

builder.objectField(Company, 'members', t =>
  t.field({
    type: MemberList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Who is in it now, by when they came.',
    args: {
      filter: t.arg({ type: CompanyMemberFilter, description: 'Which people.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (company, { filter, ...args }, ctx) => {
      const query = searchOf(filter?.query)
      const userIds =
        query === null ? null : await ctx.ask(usersNamed, { query, ids: await ctx.ask(memberIdsOf, company.id) })
      return membersPage(ctx, company, { ...args, roles: filter?.role ?? null, userIds })
    },
  }),
)

builder.queryField('users', t =>
  t.field({
    type: UserList.connection,
    nullable: true,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'People to talk to: accounts in use, by handle.',
    args: {
      filter: t.arg({ type: UserFilter, description: 'Which people.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: async (_, { filter, ...args }, ctx) => {
      viewerOf(ctx)
      if (filter?.companyId == null)
        return usersPage(ctx, { ...args, query: filter?.query, companyId: null, among: null })
      const of = parseGlobalId(filter.companyId)
      const mine = of?.type === 'Company' && (await myMembership(ctx, of.id)) !== null
      const among = mine ? await ctx.ask(memberIdsOf, of.id) : []
      return usersPage(ctx, { ...args, query: filter.query, companyId: filter.companyId, among })
    },
  }),
)

builder.objectField(Viewer, 'companies', t =>
  t.field({
    type: CompanyList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Companies that you are a member of, also archived ones, in the order they were made.',
    args: {
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (_, args, ctx) => myCompanies(ctx, args),
  }),
)

builder.objectField(CompanyMemberRemoved, 'user', t =>
  t.field({ type: User, description: 'Who it was.', resolve: (e, _, ctx) => userOf(ctx, e.userId) }),
)

builder.objectField(CompanyInvitation, 'invitedBy', t =>
  t.field({
    type: User,
    nullable: true,
    description: 'Who invited them.',
    resolve: (i, _, ctx) => (i.invitedBy ? load(ctx, users, i.invitedBy) : null),
  }),
)

builder.objectField(Chat, 'company', t =>
  t.field({
    type: Company,
    nullable: true,
    description: 'The company of a company chat; null for other chats.',
    resolve: (c, _, ctx) => (c.companyId ? load(ctx, companies, c.companyId) : null),
  }),
)

builder.objectField(Company, 'chats', t =>
  t.field({
    ...viewerField,
    type: ChatList.connection,
    complexity: ({ first }) => ({ field: 1, multiplier: first ?? 20 }),
    description: 'Chats of the company that you are in, the latest activity first.',
    args: {
      filter: t.arg({ type: ChatFilter, description: 'Which of them; those in use when left out.' }),
      first: t.arg.int({ description: 'How many, at most 100; 20 when left out.' }),
      after: t.arg.string({ description: 'Go on after this cursor.' }),
    },
    resolve: (company, { filter, ...args }, ctx) =>
      myChats(ctx, { ...args, filter: { ...filter, companyId: globalId('Company', company.id) } }),
  }),
)
