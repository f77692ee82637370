import { createHash } from 'node:crypto'
import { z } from 'zod'

/** What an invitation's token says by itself, and the hash by which its secret part is known. */
export interface InvitationToken {
  companyId: string
  invitationId: string
  hash: string
}

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex')
const uuidOf = (bytes: Buffer): string => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
const hashOf = (token: Buffer): string => createHash('sha256').update(token).digest('base64url')

/** How a server's key makes 32 secret bytes for a purpose, the same each time. */
export type Derive = (purpose: string, of: string) => Buffer

/**
 * The token of an invitation and its hash: which company, which invitation, and 256 secret bits. They are derived from a key of the
 * server and the invitation's id, so that whoever mails the token makes it again, and nobody has to keep it.
 */
export function invitationToken(
  derive: Derive,
  of: { companyId: string; invitationId: string },
): { token: string; hash: string } {
  const secret = derive('companyInvitation', `${of.companyId}.${of.invitationId}`)
  const token = Buffer.concat([bytesOf(of.companyId), bytesOf(of.invitationId), secret])
  return { token: token.toString('base64url'), hash: hashOf(token) }
}

/** Reads a token; null for what cannot be one. Whether it is good, the company of it knows. */
export function openInvitationToken(token: string): InvitationToken | null {
  const bytes = /^[\w-]{86}$/.test(token) ? Buffer.from(token, 'base64url') : null
  if (bytes?.length !== 64 || bytes.toString('base64url') !== token) return null
  const [companyId, invitationId] = [uuidOf(bytes.subarray(0, 16)), uuidOf(bytes.subarray(16, 32))]
  return { companyId, invitationId, hash: hashOf(bytes) }
}

export const Token = z.string().transform((text, { addIssue }): InvitationToken => {
  const token = openInvitationToken(text)
  if (token) return token
  addIssue({ code: 'custom', message: 'This is not a token of an invitation.' })
  return z.NEVER
})
