import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Person, post, register } from './client.ts'
import { freshDatabase } from './fresh.ts'
import { type House, openDoor, openHouse, testSecret } from './house.ts'
import { follow, heard } from './live/subscribing.ts'
import { mailsTo, mailTo, rowsOf, tokenIn } from './mails.ts'
import { openPostOffice } from './post-office.ts'

// Mails with tokens: to confirm an address, and to choose a new password.

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const inboxDocument = `subscription ($after: StreamPosition) { inbox(after: $after) { position live event { __typename
  ... on ViewerUpdated { viewer { email emailVerifiedAt } } } } }`
const verifyDocument = `mutation ($token: String!) { verifyEmail(input: { token: $token }) {
  ... on VerifyEmailPayload { email commit viewer { email emailVerifiedAt } } ... on Error { __typename code message } } }`
const verify = async (token: string, by: Person | null = null) =>
  (await post(house.url, verifyDocument, { token }, by?.accessToken)).data.verifyEmail

const resetDocument = `mutation ($token: String!, $newPassword: String!) {
  resetPassword(input: { token: $token, newPassword: $newPassword }) {
  ... on ResetPasswordPayload { commit tokens { accessToken } viewer { id emailVerifiedAt } }
  ... on ValidationError { issues { path } } ... on Error { __typename code message } } }`
const reset = async (token: string, newPassword: string) =>
  (await post(house.url, resetDocument, { token, newPassword })).data.resetPassword

const askReset = async (email: string, url = house.url) => {
  const document = `mutation ($email: String!) { requestPasswordReset(input: { email: $email }) {
    ... on RequestPasswordResetPayload { accepted } ... on Error { code message } } }`
  return (await post(url, document, { email })).data.requestPasswordReset
}
const askVerification = (by: Person | null, email?: string) =>
  post(
    house.url,
    `mutation ($email: String) { requestEmailVerification(input: { email: $email }) {
      ... on RequestEmailVerificationPayload { accepted viewer { email } } ... on Error { __typename code message } } }`,
    { email },
    by?.accessToken,
  )
const login = async (email: string, password: string) =>
  (
    await post(
      house.url,
      `mutation ($input: LoginInput!) { login(input: $input) { ... on LoginPayload { viewer { id } } ... on Error { code } } }`,
      { input: { email, password } },
    )
  ).data.login
const verifiedAt = async (who: Person) => (await who.ask('{ viewer { emailVerifiedAt } }')).viewer.emailVerifiedAt
const expired = { __typename: 'CredentialsError', code: 'TOKEN_EXPIRED' }
/** A minute later as far as asking is concerned: what was asked before is forgotten. */
const aMinuteLater = () => rowsOf(house.databaseUrl, 'delete from mails')

test('who registers gets a mail, and its link confirms the address, once', async () => {
  const ann = await register(house.url, 'Ann')
  const mail = await mailTo(house.url, ann.email, 'Confirm')
  expect(mail.text).toContain(`${house.url}/dev/verify-email#token=`)
  expect(mail.html).toContain(`href="${house.url}/dev/verify-email#token=${tokenIn(mail)}"`)
  expect(await verifiedAt(ann)).toBeNull()

  const { viewer } = await ann.ask('{ viewer { inboxPosition } }')
  const inbox = follow(ann, inboxDocument, { after: viewer.inboxPosition })
  const done = await verify(tokenIn(mail), ann)
  expect(done).toMatchObject({ email: ann.email, viewer: { emailVerifiedAt: expect.any(String) } })
  expect(await heard(inbox, e => e.__typename === 'ViewerUpdated')).toMatchObject({ viewer: done.viewer })
  inbox.stop()
  expect(await verify(tokenIn(mail), ann)).toMatchObject(expired)
  const other = await openDoor(house.databaseUrl)
  const there = `http://127.0.0.1:${other.port}`
  const { data } = await post(there, '{ viewer { emailVerifiedAt } }', {}, ann.accessToken, { commit: done.commit })
  expect(data.viewer.emailVerifiedAt).toBe(done.viewer.emailVerifiedAt)
  await other.stop()
})

test('the link works without being signed in, and tells a stranger nothing of the account', async () => {
  const [ann, bob] = [await register(house.url, 'Ann'), await register(house.url, 'Bob')]
  const token = tokenIn(await mailTo(house.url, ann.email, 'Confirm'))
  expect(await verify(token, bob)).toMatchObject({ email: ann.email, viewer: null })
  expect(await verifiedAt(ann)).toEqual(expect.any(String))
  expect(await verifiedAt(bob)).toBeNull()
})

test('a newer mail makes the link of the older one void; nothing is mailed again when it is confirmed', async () => {
  const ann = await register(house.url, 'Ann')
  const first = await mailTo(house.url, ann.email, 'Confirm')
  expect((await askVerification(ann)).data.requestEmailVerification).toMatchObject({ accepted: true })
  const second = await mailTo(house.url, ann.email, 'Confirm', 2)
  expect(await verify(tokenIn(first))).toMatchObject(expired)
  expect(await verify(tokenIn(second))).toMatchObject({ email: ann.email })
  expect((await askVerification(ann)).data.requestEmailVerification).toMatchObject({ code: 'STATE_CONFLICT' })
  await aMinuteLater()
  expect((await askVerification(null, ann.email)).data.requestEmailVerification).toEqual({
    accepted: true,
    viewer: null,
  })
  await nothingWaits()
  expect(await mailsTo(house.url, ann.email)).toHaveLength(2)
})

/** Every task is done. */
const nothingWaits = (url = house.databaseUrl) =>
  eventually(async () => (await rowsOf<{ n: string }>(url, 'select count(*) n from tasks'))[0]?.n === '0')

test('asked as often as one likes, a mail goes out once a minute', async () => {
  const ann = await register(house.url, 'Ann')
  await mailTo(house.url, ann.email, 'Confirm')
  await Promise.all(Array.from({ length: 20 }, () => askReset(` ${ann.email.toUpperCase()} `)))
  await mailTo(house.url, ann.email, 'password')
  await askReset(ann.email)
  await nothingWaits()
  // Two, should the minute have ended between.
  expect((await mailsTo(house.url, ann.email)).length).toBeLessThanOrEqual(3)
})

test('a new password by mail: once, for half an hour; all sessions end, and the address is confirmed', async () => {
  const ann = await register(house.url, 'Ann')
  await askReset(ann.email)
  const mail = await mailTo(house.url, ann.email, 'new password')
  const token = tokenIn(mail)
  expect(mail.text).toContain(`${house.url}/dev/reset-password#token=`)

  expect(await reset(token, 'short')).toMatchObject({
    __typename: 'ValidationError',
    issues: [{ path: ['newPassword'] }],
  })
  expect(await reset(token, ann.email)).toMatchObject({ __typename: 'ValidationError' })
  const done = await reset(token, 'another horse battery')
  expect(done.viewer.emailVerifiedAt).toEqual(expect.any(String))
  expect((await post(house.url, '{ viewer { id } }', {}, done.tokens.accessToken)).data.viewer.id).toBe(done.viewer.id)
  expect(await reset(token, 'yet another horse')).toMatchObject(expired)
  await eventually(async () => (await ann.try('{ viewer { id } }')).errors?.[0]?.extensions?.code === 'UNAUTHENTICATED')
  expect(await login(ann.email, ann.password)).toEqual({ code: 'INVALID_CREDENTIALS' })
  expect(await login(ann.email, 'another horse battery')).toMatchObject({ viewer: { id: done.viewer.id } })
  const events = await rowsOf<{ type: string }>(
    house.databaseUrl,
    `select type from events where stream = $1 order by revision`,
    [`userAccount-${Buffer.from(done.viewer.id, 'base64url').toString().slice('Viewer:'.length)}`],
  )
  expect(events.map(({ type }) => type).slice(-4, -1)).toEqual([
    'UserPasswordReset',
    'UserEmailVerified',
    'UserAuthenticated',
  ])
})

test('of many who use one token at once, one is let in', async () => {
  const ann = await register(house.url, 'Ann')
  await askReset(ann.email)
  const token = tokenIn(await mailTo(house.url, ann.email, 'new password'))
  const answers = await Promise.all(Array.from({ length: 8 }, (_, n) => reset(token, `another horse battery ${n}`)))
  expect(answers.filter(answer => answer.tokens)).toHaveLength(1)
  expect(answers.filter(answer => answer.code === 'TOKEN_EXPIRED')).toHaveLength(7)
})

test.each<[string, (who: Person, token: string) => Promise<unknown>]>([
  ['is too old', () => rowsOf(house.databaseUrl, `update account_tokens set expires_at = now() - interval '1 ms'`)],
  [
    'was mailed before the password changed',
    who =>
      who.ask(
        'mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { ... on ChangePasswordPayload { commit } } }',
        { input: { currentPassword: who.password, newPassword: 'a changed horse battery' } },
      ),
  ],
  [
    'is of an account that is deleted',
    who =>
      who.ask('mutation ($password: String!) { deleteAccount(input: { password: $password }) { __typename } }', {
        password: who.password,
      }),
  ],
])('a token that %s is good for nothing', async (_, happens) => {
  const ann = await register(house.url, 'Ann')
  await askReset(ann.email)
  const token = tokenIn(await mailTo(house.url, ann.email, 'new password'))
  await happens(ann, token)
  expect(await reset(token, 'another horse battery')).toMatchObject(expired)
})

test('a token is good for what it was mailed for alone', async () => {
  const ann = await register(house.url, 'Ann')
  const verification = tokenIn(await mailTo(house.url, ann.email, 'Confirm'))
  await askReset(ann.email)
  const resetting = tokenIn(await mailTo(house.url, ann.email, 'new password'))
  expect(await reset(verification, 'another horse battery')).toMatchObject(expired)
  expect(await verify(resetting)).toMatchObject(expired)
  for (const bad of ['', 'x', `${resetting}A`, resetting.slice(1), resetting.toUpperCase()])
    expect(await reset(bad, 'another horse battery')).toMatchObject(expired)
})

test('an address that nobody has is answered alike, does the same work, and gets nothing', async () => {
  const { url: databaseUrl, drop } = await freshDatabase()
  const api = await openDoor(databaseUrl, { ROLE: 'api' })
  const there = `http://127.0.0.1:${api.port}`
  const ann = await register(there, 'Ann')
  const answers = [await askReset(ann.email, there), await askReset('nobody@example.com', there)]
  expect(answers).toEqual(Array(2).fill({ accepted: true }))
  const tasks = await rowsOf<{ reactor: string; kind: string; input: string }>(databaseUrl, 'select * from tasks')
  expect(tasks.map(({ reactor, kind }) => [reactor, kind])).toEqual(Array(2).fill(['accountMails', 'mailToAddress']))
  expect(tasks.map(({ input }) => Object.keys(JSON.parse(input)))).toEqual(Array(2).fill(['sealed', 'purpose']))
  expect(JSON.stringify(tasks)).not.toMatch(/example\.com/)
  const worker = await openDoor(databaseUrl)
  const here = `http://127.0.0.1:${worker.port}`
  await mailTo(here, ann.email, 'new password')
  await nothingWaits(databaseUrl)
  expect(await mailsTo(here, 'nobody@example.com')).toEqual([])
  await Promise.all([worker.stop(), api.stop()])
  await drop()
})

test('nothing of a token is in the database but its hash', async () => {
  const ann = await register(house.url, 'Ann')
  await askReset(ann.email)
  const tokens = [
    await mailTo(house.url, ann.email, 'Confirm'),
    await mailTo(house.url, ann.email, 'new password'),
  ].map(tokenIn)
  const names = await rowsOf<{ name: string }>(
    house.databaseUrl,
    `select tablename name from pg_tables where schemaname = 'public'`,
  )
  for (const { name } of names) {
    const rows = await rowsOf<{ row: string }>(house.databaseUrl, `select t::text as row from "${name}" t`)
    const all = rows.map(({ row }) => row).join('\n')
    for (const token of tokens) expect(all, name).not.toContain(token)
    expect(all, name).not.toContain(testSecret)
  }
})

test('in Russian for who has chosen it', async () => {
  const ann = await register(house.url, 'Анна')
  await ann.ask('mutation { updateSettings(input: { locale: "ru-RU" }) { __typename } }')
  await askReset(ann.email)
  expect(await mailTo(house.url, ann.email, 'Новый пароль')).toMatchObject({ to: ann.email })
})

test('what the mail server does not take now goes out later, what it refuses is given up, and the line that breaks sends nothing twice', async () => {
  const office = await openPostOffice()
  const smtp = await openHouse({
    SMTP_URL: office.url,
    MAIL_FROM: 'no-reply@example.org',
    APP_URL: 'https://app.example.org/',
  })
  try {
    office.next.push({ at: 'recipient', code: 451 })
    const ann = await register(smtp.url, 'Ann')
    await eventually(() => office.received.length === 1)
    expect(office.received[0]).toMatchObject({ to: [ann.email] })
    expect(office.received[0]?.mail.text).toContain('https://app.example.org/verify-email#token=')

    office.next.push({ at: 'recipient', code: 550 }, { at: 'data', cut: true })
    await register(smtp.url, 'Bob')
    const failed = () =>
      rowsOf<{ error: string }>(smtp.databaseUrl, 'select error from tasks where failed_at is not null')
    await eventually(async () => (await failed()).length)
    expect(await failed()).toEqual([{ error: 'the mail server refuses the mail: 550' }])
    await register(smtp.url, 'Cat')
    const outcomes = () => rowsOf<{ outcome: string }>(smtp.databaseUrl, 'select outcome from mails order by begun_at')
    await eventually(async () => (await outcomes()).filter(({ outcome }) => outcome).length === 3)
    expect((await outcomes()).map(({ outcome }) => outcome)).toEqual(['SENT', 'REFUSED', 'UNKNOWN'])
    expect([office.received.length, office.tries()]).toEqual([1, 4])
  } finally {
    await smtp.close()
    await office.close()
  }
})
