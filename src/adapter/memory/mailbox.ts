import type { Mail, Mailer } from '../../port/mail.ts'

/** A mail that nobody sent on. */
export interface KeptMail extends Mail {
  at: Date
}

export interface Mailbox extends Mailer {
  /** The last ones, the newest first. */
  list: () => readonly KeptMail[]
}

/** Keeps the last `most` mails in this process instead of sending them: for development, where one finishes flows by hand. */
export function memoryMailbox(most = 200): Mailbox {
  const mails: KeptMail[] = []
  return {
    async send(mail) {
      mails.unshift({ ...mail, at: new Date() })
      mails.splice(most)
    },
    list: () => [...mails],
    close: async () => undefined,
  }
}

/** Where there is neither a mail server nor somebody to look: mails are dropped, and `dropped` hears of each. */
export const noMailer = (dropped: (mail: Mail) => void): Mailer => ({
  send: async mail => dropped(mail),
  close: async () => undefined,
})
