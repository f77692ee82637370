import type { Rejection } from '../kernel/reject.ts'

/** Invitations to a company, for who has no account yet. */
export interface Invites {
  /** Why an address cannot accept the invitation of a token now, in words; null when it can. */
  problem: (token: string, email: string) => Promise<string | null>
  /** Has an account join a little later, if it has not by then. An account that never comes to be does nothing. */
  keep: (userId: string, token: string) => Promise<void>
  /**
   * Confirms the address of an account that the invitation was mailed to, and joins. Done again it does nothing. Gives why
   * not: it may have been revoked a moment ago.
   */
  join: (userId: string, token: string) => Promise<Rejection | null>
}
