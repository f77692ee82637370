import { createHmac, timingSafeEqual } from 'node:crypto'
import type { DownloadOf, Signed, UploadOf, UploadTarget } from '../../port/files.ts'

// Addresses under `/files/` that carry their own permission: what for, until when, and a signature over both.

const uploadMs = 5 * 60_000
/** All addresses of a file that are made within a window are the same; they are good to the end of the next one. */
const windowMs = 150_000

const shape =
  /^\/files\/([0-9a-f-]{36})\?(?:(size)=(\d{1,12})|(original|thumbnail))&expires=(\d{1,15})&signature=([\w-]{43})$/

export function signedUrls(secret: string, now: () => number = Date.now) {
  const sign = (path: string): string => `${path}&signature=${mac(path)}`
  const mac = (path: string) => createHmac('sha256', secret).update(path).digest('base64url')

  return {
    async uploadTarget({ base, id, contentType, size }: UploadOf): Promise<UploadTarget> {
      const expiresAt = new Date(now() + uploadMs)
      const url = `${base}${sign(`/files/${id}?size=${size}&expires=${expiresAt.getTime()}`)}`
      return { url, method: 'PUT', headers: [{ name: 'content-type', value: contentType }], expiresAt }
    },

    async downloadUrl({ base, id, variant }: DownloadOf): Promise<{ url: string; expiresAt: Date }> {
      const expiresAt = new Date((Math.floor(now() / windowMs) + 2) * windowMs)
      return { url: `${base}${sign(`/files/${id}?${variant}&expires=${expiresAt.getTime()}`)}`, expiresAt }
    },

    /** Anything else than what `sign` has written, to the letter, is not ours. */
    signed(target: string): Signed | null {
      const [, id, upload, size, variant, expires, signature] = shape.exec(target) ?? []
      if (!id || !expires || !signature) return null
      const given = Buffer.from(signature)
      const expected = Buffer.from(mac(target.slice(0, target.lastIndexOf('&'))))
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
      const expiresAt = new Date(Number(expires))
      if (upload) return { what: 'upload', id, size: Number(size), expiresAt }
      return { what: 'download', id, variant: variant === 'thumbnail' ? 'thumbnail' : 'original', expiresAt }
    },
  }
}
