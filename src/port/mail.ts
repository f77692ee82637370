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
