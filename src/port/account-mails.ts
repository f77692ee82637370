/** What a token in a mail is good for. */
export type TokenPurpose = 'VERIFY_EMAIL' | 'RESET_PASSWORD'

/** Tokens that are mailed to an account: 256 random bits, good once and for a while. Only their hashes are kept. */
export interface AccountTokens {
  /** A new one. Earlier ones of the same account and purpose are good no more. */
  mint: (userId: string, purpose: TokenPurpose) => Promise<string>
  /** Whose it is, without using it; null when it is not good (any more). */
  owner: (purpose: TokenPurpose, token: string) => Promise<string | null>
  /** Uses it: whose it was, and of several at once only one hears it; null when it is not good (any more). */
  use: (purpose: TokenPurpose, token: string) => Promise<string | null>
  /** Takes those of an account away, all or of one purpose. */
  drop: (userId: string, purpose?: TokenPurpose) => Promise<void>
}

export interface AccountMails {
  /**
   * Has such a token mailed to whoever has this address, once a minute at most. It does the same, and takes the same time,
   * when nobody has it: a worker looks that up later.
   */
  ask: (purpose: TokenPurpose, email: string) => Promise<void>
}
