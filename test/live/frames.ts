import type { Loose } from '../client.ts'

/** Messages of whole text frames, one after the other, as a server writes them. */
export function messagesIn(bytes: Buffer): Loose[] {
  const messages: Loose[] = []
  for (let at = 0; at < bytes.length; ) {
    const short = bytes.readUInt8(at + 1)
    const [head, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, bytes.readUInt16BE(at + 2)]
          : [10, Number(bytes.readBigUInt64BE(at + 2))]
    messages.push(JSON.parse(bytes.toString('utf8', at + head, at + head + length)))
    at += head + length
  }
  return messages
}
