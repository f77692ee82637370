import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

/** Reads a file once, in pieces: its hash, and whether all of it is text (UTF-8, without NUL). */
export async function readThrough(path: string): Promise<{ sha256: string; text: boolean }> {
  const hash = createHash('sha256')
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = true
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    text = text && !chunk.includes(0) && decodes(decoder, chunk)
  }
  return { sha256: hash.digest('hex'), text: text && decodes(decoder) }
}

function decodes(decoder: TextDecoder, chunk?: Buffer): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined })
    return true
  } catch {
    return false
  }
}
