/** One mail to one person. */
export interface Mail {
  /** A UUID: the Message-ID is made of it, so that a mail that was sent twice all the same can be known by it. */
  id: string
  /** One address, without a name. */
  to: string
  subject: string
  text: string
  /** The same for who reads HTML: names and texts in it are escaped already. */
  html?: string
}

export interface Mailer {
  /**
   * Hands a mail over: resolves when the other side has taken it. It never tries again by itself. Throws MailRefused,
   * MailNotTaken or MailUnknown; none of their messages holds an address.
   */
  send: (mail: Mail) => Promise<void>
  close: () => Promise<void>
}

/** The mail server will never take this mail: the address does not exist, say. */
export class MailRefused extends Error {
  override name = 'MailRefused'
}

/** The mail was surely not taken, for a reason that may pass. */
export class MailNotTaken extends Error {
  override name = 'MailNotTaken'
}

/** The mail was handed over, and no answer came: it may be on its way or not. */
export class MailUnknown extends Error {
  override name = 'MailUnknown'
}

/** A chat, as far as a message. */
export interface UpTo {
  chatId: string
  sequence: number
}

/** Messages after `after` and up to `sequence` are told by the mail that asks; with `mine` false there are none of these. */
export interface Mark {
  after: number
  sequence: number
  mine: boolean
}

/**
 * Which mails were begun: noted, and committed, before anything of them is sent, so that no crash sends one twice. A mail that was
 * begun and of which nothing more is known may have been sent or not: it is not sent again.
 */
export interface MailClaims {
  /** True: nobody has begun it before. */
  begin: (id: string) => Promise<boolean>
  /** It was surely not taken, and may be begun again: what it took of chats and things is free for any mail. */
  release: (id: string) => Promise<void>
  /** Says how it ended. False: that was known already. */
  settle: (id: string, outcome: 'SENT' | 'REFUSED' | 'UNKNOWN') => Promise<boolean>
  /** Which of these things this mail tells of: those that no other mail has told. Of a thing there is one mail, ever. */
  take: (id: string, things: readonly string[]) => Promise<ReadonlySet<string>>
  /** Of some things, those that another mail has told. */
  told: (id: string, things: readonly string[]) => Promise<ReadonlySet<string>>
  /** Says that this mail tells what is said in chats up to a sequence; not in those that another mail is just about to tell of. */
  advance: (id: string, userId: string, chats: readonly UpTo[]) => Promise<void>
  /** Up to where other mails have told, and this one tells, by chat; chats that no mail ever told of are absent. */
  marks: (id: string, userId: string, chatIds: readonly string[]) => Promise<ReadonlyMap<string, Mark>>
  /** Of these people, those to whom chats hold something that no mail has told, and who got no mail of chats since then. */
  waiting: (chats: readonly (UpTo & { userId: string })[], since: Date) => Promise<readonly string[]>
  /** Forgets what is older than so many days, at most `limit`. True: there may be more. */
  sweep: (days: number, limit: number) => Promise<boolean>
}
