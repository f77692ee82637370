import { afterEach, expect, test } from 'vitest'
import { smtpMailer } from '../src/adapter/smtp/mailer.ts'
import { newId } from '../src/kernel/id.ts'
import { type Mailer, MailNotTaken, MailRefused, MailUnknown } from '../src/port/mail.ts'
import { openPostOffice, type Treatment } from './post-office.ts'

const from = 'Well Won <no-reply@example.org>'
const mail = (more: object = {}) => ({
  id: newId(),
  to: 'ann@example.org',
  subject: 'Hello',
  text: 'Hello, Ann.\n',
  ...more,
})

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

async function open(query = '', options = {}, patienceMs = 5_000, host = '127.0.0.1') {
  const office = await openPostOffice(options, host)
  closing.push(office.close)
  return { office, mailer: mailerTo(`${office.url}${query}`, patienceMs) }
}
function mailerTo(url: string, patienceMs = 5_000): Mailer {
  const mailer = smtpMailer({ url, from, patienceMs })
  closing.push(mailer.close)
  return mailer
}
const outcome = (mailer: Mailer, one = mail()) =>
  mailer.send(one).then(
    () => 'sent',
    error => error,
  )

test('a mail arrives, once, as it was written', async () => {
  const { office, mailer } = await open()
  const one = mail({ subject: 'Привет, 👩‍🚀', text: '.\n..\nFrom: somebody\nÜber', html: '<p>Über &lt;b&gt;</p>' })
  await mailer.send(one)
  expect(office.received).toMatchObject([
    {
      to: ['ann@example.org'],
      mail: {
        from: { name: 'Well Won', address: 'no-reply@example.org' },
        to: [{ name: '', address: 'ann@example.org' }],
        subject: one.subject,
        text: expect.stringMatching(/^\.\n\.\.\nFrom: somebody\nÜber\s*$/),
        messageId: `<${one.id}@example.org>`,
      },
    },
  ])
  expect(office.received[0]?.mail.html).toContain('<p>Über &lt;b&gt;</p>')
  expect(office.received[0]?.mail.headers).toContainEqual(
    expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
  )
})

test('fifty at once arrive once each', async () => {
  const { office, mailer } = await open()
  const mails = Array.from({ length: 50 }, () => mail())
  await Promise.all(mails.map(one => mailer.send(one)))
  const ids = office.received.map(({ mail }) => mail.messageId)
  expect(ids.sort()).toEqual(mails.map(({ id }) => `<${id}@example.org>`).sort())
})

test.each<[string, Treatment, new (...args: never[]) => Error, string]>([
  [
    '451 to the recipient',
    { at: 'recipient', code: 451 },
    MailNotTaken,
    'the mail server does not take the mail now: 451',
  ],
  ['421 to the data', { at: 'data', code: 421 }, MailNotTaken, 'the mail server does not take the mail now: 421'],
  ['450 to the sender', { at: 'sender', code: 450 }, MailNotTaken, 'the mail server does not take the mail now: 450'],
  ['554 as greeting', { at: 'greeting', code: 554 }, MailNotTaken, 'the mail server does not take the mail now: 554'],
  ['550 to the recipient', { at: 'recipient', code: 550 }, MailRefused, 'the mail server refuses the mail: 550'],
  ['554 to the data', { at: 'data', code: 554 }, MailRefused, 'the mail server refuses the mail: 554'],
  [
    'a cut before the text',
    { at: 'recipient', cut: true },
    MailNotTaken,
    'the mail server cannot be spoken to: ECONNECTION',
  ],
  [
    'a cut after it',
    { at: 'data', cut: true },
    MailUnknown,
    'the mail server did not say whether it took the mail: ECONNECTION',
  ],
  [
    'silence at first',
    { at: 'greeting', silent: true },
    MailNotTaken,
    'the mail server cannot be spoken to: ETIMEDOUT',
  ],
  [
    'silence before the text',
    { at: 'recipient', silent: true },
    MailNotTaken,
    'the mail server cannot be spoken to: E',
  ],
  [
    'silence after it',
    { at: 'data', silent: true },
    MailUnknown,
    'the mail server did not say whether it took the mail: ETIMEDOUT',
  ],
])(
  '%s is told, without an address; the next mail goes out, and nothing was tried twice',
  async (_, treatment, kind, words) => {
    const { office, mailer } = await open('', {}, 500)
    await mailer.send(mail())
    if (treatment !== 'take' && treatment.at === 'greeting') await mailer.close()
    const again = treatment !== 'take' && treatment.at === 'greeting' ? mailerTo(office.url, 500) : mailer
    office.next.push(treatment)
    const error = await outcome(again)
    expect(error).toBeInstanceOf(kind)
    expect((error as Error).message).toMatch(words)
    expect(office.received).toHaveLength(1)
    expect(await outcome(again)).toBe('sent')
    expect(office.received).toHaveLength(2)
    expect(office.tries()).toBe(treatment !== 'take' && treatment.at === 'greeting' ? 2 : 3)
  },
)

test('a server that is not there', async () => {
  const { office, mailer } = await open()
  await office.close()
  expect(await outcome(mailer)).toEqual(new MailNotTaken('the mail server cannot be spoken to: ESOCKET'))
})

test('an address that cannot be one is refused before anybody is asked', async () => {
  const { office, mailer } = await open()
  const error = await outcome(mailer, mail({ to: 'ann@example.org>\r\nRCPT TO:<eve@example.org' }))
  expect(error).toBeInstanceOf(MailRefused)
  expect(office.received).toEqual([])
})

test('nothing in a subject becomes another header', async () => {
  const { office, mailer } = await open()
  await mailer.send(mail({ subject: 'Ann\r\nBcc: eve@example.org\u2028X: y\u0000' }))
  const [{ to, mail: got }] = office.received as [(typeof office.received)[number]]
  expect(to).toEqual(['ann@example.org'])
  expect(got.subject).toBe('Ann Bcc: eve@example.org X: y')
  expect(got.headers.map(({ key }) => key)).not.toContain('bcc')
})

test('a line that can be encrypted is, and a certificate that nobody knows is not trusted', async () => {
  const options = { disabledCommands: [] }
  const { office, mailer } = await open('', options)
  expect(await outcome(mailer)).toBeInstanceOf(MailNotTaken)
  expect(office.received).toEqual([])
  await mailerTo(`${office.url}?tls.rejectUnauthorized=false`).send(mail())
  expect(office.received).toMatchObject([{ secure: true }])
})

test('TLS from the start, with a user', async () => {
  const { office } = await open('', { secure: true })
  const url = office.url.replace('smtp://', 'smtps://robot:hidden@')
  await mailerTo(`${url}?tls.rejectUnauthorized=false`).send(mail())
  expect(office.received).toMatchObject([{ secure: true, user: 'robot' }])
})

test('a password is not sent over a line in the clear', async () => {
  const passwords: unknown[] = []
  const onAuth = (auth: { password?: string }, _: unknown, done: (error: null, answer: object) => void) => {
    passwords.push(auth.password)
    done(null, { user: 'robot' })
  }
  const { office } = await open('', { allowInsecureAuth: true, onAuth }, 5_000, '127.0.0.2')
  const far = office.url.replace('smtp://', 'smtp://robot:hidden@')
  expect(await outcome(mailerTo(far))).toBeInstanceOf(MailNotTaken)
  expect(passwords).toEqual([])
  await mailerTo(`${far}?requireTLS=false`).send(mail())
  expect(passwords).toEqual(['hidden'])
})
