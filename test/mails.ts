import pg from 'pg'
import { memoryMailbox } from '../src/adapter/memory/mailbox.ts'
import type { ProcessNeeds } from '../src/processes.ts'
import { eventually } from './client.ts'

/** A mail as `/dev/mail.json` shows it. */
export interface ShownMail {
  id: string
  to: string
  subject: string
  text: string
  html: string
}

/** What was mailed to somebody so far, the newest first. */
export async function mailsTo(url: string, address: string): Promise<ShownMail[]> {
  const response = await fetch(`${url}/dev/mail.json`)
  const { mails } = (await response.json()) as { mails: ShownMail[] }
  return mails.filter(({ to }) => to === address)
}

/** The newest mail to somebody whose subject holds these words, when there are `count` of them. */
export async function mailTo(url: string, address: string, words: string, count = 1): Promise<ShownMail> {
  const mail = await eventually(
    async () => {
      const mails = (await mailsTo(url, address)).filter(({ subject }) => subject.includes(words))
      return mails.length >= count ? mails[0] : null
    },
    10_000,
    `mail ${count} about "${words}"`,
  )
  return mail as ShownMail
}

/** The token of the link in a mail. */
export function tokenIn({ text }: { text: string }): string {
  const token = /#token=([\w-]+)/.exec(text)?.[1]
  if (!token) throw new Error('there is no token in this mail')
  return token
}

/** Rows of a statement, over a connection of its own. */
export async function rowsOf<R extends object>(url: string, text: string, values: unknown[] = []): Promise<R[]> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** What processes need for mails, for who tests those that send none. */
export const withoutMails: Pick<
  ProcessNeeds,
  'mailing' | 'mailDelayMs' | 'accountTokens' | 'derive' | 'throttle' | 'seal' | 'appUrl' | 'tasks'
> = {
  mailing: {
    mailer: memoryMailbox(),
    claims: { sweep: async () => false, waiting: async () => [] } as never,
    log: null as never,
  },
  mailDelayMs: 0,
  accountTokens: null as never,
  derive: null as never,
  throttle: null as never,
  seal: null as never,
  appUrl: () => '',
  tasks: { add: async () => undefined },
}
