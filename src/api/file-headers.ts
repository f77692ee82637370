import type { Variant } from '../port/files.ts'

/** What browsers show and run nothing of. Everything else is offered for saving. */
const shown = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp', 'image/avif'])
/** Besides those, what keeps its type when it is saved or played. All others are told as bytes: no script of theirs is one. */
const named = /^(audio|video)\/[\w.+-]+$|^application\/(pdf|zip|msword|rtf|vnd\.[\w.+-]+)$|^text\/(plain|csv)$/

/** The headers of a file's bytes. It is served so that nothing in it runs: not as a page, not as a script, not by guessing. */
export function headersOf(
  { name, contentType }: { name: string; contentType: string },
  variant: Variant,
  etag: string,
): Record<string, string> {
  const small = variant === 'thumbnail'
  const inline = small || shown.has(contentType)
  const type = small ? 'image/webp' : inline || named.test(contentType) ? contentType : 'application/octet-stream'
  return {
    'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'content-disposition': dispositionOf(inline ? 'inline' : 'attachment', small ? `${name}.webp` : name),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    'referrer-policy': 'no-referrer',
    // Asked again each time, which costs a 304: what was deleted is not shown from a cache.
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    etag,
  }
}

/** RFC 6266: the name in ASCII for who knows no better, and as it is (RFC 5987). */
export function dispositionOf(how: 'inline' | 'attachment', name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]/g, '_').replace(/["\\%]/g, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `${how}; filename="${ascii}"; filename*=UTF-8''${encoded}`
}

/** The one range of a `Range` header; null for none, or for one that is not understood: then all is given. */
export function rangeOf(header: string | undefined, size: number): { from: number; to: number } | 'beyond' | null {
  const [, first, last] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (!first && !last)) return null
  if (!first) {
    const length = Math.min(Number(last), size)
    return length === 0 ? 'beyond' : { from: size - length, to: size - 1 }
  }
  const from = Number(first)
  if (last && Number(last) < from) return null
  if (from >= size) return 'beyond'
  return { from, to: last ? Math.min(Number(last), size - 1) : size - 1 }
}
