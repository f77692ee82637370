import { createTransport, type SendMailOptions } from 'nodemailer'
import { type Mailer, MailNotTaken, MailRefused, MailUnknown } from '../../port/mail.ts'

export interface SmtpOptions {
  /** `smtp://` (STARTTLS where it is offered) or `smtps://`; may hold a user and a password. */
  url: string
  /** `WellWon <no-reply@example.org>`, or an address alone. */
  from: string
  /** For each step of the conversation; the whole may take four times as long. */
  patienceMs?: number
}

/** Mails by SMTP, over at most four connections that are kept open while there is something to send. */
export function smtpMailer({ url, from, patienceMs = 10_000 }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 4,
    requireTLS: mustEncrypt(new URL(url)),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    dnsTimeout: patienceMs,
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...{ maxRequeues: 0, idleTimeout: 30_000 }, // whether to try again is decided by who knows what was sent before
  })
  // Nothing of a mail counts as sent before its last line is: then the server may have it, whatever happens to its answer.
  transport.use('stream', ({ data, message }, next) => {
    const createReadStream = message.createReadStream.bind(message)
    message.createReadStream = options => createReadStream(options).once('end', (data as Sending).handedOver)
    next()
  })
  const sender = addressOf(from)
  const domain = sender.address.split('@')[1]

  return {
    async send({ id, to, subject, text, html }) {
      let handedOver = false
      const mail: Sending = {
        messageId: `<${id}@${domain}>`,
        from: sender,
        to: { name: '', address: to },
        subject: oneLine(subject),
        text,
        ...(html === undefined ? {} : { html }),
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.timeout(4 * patienceMs),
        handedOver: () => {
          handedOver = true
        },
      }
      try {
        await transport.sendMail(mail)
      } catch (error) {
        throw outcomeOf(error as SmtpError, handedOver)
      }
    },
    close: async () => transport.close(),
  }
}

/** What the types of nodemailer do not know, and what is ours. */
interface Sending extends SendMailOptions {
  signal: AbortSignal
  handedOver: () => void
}

interface SmtpError extends Error {
  code?: string
  responseCode?: number
}

/** What an error means for the mail. The server's own words are left out: they tend to hold the address. */
function outcomeOf({ code = 'fault', responseCode }: SmtpError, handedOver: boolean): Error {
  const aboutTheMail = code === 'EENVELOPE' || code === 'EMESSAGE'
  if (aboutTheMail && (responseCode ?? 500) >= 500)
    return new MailRefused(`the mail server refuses the mail: ${responseCode ?? code}`)
  if (responseCode) return new MailNotTaken(`the mail server does not take the mail now: ${responseCode}`)
  return handedOver
    ? new MailUnknown(`the mail server did not say whether it took the mail: ${code}`)
    : new MailNotTaken(`the mail server cannot be spoken to: ${code}`)
}

/** A password goes over an encrypted line only, unless it stays on this machine or the address says otherwise. */
function mustEncrypt({ protocol, username, hostname, searchParams }: URL): boolean {
  const here = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  return protocol === 'smtp:' && username !== '' && !here && !searchParams.has('requireTLS')
}

function addressOf(from: string): { name: string; address: string } {
  const [, name = '', address = from] = /^(.*?)\s*<([^<>]+)>$/.exec(from) ?? []
  return { name, address }
}

/** Names come into subjects: nothing of them may begin another header. */
const oneLine = (text: string) => [...text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')].slice(0, 200).join('')
