import { builder } from '../../../graph/builder.ts'
import { connectionType, type PageArgs, pageOf, searchOf, toConnection } from '../../../graph/connection.ts'
import { type Batch, type Context, load, viewerOf } from '../../../graph/context.ts'
import { Node, nodeType, parseGlobalId } from '../../../graph/node.ts'
import { findUsers, type UserView, usersByIds } from '../queries.ts'

const UserStatus = builder.enumType('UserStatus', {
  description: 'Whether an account is in use.',
  values: {
    ACTIVE: { description: 'In use.' },
    DISABLED: { description: 'Closed by the platform.' },
    DELETED: { description: 'Deleted by its owner; its name is gone, its messages stay.' },
  },
})

export const User = builder.objectRef<UserView>('User').implement({
  description: 'An account, as everybody sees it.',
  interfaces: [Node],
  fields: t => ({
    version: t.exposeInt('version', { description: 'Moves when the profile changes; send it as `expectedVersion`.' }),
    handle: t.exposeString('handle', { description: 'Unique name: 3 to 32 of a-z, 0-9, "_" and ".".' }),
    displayName: t.exposeString('displayName', { description: 'The name to show.' }),
    status: t.field({ type: UserStatus, description: 'Whether it is in use.', resolve: u => u.status }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was registered.', resolve: u => u.createdAt }),
    deletedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When it was deleted.',
      resolve: u => u.deletedAt,
    }),
  }),
})
export const UserList = connectionType('User', User)

/** Accounts by id, batched. */
export const users: Batch<string, UserView | null> = (ctx, ids) => ctx.ask(usersByIds, ids)

nodeType('User', (ctx, id) => load(ctx, users, id))

export const UserFilter = builder.inputType('UserFilter', {
  description: 'Which people: all of this at once.',
  fields: t => ({
    query: t.string({ description: 'Beginning of a handle or a name, in upper or lower case.' }),
    companyId: t.id({ description: 'Only who is in this Company now; nobody when you are not in it.' }),
  }),
})

builder.queryField('user', t =>
  t.field({
    type: User,
    nullable: true,
    description: 'An account by its id.',
    args: { id: t.arg.id({ required: true, description: 'Id of a User.' }) },
    resolve: (_, { id }, ctx) => {
      viewerOf(ctx)
      const parsed = parseGlobalId(id)
      return parsed?.type === 'User' ? load(ctx, users, parsed.id) : null
    },
  }),
)

/** A page of accounts in use, for the field that the edges add: only they know companies. `among`: only these. */
export async function usersPage(
  ctx: Context,
  args: PageArgs & { query: string | null | undefined; companyId: string | null; among: readonly string[] | null },
) {
  const query = searchOf(args.query)
  const list = args.companyId === null ? `users.${query ?? ''}` : `users.${args.companyId}.${query ?? ''}`
  const page = pageOf(ctx, list, args)
  const after = page.from ? String(page.from[0]) : null
  const rows = await ctx.ask(findUsers, { query, among: args.among, after, limit: page.limit + 1 })
  return toConnection(ctx, list, page, rows.slice(0, page.limit), rows.length > page.limit, u => [u.handle])
}
