import { users } from '../../domain/userAccount/graphql/index.ts'
import type { UserView } from '../../domain/userAccount/queries.ts'
import { type Context, load } from '../../graph/context.ts'

/** An account that is known to be or have been there. */
export async function userOf(ctx: Context, id: string): Promise<UserView> {
  const user = await load(ctx, users, id)
  if (!user) throw new Error('an account without its row')
  return user
}
