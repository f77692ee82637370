import { type Mailbox, memoryMailbox, noMailer } from '../adapter/memory/mailbox.ts'
import type { Config } from '../config.ts'
import type { Log } from '../port/log.ts'
import type { Mailer } from '../port/mail.ts'

/** Where mails go: to a mail server; without one to a page for development, or nowhere. */
export async function mailerFrom(config: Config, log: Log): Promise<{ mailer: Mailer; mailbox: Mailbox | null }> {
  if (config.smtpUrl) {
    const { smtpMailer } = await import('../adapter/smtp/mailer.ts')
    return { mailer: smtpMailer({ url: config.smtpUrl, from: config.mailFrom }), mailbox: null }
  }
  if (showsMails(config)) {
    const mailbox = memoryMailbox()
    return { mailer: mailbox, mailbox }
  }
  log.warn({}, 'there is no SMTP_URL: mails are not sent')
  return { mailer: noMailer(({ id }) => log.debug({ id }, 'a mail was not sent')), mailbox: null }
}

/** Whether mails are shown at `/dev/mail` instead of sent: in development only. */
export const showsMails = ({ smtpUrl, graphiql, production, role }: Config): boolean =>
  !smtpUrl && graphiql && !production && role !== 'api'

/** Where links in mails lead to; without APP_URL to the pages for development of the process that listens on `port`. */
export function appUrlOf({ appUrl, host }: Config, port: number): string {
  const anywhere = host === '0.0.0.0' || host === '::'
  const name = anywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host
  return appUrl ?? `http://${name}:${port}/dev`
}
