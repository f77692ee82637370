import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { memoryMailbox } from '../src/adapter/memory/mailbox.ts'
import { createDevPages } from '../src/api/dev-pages.ts'
import { newId } from '../src/kernel/id.ts'
import { type House, openHouse } from './house.ts'

// The page of mails, for development. What is on it are tokens: who may read it is what matters.

const mailOf = (subject: string) => ({
  id: newId(),
  to: 'ann@example.org',
  subject,
  text: `${subject} <b> & http://a.example/x#token=y`,
})

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

/** A GET with any headers: fetch would not let us lie about Host. */
function get(url: string, headers: Record<string, string> = {}, method = 'GET') {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const asked = request(url, { method, headers }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    asked.on('error', reject)
    asked.end()
  })
}

test('in development there are mails to look at, for people and for programs', async () => {
  const page = await get(`${house.url}/dev/mail`)
  expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } })
  const json = await get(`${house.url}/dev/mail.json`)
  expect(JSON.parse(json.body)).toEqual({ mails: [] })
  expect(json.headers).toMatchObject({ 'cache-control': 'no-store', 'cross-origin-resource-policy': 'same-origin' })
})

const port = () => new URL(house.url).port
test.each<[string, () => Record<string, string>]>([
  ['a page of another origin', () => ({ origin: 'https://evil.example' })],
  ['a sandboxed page', () => ({ origin: 'null' })],
  ['an image or a script of another page', () => ({ 'sec-fetch-site': 'cross-site' })],
  ['a page on another port', () => ({ 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:1' })],
  ['a name that was made point here', () => ({ host: `evil.example:${port()}` })],
  ['a name like ours', () => ({ host: `localhost.evil.example:${port()}` })],
])('%s reads no mails', async (_, headers) => {
  for (const path of ['/dev/mail', '/dev/mail.json', '/dev/verify-email'])
    expect(await get(`${house.url}${path}`, headers())).toMatchObject({ status: 403 })
})

test.each(['localhost', '127.0.0.1', '[::1]'])('%s is here', async name => {
  const host = `${name}:${port()}`
  const headers = { host, origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }
  expect(await get(`${house.url}/dev/mail`, headers)).toMatchObject({ status: 200 })
})

test('nothing else is under /dev, and nobody posts there', async () => {
  expect(await get(`${house.url}/dev/`)).toMatchObject({ status: 404 })
  expect(await get(`${house.url}/dev/toString`)).toMatchObject({ status: 404 })
  expect(await get(`${house.url}/dev/mail`, {}, 'POST')).toMatchObject({ status: 404 })
})

test.each([
  { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32) },
  { NODE_ENV: 'production', JWT_SECRET: 'x'.repeat(32), GRAPHIQL: 'true' },
  { GRAPHIQL: 'false' },
  { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'a@example.org' },
  { ROLE: 'api' },
])('with %o there is no such page', async settings => {
  const closed = await openHouse(settings as Record<string, string>)
  try {
    for (const path of ['/dev/mail', '/dev/mail.json', '/dev/verify-email'])
      expect(await get(`${closed.url}${path}`)).toMatchObject({ status: 404 })
  } finally {
    await closed.close()
  }
})

test('what is mailed stands there as text, the newest first, and only the last ones', async () => {
  const mailbox = memoryMailbox(2)
  for (const subject of ['one', 'two', '<script>alert(1)</script>']) await mailbox.send(mailOf(subject))
  const pages = createDevPages({ mails: mailbox.list, host: '127.0.0.1' })
  const server = createServer((req, res) => void pages(req, res)).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { body, headers } = await get(`${url}/dev/mail`)
  const json = JSON.parse((await get(`${url}/dev/mail.json`)).body)
  server.close()
  expect(json.mails.map((mail: { subject: string }) => mail.subject)).toEqual(['<script>alert(1)</script>', 'two'])
  expect(body).not.toContain('<script>')
  expect(body).toContain('two &lt;b&gt; &amp; <a href="http://a.example/x#token=y">')
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/)
})
