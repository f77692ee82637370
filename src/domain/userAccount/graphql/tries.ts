import { type Context, Refused } from '../../../graph/context.ts'
import { reject } from '../../../kernel/reject.ts'
import type { Limit } from '../../../port/throttle.ts'

// How often a password may be tried. What counts is failures: who is right takes nothing from anybody.

const quarter = 15 * 60
const limit = (name: string, points: number, seconds = quarter): Limit => ({ name, points, seconds })

/** `login` is the setting LOGIN_LIMIT. */
const limitsOf = (login: number) => ({
  /** One account from one place. */
  pair: limit('login', login),
  /** All accounts from one place: an office may stand behind one address. */
  place: limit('loginPlace', login * 10),
  /** One account from all places that it has not been used from. */
  account: limit('loginAccount', login * 3),
  /** One account from a place that it has been used from, after all the others have run out. */
  known: limit('loginKnown', login * 10),
  /** One's own password, asked for once more. */
  own: limit('password', login),
})

/** How many mails may be asked for from one place: each goes to somebody who may not want it. */
export const mailsOf = (ctx: Context): Limit => limit('mails', ctx.limits.register, 3_600)

const wrong = (message: string, retryAt: Date | null) =>
  new Refused(reject('INVALID_CREDENTIALS', message, retryAt ? { retryAt } : {}))
const tooOften = (retryAt: Date) => wrong('That was too often: try again later.', retryAt)

/**
 * Looks whether a password may be tried, and tries it. Throws Refused. An account that is not there (null) is treated like one
 * that is. Who is kept out by others is let in with the right password from a place where a session of the account began: to
 * who has a wrong one, it looks like being kept out.
 */
export async function tryLogin(ctx: Context, email: string, userId: string | null, password: string): Promise<string> {
  const { throttle, place } = ctx
  const limits = limitsOf(ctx.limits.login)
  const pair = `${email} ${place}`
  // One after another: who is kept out does not use up what others have.
  const retryAt =
    (await throttle.take(limits.pair, pair)) ??
    (await throttle.take(limits.place, place)) ??
    (await throttle.take(limits.account, email))
  if (retryAt) {
    const known = userId !== null && (await ctx.sessions.knows(userId, place))
    if (!known || (await throttle.take(limits.known, pair))) throw tooOften(retryAt)
  }
  const right = password.length <= 128 && (await ctx.passwords.verify(userId, password))
  if (!userId || !right) throw retryAt ? tooOften(retryAt) : wrong('The e-mail or the password is wrong.', null)
  await throttle.forget(limits.pair, pair)
  if (retryAt) await throttle.forget(limits.known, pair)
  else {
    await throttle.giveBack(limits.place, place)
    await throttle.giveBack(limits.account, email)
  }
  return userId
}

/** Asks who is signed in for the password once more. Throws Refused. */
export async function tryOwn(ctx: Context, userId: string, password: string): Promise<void> {
  const { own } = limitsOf(ctx.limits.login)
  const retryAt = await ctx.throttle.take(own, userId)
  if (retryAt) throw tooOften(retryAt)
  if (!(await ctx.passwords.verify(userId, password))) throw wrong('The password is wrong.', null)
  await ctx.throttle.forget(own, userId)
}
