import { GiveUp } from '../kernel/reactor.ts'
import type { Log } from '../port/log.ts'
import { type Mail, type MailClaims, type Mailer, MailNotTaken, MailRefused, MailUnknown } from '../port/mail.ts'

export interface Mailing {
  mailer: Mailer
  claims: MailClaims
  log: Log
}

/**
 * Sends a mail, at most once whatever happens: `id` is always the same for it. `write` makes it, when it is really going to be
 * sent; null: there is nothing to send after all. Throws MailNotTaken, to be tried again, and GiveUp for a mail that is refused.
 */
export async function sendOnce(
  { mailer, claims, log }: Mailing,
  id: string,
  write: () => Promise<Omit<Mail, 'id'> | null>,
): Promise<void> {
  if (!(await claims.begin(id))) {
    if (await claims.settle(id, 'UNKNOWN'))
      log.warn({ mail: id }, 'a mail may have been sent or not: it is not sent again')
    return
  }
  const mail = await write().catch(async error => {
    await claims.release(id)
    throw error
  })
  if (!mail) return claims.release(id)
  try {
    await mailer.send({ id, ...mail })
  } catch (error) {
    if (error instanceof MailNotTaken) {
      log.warn({ mail: id, why: error.message }, 'a mail was not taken: it is tried again')
      await claims.release(id)
      throw error
    }
    if (error instanceof MailRefused) {
      await claims.settle(id, 'REFUSED')
      throw new GiveUp(error.message)
    }
    await claims.settle(id, 'UNKNOWN')
    if (!(error instanceof MailUnknown)) throw error
    log.warn({ mail: id, why: error.message }, 'a mail may have been sent or not: it is not sent again')
    return
  }
  await claims.settle(id, 'SENT')
}
