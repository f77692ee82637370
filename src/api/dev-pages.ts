import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { isIP } from 'node:net'

// Pages for development, where nothing sends mails on: what was mailed, and where its links lead.

export interface DevPagesOptions {
  /** The newest first. */
  mails: () => readonly { id: string; at: Date; to: string; subject: string; text: string; html?: string }[]
  /** The name under which the server is reached, besides `localhost` and addresses. */
  host: string
}

/** Answers what begins with `/dev/`; false for all else. */
export type DevPages = (req: IncomingMessage, res: ServerResponse) => boolean

export function createDevPages({ mails, host }: DevPagesOptions): DevPages {
  return (req, res) => {
    const path = req.url?.split('?')[0] ?? ''
    if (req.method !== 'GET' || !path.startsWith('/dev/')) return false
    if (!fromHere(req, host))
      answer(res, 403, 'text/plain', 'This page is for a browser on the machine of the developer.\n')
    else if (path === '/dev/mail') answer(res, 200, 'text/html', mailPage(mails()))
    else if (path === '/dev/mail.json') answer(res, 200, 'application/json', JSON.stringify({ mails: mails() }))
    else if (operations[path]) answer(res, 200, 'text/html', linkPage(operations[path]))
    else return false
    return true
  }
}

/**
 * Mails hold tokens, so no page of another origin may read them: neither by a request nor in a frame, nor under a name that it
 * made point to this machine.
 */
function fromHere({ headers }: IncomingMessage, host: string): boolean {
  const name = URL.canParse(`http://${headers.host}`) ? new URL(`http://${headers.host}`).hostname : ''
  const named = name === 'localhost' || name === host || isIP(name.replace(/^\[|\]$/g, '')) > 0
  const site = headers['sec-fetch-site'] ?? 'none'
  const origin = headers.origin ?? `http://${headers.host}`
  return named && (site === 'none' || site === 'same-origin') && origin === `http://${headers.host}`
}

/** What each link of a mail is for: the operation that a front end would send with its token. */
const operations: Record<string, string> = {
  '/dev/verify-email': `mutation { verifyEmail(input: { token: "TOKEN" }) {
  ... on VerifyEmailPayload { email }
  ... on Error { code message }
} }`,
  '/dev/join': `# Without an account; with the address that was invited:
mutation { register(input: { email: "…", password: "…", displayName: "…", inviteToken: "TOKEN" }) {
  ... on RegisterPayload { tokens { accessToken } }
  ... on Error { code message }
} }

# Signed in, with an account of that address:
mutation { acceptCompanyInvitation(input: { token: "TOKEN" }) {
  ... on AcceptCompanyInvitationPayload { edge { node { id name } } }
  ... on Error { code message }
} }`,
  '/dev/reset-password': `mutation { resetPassword(input: { token: "TOKEN", newPassword: "…" }) {
  ... on ResetPasswordPayload { tokens { accessToken } }
  ... on Error { code message }
} }`,
}

const fill = `const token = new URLSearchParams(location.hash.slice(1)).get('token') ?? 'TOKEN'
const operation = document.querySelector('pre')
operation.textContent = operation.textContent.replaceAll('TOKEN', token)`

const linkPage = (operation: string) =>
  page(
    'A link from a mail',
    `<p>A front end at <code>APP_URL</code> would do this for you. Play it in <a href="/graphql">GraphiQL</a>:</p>
<pre>${escaped(operation)}</pre>
<script>${fill}</script>`,
  )

const mailPage = (mails: ReturnType<DevPagesOptions['mails']>) =>
  page(
    'Mails',
    `<p>There is no <code>SMTP_URL</code>: mails are kept here, the last 200 of this process. Programs read <a href="/dev/mail.json">/dev/mail.json</a>.</p>
${mails.map(mail => `<article><h2>${escaped(mail.subject)}</h2><p>to ${escaped(mail.to)}, ${mail.at.toISOString()}</p><pre>${linked(escaped(mail.text))}</pre></article>`).join('\n')}
${mails.length ? '' : '<p>None so far.</p>'}`,
  )

const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(fill).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const page = (title: string, body: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>WellWon: ${title}</title>
<style>body { font: 16px/1.5 sans-serif; max-width: 50rem; margin: 2rem auto } pre { white-space: pre-wrap; overflow-wrap: anywhere } article { border-top: 1px solid #ccc }</style>
</head><body><h1>${title}</h1>
${body}
</body></html>
`

function answer(res: ServerResponse, status: number, type: string, body: string): void {
  res.writeHead(status, {
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'no-store',
    'content-security-policy': policy,
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  })
  res.end(body)
}

const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escaped = (text: string) => text.replace(/[&<>"']/g, mark => marks[mark] ?? mark)
const linked = (html: string) => html.replace(/https?:\/\/[^\s&<]+/g, url => `<a href="${url}">${url}</a>`)
