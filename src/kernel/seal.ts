import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/** Hides short texts that have to lie somewhere for a while, such as an address in a task. */
export interface Seal {
  close: (text: string) => string
  /** Throws for what was not closed with the same secret. */
  open: (sealed: string) => string
  /** The same for the same text, and tells nothing about it: a key to find it by. */
  mark: (text: string) => string
}

/** AES-256-GCM and HMAC-SHA-256 under one secret of 32 bytes. */
export function createSeal(secret: Buffer): Seal {
  return {
    close(text) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', secret, iv)
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')
    },
    open(sealed) {
      const bytes = Buffer.from(sealed, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12))
      decipher.setAuthTag(bytes.subarray(12, 28))
      return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
    },
    mark: text => createHmac('sha256', secret).update(text).digest('hex'),
  }
}
